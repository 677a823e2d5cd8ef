"""What can be read: the table of each data set, those of its nested rows, and the companies as they are now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.functional import Promise

from jquants.datasets import ALL, LISTED_COMPANIES
from jquants.datasets.dataset import Dataset, Layout
from jquants.models import ListedCompany

# Tables whose prices and volumes can be adjusted, by the factors of daily_quotes.
PRICES = ("open", "high", "low", "close")
VOLUMES = ("volume",)

# How many characters the codes of a table have: those of issues may lack the last.
OF_ISSUES, OF_INDICES, OF_CONTRACTS = (4, 5), (4,), (9,)
_CODE_LENGTHS = {5: OF_ISSUES, 4: OF_INDICES, 9: OF_CONTRACTS}

_KINDS: tuple[tuple[type[models.Field[Any, Any]], str], ...] = (
    (models.BooleanField, "boolean"),
    (models.DateField, "date"),
    (models.TimeField, "time"),
    (models.JSONField, "json"),
    (models.IntegerField, "integer"),
    (models.DecimalField, "number"),
    (models.FloatField, "number"),
)


@dataclass(frozen=True)
class Table:
    """A table to read. `keys` are J-Quants' names of its columns; `day` is the column that days are compared with."""

    slug: str
    label: str | Promise
    model: type[models.Model]
    names: tuple[str, ...]
    key: tuple[str, ...]
    day: str | None
    dataset: Dataset
    keys: dict[str, str] = field(default_factory=dict, hash=False)

    @cached_property
    def has_code(self) -> bool:
        return "code" in self.names

    @property
    def code_lengths(self) -> tuple[int, ...]:
        return _CODE_LENGTHS[self.field("code").max_length or 0] if self.has_code else OF_ISSUES

    @property
    def is_adjustable(self) -> bool:
        return self.day == "date" and {"code", *PRICES, *VOLUMES} <= set(self.names)

    @property
    def permission(self) -> str:
        """What a user needs to read it."""
        return f"{self.model._meta.app_label}.view_{self.model._meta.model_name}"

    def field(self, name: str) -> models.Field[Any, Any]:
        found: models.Field[Any, Any] = self.model._meta.get_field(name)  # type: ignore[assignment]
        return found

    def kind(self, name: str) -> str:
        """What a column holds: text, number, integer, boolean, date, time or json."""
        return next((kind for of, kind in _KINDS if isinstance(self.field(name), of)), "text")

    def value(self, name: str, given: Any) -> Any:
        """Return `given`, a text or a value of JSON, as the column `name` compares it. Raises ValueError."""
        column = self.field(name)
        if not isinstance(given, str | int | float) or (isinstance(given, str) and not _is_storable(given)):
            raise ValueError
        try:
            value = column.to_python(given)
        except (ValidationError, ArithmeticError, TypeError) as error:
            raise ValueError from error
        if isinstance(column, models.IntegerField) and abs(value) >= 2**63:
            raise ValueError
        return value


def _is_storable(text: str) -> bool:
    """Whether a database can be asked for a text: no NUL, no half of a surrogate pair."""
    return "\0" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)


@cache
def _tables() -> dict[str, Table]:
    return {table.slug: table for table in _each_table()}


def all_tables() -> tuple[Table, ...]:
    return tuple(_tables().values())


def find_table(slug: str) -> Table | None:
    return _tables().get(slug)


def _each_table() -> Iterator[Table]:
    for dataset in ALL:
        if dataset is LISTED_COMPANIES:
            yield _companies()
            yield _of(dataset, dataset, slug=str(dataset.model._meta.db_table))
        else:
            yield _of(dataset, dataset)
        for related in dataset.related:
            yield _of(related, dataset)


def _of(layout: Layout, dataset: Dataset, *, slug: str = "") -> Table:
    day = dataset.day_column if dataset.day_column in layout.names else None
    return Table(
        slug=slug or layout.slug,
        label=layout.model._meta.verbose_name_plural or layout.label,
        model=layout.model,
        names=layout.names,
        key=layout.natural_key if slug == "" else ("code", "effective_on"),
        day=day,
        dataset=dataset,
        keys={column.name: column.key for column in layout.columns},
    )


def _companies() -> Table:
    """The companies as the newest list that has them says; the data set's own table is their history."""
    names = tuple(column.name for column in ListedCompany._meta.concrete_fields if column.name != "id")
    keys = {column.name: column.key for column in LISTED_COMPANIES.columns}
    return Table(
        slug=LISTED_COMPANIES.slug,
        label=ListedCompany._meta.verbose_name_plural or LISTED_COMPANIES.label,
        model=ListedCompany,
        names=("code", *(name for name in names if name != "code")),
        key=("code",),
        day=None,
        dataset=LISTED_COMPANIES,
        keys={name: keys[name] for name in names if name in keys},
    )
