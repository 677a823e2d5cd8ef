"""Reports of large holdings: who holds more than five percent, what was traded, and who lent the money."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from jquants.datasets.dataset import Column, Dataset, Related, Row
from jquants.datasets.edinet import FILED, FILING, ISSUE, LETTER, OF_DOCUMENT, nested_in
from jquants.datasets.fields import Text
from jquants.datasets.nested import listed
from jquants.datasets.numbers import WholeNumber
from jquants.datasets.spellings import (
    LONG_TEXT,
    NOTHING,
    OPTIONAL_DAY,
    WRITTEN_NUMBER,
    WRITTEN_WHOLE,
    columns,
    texts,
)
from jquants.models import (
    LargeHolder,
    LargeHolderBorrowing,
    LargeHolderLender,
    LargeHolderTransaction,
    LargeHoldingReport,
)


def _holders(document: Row) -> Iterator[tuple[int, Row]]:
    return enumerate(listed(document, "Hldrs"), 1)


def _of_holders(key: str) -> Callable[[Row], Iterator[Row]]:
    """Return what yields the rows of the lists under `key` of each holder."""

    def extract(document: Row) -> Iterator[Row]:
        for number, holder in _holders(document):
            yield from nested_in(document, listed(holder, key), Holder=number)

    return extract


HOLDER = (*OF_DOCUMENT, Column("Holder", "holder_number", WholeNumber()))
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
    ),
    numbered_within=("document_id",),
    extract=lambda document: nested_in(document, listed(document, "Hldrs")),
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
        "total_shares_held",
        "total_share_ratio",
        "total_share_ratio_before",
    ),
    related=(LARGE_HOLDERS, LARGE_HOLDER_TRANSACTIONS, LARGE_HOLDER_BORROWINGS, LARGE_HOLDER_LENDERS),
    since=date(2021, 7, 1),
    **FILED,
)
