"""Reports of who holds most of a company, and the holders in them."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext_lazy as _

from jquants.datasets.dataset import Column, Dataset, Related
from jquants.datasets.edinet import FILED, FILER, FILING, FISCAL_YEAR, OF_DOCUMENT, nested_in
from jquants.datasets.nested import listed
from jquants.datasets.spellings import OPTIONAL_DAY, WRITTEN_NUMBER, WRITTEN_WHOLE, columns, texts
from jquants.models import MajorShareholder, MajorShareholderReport

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
    extract=lambda document: nested_in(document, listed(document, "Hldrs")),
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
