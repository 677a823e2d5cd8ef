"""Where the data of this database came from: J-Quants itself or a stand-in, never both."""

from datetime import datetime
from urllib.parse import urlsplit

from jquants.errors import JQuantsError
from jquants.models.source import DataSource, SourceKind

JQUANTS_HOST = "api.jquants.com"


class MixedSourcesError(JQuantsError):
    """The database holds data of the other kind of source: of `stored`, while `asked` is where the API is."""

    code = "other_source"
    summary = (
        "Stand-in data and real data are not mixed in one database; set DATABASE_URL to another database"
    )

    def __init__(self, *, stored: str = "", asked: str = "") -> None:
        super().__init__(detail=f"it holds data of {stored}, not of {asked}")
        self.stored, self.asked = stored, asked

    @property
    def params(self) -> dict[str, str]:
        return super().params | {"stored": self.stored, "asked": self.asked}


def kind_of(base_url: str) -> SourceKind:
    """Tell J-Quants itself from everything else by the host of the URL."""
    return SourceKind.JQUANTS if urlsplit(base_url).hostname == JQUANTS_HOST else SourceKind.STANDIN


def check(base_url: str) -> None:
    """Raise MixedSourcesError if the database already holds data of the other kind."""
    _refuse_other_kind(DataSource.objects.filter(pk=DataSource.SINGLETON).first(), base_url)


def claim(base_url: str, now: datetime) -> None:
    """Record that data of `base_url` enters this database. Raises MixedSourcesError.

    Called in the transaction that writes the data, so that a failed first fetch claims nothing.
    """
    row, _created = DataSource.objects.get_or_create(
        pk=DataSource.SINGLETON,
        defaults={"kind": kind_of(base_url), "base_url": base_url, "first_used_at": now},
    )
    _refuse_other_kind(row, base_url)


def is_standin() -> bool:
    """Tell whether this database holds data of a stand-in, which every page then says."""
    return DataSource.objects.filter(pk=DataSource.SINGLETON, kind=SourceKind.STANDIN).exists()


def _refuse_other_kind(row: DataSource | None, base_url: str) -> None:
    if row is not None and row.kind != kind_of(base_url):
        raise MixedSourcesError(stored=row.base_url, asked=base_url)
