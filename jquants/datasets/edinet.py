"""Filings: documents, and what is listed in them as rows of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from jquants.datasets.dataset import Column, Dataset, Partition, Related, Row
from jquants.datasets.days import weekdays
from jquants.datasets.fields import Code, Text
from jquants.datasets.nested import contained, listed
from jquants.datasets.numbers import WholeNumber
from jquants.datasets.spellings import (
    CLOCK,
    DAY,
    LONG_TEXT,
    NOTHING,
    OPTIONAL_DAY,
    WRITTEN_NUMBER,
    WRITTEN_WHOLE,
    columns,
    texts,
)
from jquants.models import (
    CrossShareholder,
    CrossShareholding,
    CrossShareholdingReport,
    LargeHolder,
    LargeHolderBorrowing,
    LargeHolderLender,
    LargeHolderTransaction,
    LargeHoldingReport,
    MajorShareholder,
    MajorShareholderReport,
)
from jquants.models.cross_holdings import Block, HoldingKind

OFFICE_CLOSES = timedelta(hours=18)
ISSUE = Code(nullable=True, missing=NOTHING)
LETTER = Text(max_length=1, nullable=True, missing=NOTHING)
ORDINAL = WholeNumber()

OF_DOCUMENT = (
    Column("SubDate", "submitted_on", DAY),
    Column("Code", "code", ISSUE),
    Column("DocId", "document_id", Text(max_length=8)),
)
FILING = (
    *OF_DOCUMENT,
    Column("SubTime", "submitted_at", CLOCK),
    *texts(6, EdinetCode="edinet_code"),
    Column("DocTypeCode", "document_type", Text(max_length=3)),
)
FILER = texts(1000, FilerName="filer_name", FilerNameEn="filer_name_english")
# Documents appear as they are filed, from 8:00 to 17:59; most kinds on a few days of the year.
FILED: Any = {
    "partition": Partition.DAY,
    "plans": frozenset({"standard", "premium"}),
    "day_column": "submitted_on",
    "expected": weekdays,
    "published_after": OFFICE_CLOSES,
    "final_after": OFFICE_CLOSES,
    "is_sparse": True,
    "may_be_empty": True,
}
FISCAL_YEAR = columns(OPTIONAL_DAY, PerSt="period_start", PerEn="period_end")


def _of(document: Row, inner: Iterable[Row], **more: Any) -> Iterator[Row]:
    """Yield rows nested in `document` with what tells whose they are."""
    known = {column.key: document[column.key] for column in OF_DOCUMENT if column.key in document} | more
    for row in inner:
        yield {**row, **known}


# https://jpx-jquants.com/en/spec/edinet-major-shareholders
MAJOR_SHAREHOLDERS = Related(
    slug="major_shareholders",
    label=_("Major shareholders"),
    path="/edinet/major-shareholders",
    model=MajorShareholder,
    columns=(
        *OF_DOCUMENT,
        Column("Rank", "rank", WRITTEN_WHOLE),
        *texts(1000, HldrName="holder_name", HldrAddr="holder_address"),
        Column("ShsHeld", "shares_held", WRITTEN_WHOLE),
        Column("ShsRatio", "share_ratio", WRITTEN_NUMBER),
    ),
    natural_key=("document_id", "number"),
    shown=(
        "rank",
        "holder_name",
        "shares_held",
        "share_ratio",
        "document_id",
    ),
    numbered_within=("document_id",),
    extract=lambda document: _of(document, listed(document, "Hldrs")),
    keys=frozenset({"Hldrs"}),
    parent="document_id",
)
MAJOR_SHAREHOLDER_REPORTS = Dataset(
    slug="major_shareholder_reports",
    label=_("Reports of major shareholders"),
    description=_(
        "Fetches who holds most of a company, from the annual and interim reports filed on the day."
    ),
    schedule="@trading 18:10",
    path="/edinet/major-shareholders",
    model=MajorShareholderReport,
    columns=(
        *FILING,
        *FILER,
        *FISCAL_YEAR,
        *columns(OPTIONAL_DAY, CurPerSt="current_period_start", CurPerEn="current_period_end"),
    ),
    natural_key=("document_id",),
    shown=(
        "submitted_at",
        "document_type",
        "period_end",
        "document_id",
    ),
    related=(MAJOR_SHAREHOLDERS,),
    since=date(2016, 6, 1),
    **FILED,
)


def _blocks(document: Row) -> Iterator[tuple[str, Row]]:
    for name in Block.values:
        if block := contained(document, name):
            yield name, block


def _cross_shareholders(document: Row) -> Iterator[Row]:
    for name, block in _blocks(document):
        yield from _of(document, [block], Block=name)


def _cross_holdings(document: Row) -> Iterator[Row]:
    for name, block in _blocks(document):
        for kind in HoldingKind.values:
            yield from _of(document, listed(block, kind), Block=name, Kind=kind)


# https://jpx-jquants.com/en/spec/edinet-cross-shareholdings
CROSS_SHAREHOLDERS = Related(
    slug="cross_shareholders",
    label=_("Cross-shareholders"),
    path="/edinet/cross-shareholdings",
    model=CrossShareholder,
    columns=(
        *OF_DOCUMENT,
        Column("Block", "block", Text()),
        *texts(1000, HldrName="holder_name"),
        Column("HldrCode", "holder_code", ISSUE),
        *texts(6, HldrEdinetCode="holder_edinet_code"),
        *columns(
            WRITTEN_WHOLE,
            ListedIss="listed_issues",
            ListedIncIss="listed_increased_issues",
            ListedDecIss="listed_decreased_issues",
            NonListedIss="unlisted_issues",
            NonListedIncIss="unlisted_increased_issues",
            NonListedDecIss="unlisted_decreased_issues",
        ),
        *columns(
            WRITTEN_NUMBER,
            ListedBookVal="listed_book_value",
            ListedIncAcqCost="listed_acquisition_cost",
            ListedDecSaleAmt="listed_sale_amount",
            NonListedBookVal="unlisted_book_value",
            NonListedIncAcqCost="unlisted_acquisition_cost",
            NonListedDecSaleAmt="unlisted_sale_amount",
        ),
        *columns(
            LONG_TEXT,
            ListedIncRsn="listed_increase_reason",
            NonListedIncRsn="unlisted_increase_reason",
            SpecFn="specified_footnote",
            DeemFn="deemed_footnote",
        ),
    ),
    natural_key=("document_id", "block"),
    shown=(
        "block",
        "holder_name",
        "listed_issues",
        "listed_book_value",
        "unlisted_issues",
        "unlisted_book_value",
    ),
    extract=_cross_shareholders,
    keys=frozenset(Block.values),
    kept_elsewhere=frozenset(HoldingKind.values),
    parent="document_id",
)
CROSS_SHAREHOLDINGS = Related(
    slug="cross_shareholdings",
    label=_("Cross-shareholdings"),
    path="/edinet/cross-shareholdings",
    model=CrossShareholding,
    columns=(
        *OF_DOCUMENT,
        Column("Block", "block", Text()),
        Column("Kind", "kind", Text()),
        *texts(1000, IsrName="issuer_name"),
        Column("IsrCode", "issuer_code", ISSUE),
        *texts(6, IsrEdinetCode="issuer_edinet_code"),
        *columns(WRITTEN_WHOLE, CurShs="shares", PriShs="previous_shares"),
        *columns(WRITTEN_NUMBER, CurBookVal="book_value", PriBookVal="previous_book_value"),
        *columns(
            LONG_TEXT,
            CurShsNotDisc="shares_undisclosed",
            PriShsNotDisc="previous_shares_undisclosed",
            CurBookValNotDisc="book_value_undisclosed",
            PriBookValNotDisc="previous_book_value_undisclosed",
            HoldRat="rationale",
            IsrHolds="issuer_holds_text",
        ),
        Column("IsrHoldsCode", "issuer_holds", LETTER),
    ),
    natural_key=("document_id", "block", "kind", "number"),
    shown=(
        "kind",
        "issuer_name",
        "issuer_code",
        "shares",
        "previous_shares",
        "book_value",
        "previous_book_value",
    ),
    numbered_within=("document_id", "block", "kind"),
    extract=_cross_holdings,
    keys=frozenset(Block.values),
    parent="document_id",
)
CROSS_SHAREHOLDING_REPORTS = Dataset(
    slug="cross_shareholding_reports",
    label=_("Reports of cross-shareholdings"),
    description=_(
        "Fetches which shares companies hold of each other, from the annual reports filed on the day."
    ),
    schedule="@trading 18:12",
    path="/edinet/cross-shareholdings",
    model=CrossShareholdingReport,
    columns=(*FILING, *FILER, *FISCAL_YEAR),
    natural_key=("document_id",),
    shown=(
        "submitted_at",
        "document_type",
        "period_end",
        "document_id",
    ),
    related=(CROSS_SHAREHOLDERS, CROSS_SHAREHOLDINGS),
    since=date(2020, 3, 31),
    **FILED,
)


def _holders(document: Row) -> Iterator[tuple[int, Row]]:
    return enumerate(listed(document, "Hldrs"), 1)


def _of_holders(key: str) -> Callable[[Row], Iterator[Row]]:
    """Return what yields the rows of the lists under `key` of each holder."""

    def extract(document: Row) -> Iterator[Row]:
        for number, holder in _holders(document):
            yield from _of(document, listed(holder, key), Holder=number)

    return extract


HOLDER = (*OF_DOCUMENT, Column("Holder", "holder_number", ORDINAL))
OF_HOLDER: Any = {
    "path": "/edinet/large-volume-shareholders",
    "natural_key": ("document_id", "holder_number", "number"),
    "numbered_within": ("document_id", "holder_number"),
    "keys": frozenset({"Hldrs"}),
    "parent": "document_id",
}

# https://jpx-jquants.com/en/spec/edinet-large-volume-shareholders
LARGE_HOLDERS = Related(
    slug="large_holders",
    label=_("Large holders"),
    path="/edinet/large-volume-shareholders",
    model=LargeHolder,
    columns=(
        *OF_DOCUMENT,
        *texts(1000, HldrName="holder_name", HldrNameEn="holder_name_english"),
        *texts(6, HldrEdinetCode="holder_edinet_code"),
        Column("HldrCode", "holder_code", ISSUE),
        Column("LargeHldrTypeCode", "holder_type", LETTER),
        *columns(
            LONG_TEXT,
            LargeHldrTypeRaw="holder_type_text",
            HldgPurp="purpose",
            ImpProp="important_proposals",
            ColAgr="collateral_agreements",
            OtherBrk="other_funds_breakdown",
        ),
        Column("ShsHeld", "shares_held", WRITTEN_WHOLE),
        *columns(
            WRITTEN_NUMBER,
            ShsRatio="share_ratio",
            ShsRatioLast="share_ratio_before",
            OwnFund="own_funds",
            TotalBrw="total_borrowings",
            TotalOther="total_other_funds",
            TotalFund="total_funds",
        ),
    ),
    natural_key=("document_id", "number"),
    shown=(
        "holder_name",
        "holder_type",
        "shares_held",
        "share_ratio",
        "share_ratio_before",
        "total_funds",
    ),
    numbered_within=("document_id",),
    extract=lambda document: _of(document, listed(document, "Hldrs")),
    keys=frozenset({"Hldrs"}),
    kept_elsewhere=frozenset({"AcqDisp", "BrwList", "CredList"}),
    parent="document_id",
)
LARGE_HOLDER_TRANSACTIONS = Related(
    slug="large_holder_transactions",
    label=_("Large holders' transactions"),
    model=LargeHolderTransaction,
    columns=(
        *HOLDER,
        Column("Date", "traded_on", OPTIONAL_DAY),
        *texts(1000, SecType="security_type"),
        Column("Shs", "shares", WRITTEN_WHOLE),
        Column("Ratio", "share_percent", WRITTEN_NUMBER),
        Column("MktCode", "market", LETTER),
        Column("TxnTypeCode", "transaction", LETTER),
        *columns(
            LONG_TEXT,
            Mkt="market_text",
            TxnType="transaction_text",
            Cptty="counterparty",
            PriceRaw="price_text",
        ),
        Column("Price", "price", WRITTEN_NUMBER),
    ),
    extract=_of_holders("AcqDisp"),
    **OF_HOLDER,
    shown=(
        "traded_on",
        "transaction",
        "security_type",
        "shares",
        "share_percent",
        "market",
        "price",
    ),
)
LARGE_HOLDER_BORROWINGS = Related(
    slug="large_holder_borrowings",
    label=_("Large holders' borrowings"),
    model=LargeHolderBorrowing,
    columns=(
        *HOLDER,
        *texts(
            1000,
            Name="lender_name",
            Ind="industry",
            Rep="representative",
            Addr="address",
            DiscBrwPurp="purpose",
        ),
        Column("Amt", "amount", WRITTEN_NUMBER),
    ),
    extract=_of_holders("BrwList"),
    **OF_HOLDER,
    shown=(
        "lender_name",
        "industry",
        "purpose",
        "amount",
    ),
)
LARGE_HOLDER_LENDERS = Related(
    slug="large_holder_lenders",
    label=_("Large holders' lenders"),
    model=LargeHolderLender,
    columns=(*HOLDER, *texts(1000, Name="lender_name", Rep="representative", Addr="address")),
    extract=_of_holders("CredList"),
    **OF_HOLDER,
)
LARGE_HOLDING_REPORTS = Dataset(
    slug="large_holding_reports",
    label=_("Large holding reports"),
    description=_(
        "Fetches who holds more than five percent of a company, from the reports filed on the day."
    ),
    schedule="@trading 18:14",
    path="/edinet/large-volume-shareholders",
    model=LargeHoldingReport,
    columns=(
        *FILING,
        *texts(1000, IsrName="issuer_name", DocTitle="title"),
        Column("LargeHldgTypeCode", "holding_type", LETTER),
        Column("ChgRsn", "change_reason", LONG_TEXT),
        # Since 2026-09-14.
        Column("RptOblgDate", "obligation_on", OPTIONAL_DAY, optional=True),
        Column(
            "ParDocId",
            "corrected_document_id",
            Text(max_length=8, nullable=True, missing=NOTHING),
            optional=True,
        ),
        *columns(WRITTEN_WHOLE, TotalShsHeld="total_shares_held", TotalOutStks="total_outstanding_shares"),
        *columns(
            WRITTEN_NUMBER, TotalShsRatio="total_share_ratio", TotalShsRatioLast="total_share_ratio_before"
        ),
    ),
    natural_key=("document_id",),
    shown=(
        "submitted_at",
        "title",
        "holding_type",
        "total_shares_held",
        "total_share_ratio",
        "total_share_ratio_before",
    ),
    related=(LARGE_HOLDERS, LARGE_HOLDER_TRANSACTIONS, LARGE_HOLDER_BORROWINGS, LARGE_HOLDER_LENDERS),
    since=date(2021, 7, 1),
    **FILED,
)
