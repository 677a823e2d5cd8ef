"""Reports of which shares companies hold of each other: the holders, and their holdings."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext_lazy as _

from jquants.datasets.dataset import Column, Dataset, Related, Row
from jquants.datasets.edinet import FILED, FILER, FILING, FISCAL_YEAR, ISSUE, LETTER, OF_DOCUMENT, nested_in
from jquants.datasets.fields import Text
from jquants.datasets.nested import contained, listed
from jquants.datasets.spellings import LONG_TEXT, WRITTEN_NUMBER, WRITTEN_WHOLE, columns, texts
from jquants.models import CrossShareholder, CrossShareholding, CrossShareholdingReport
from jquants.models.cross_holdings import Block, HoldingKind


def _blocks(document: Row) -> Iterator[tuple[str, Row]]:
    for name in Block.values:
        if block := contained(document, name):
            yield name, block


def _cross_shareholders(document: Row) -> Iterator[Row]:
    for name, block in _blocks(document):
        yield from nested_in(document, [block], Block=name)


def _cross_holdings(document: Row) -> Iterator[Row]:
    for name, block in _blocks(document):
        for kind in HoldingKind.values:
            yield from nested_in(document, listed(block, kind), Block=name, Kind=kind)


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
        "listed_book_value",
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
        "book_value",
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
