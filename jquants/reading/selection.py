"""Which rows and columns somebody asks for, checked: the same for a command line and for a query string."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from jquants.ranges import reversed_range
from jquants.reading.tables import OF_INDICES, OF_ISSUES, PRICES, VOLUMES, Table
from scheduler.presentation import words

MOST_CODES = 500

Errors = dict[str, list[str]]


class InvalidSelection(Exception):
    """What was asked for does not fit the table; `errors` are sentences by parameter."""

    def __init__(self, errors: Errors) -> None:
        super().__init__("; ".join(f"{name}: {' '.join(texts)}" for name, texts in errors.items()))
        self.errors = errors


@dataclass(frozen=True)
class Selection:
    """Rows of `table`: of these codes, these days, and with these values; in the order of `order`."""

    table: Table
    columns: tuple[str, ...]
    codes: tuple[str, ...] = ()
    first: date | None = None
    last: date | None = None
    equal: Mapping[str, Any] = field(default_factory=dict)
    is_adjusted: bool = False
    after: tuple[Any, ...] = ()  # values of `order` in the last row that is known already
    limit: int | None = None

    @property
    def order(self) -> tuple[str, ...]:
        """Columns whose values are in one row only, so that pages neither repeat nor miss one.

        By issue where issues are asked for, else by day: each has an index that begins with it.
        """
        key = self.table.key
        first = "code" if self.codes and "code" in key else self.table.day
        return (first, *(name for name in key if name != first)) if first in key else key

    @property
    def header(self) -> tuple[str, ...]:
        """The names of what `read` yields."""
        return (
            (*self.columns, *(f"adjusted_{name}" for name in self.adjusted))
            if self.is_adjusted
            else self.columns
        )

    @property
    def adjusted(self) -> tuple[str, ...]:
        """The columns that are also given adjusted: those asked for, in the order of the table."""
        return tuple(name for name in (*PRICES, *VOLUMES) if name in self.columns)

    def queryset(self) -> QuerySet[Any]:
        rows = self.table.model._default_manager.filter(**self.equal)
        if self.codes:
            rows = (
                rows.filter(code__in=self.codes) if len(self.codes) > 1 else rows.filter(code=self.codes[0])
            )
        if self.table.day:
            bounds = {"gte": self.first, "lte": self.last}
            rows = rows.filter(**{f"{self.table.day}__{how}": day for how, day in bounds.items() if day})
        if self.after:
            rows = rows.filter(_after(self.order, self.after))
        rows = rows.order_by(*self.order)
        return rows[: self.limit] if self.limit is not None else rows

    def following(self, after: Sequence[Any], limit: int) -> Selection:
        """Return the next rows after one whose values of `order` are `after`."""
        return replace(self, after=tuple(after), limit=limit)


def _after(order: Sequence[str], values: Sequence[Any]) -> Q:
    """Return the condition of rows behind `values`. Its first part alone bounds the index that is walked."""
    behind, same = Q(), Q()
    for name, value in zip(order, values, strict=True):
        behind |= same & Q(**{f"{name}__gt": value})
        same &= Q(**{name: value})
    return Q(**{f"{order[0]}__gte": values[0]}) & behind


def select(table: Table, given: Mapping[str, Sequence[str]]) -> Selection:
    """Return the selection that texts ask for, by parameter. Raises InvalidSelection.

    Parameters: `code` (several; 4 or 5 characters of an issue), `date`, or `from` and `to`, `columns` (names with commas),
    `adjusted` (true or false), and each column of the natural key.
    """
    return _Reader(table, given).selection()


class _Reader:
    def __init__(self, table: Table, given: Mapping[str, Sequence[str]]) -> None:
        self._table = table
        self._given = {name: [text for text in texts if text != ""] for name, texts in given.items()}
        self._given = {name: texts for name, texts in self._given.items() if texts}
        self._errors: Errors = {}

    def selection(self) -> Selection:
        self._check_names()
        first, last = self._days()
        selection = Selection(
            table=self._table,
            columns=self._columns(),
            codes=self._codes(),
            first=first,
            last=last,
            equal={
                name: self._value(name) for name in parameters(self._table)["equal"] if name in self._given
            },
            is_adjusted=self._adjusted(),
        )
        if self._errors:
            raise InvalidSelection(self._errors)
        return selection

    def _fail(self, parameter: str, text: str, /, **values: Any) -> None:
        self._errors.setdefault(parameter, []).append(text % values)

    def _check_names(self) -> None:
        known = [name for names in parameters(self._table).values() for name in names]
        for name in self._given.keys() - set(known):
            self._fail(
                name,
                _("There is no such parameter for %(table)s. Known are: %(known)s."),
                table=self._table.slug,
                known=words.listed(known),
            )
        for name in self._given.keys() - {"code"}:
            if len(self._given[name]) > 1:
                self._fail(name, _("Give one value, not several."))

    def _one(self, name: str) -> str | None:
        return self._given[name][0] if name in self._given else None

    def _codes(self) -> tuple[str, ...]:
        codes = [code for text in self._given.get("code", []) for code in text.split(",")]
        for code in codes:
            if not (code.isascii() and code.isalnum() and len(code) in self._table.code_lengths):
                self._fail("code", self._no_code(), code=code[:50], table=self._table.slug)
        if len(codes) > MOST_CODES:
            self._fail(
                "code",
                _("%(count)s codes are too many; ask for at most %(most)s, or for all."),
                count=len(codes),
                most=MOST_CODES,
            )
        # Of an issue, four characters mean the common stock, whose fifth is 0.
        longest = max(self._table.code_lengths)
        return tuple(dict.fromkeys(code.upper().ljust(longest, "0") for code in codes))

    def _no_code(self) -> str:
        if self._table.code_lengths == OF_ISSUES:
            return _("“%(code)s” is not the code of an issue: 4 or 5 letters and digits, such as 7203.")
        if self._table.code_lengths == OF_INDICES:
            return _("“%(code)s” is not the code of an index: 4 letters and digits, such as 0028.")
        return _("“%(code)s” is not the code of a contract: 9 letters and digits, such as 169090005.")

    def _days(self) -> tuple[date | None, date | None]:
        on, first, last = (self._day(name) for name in ("date", "from", "to"))
        if on and (first or last):
            self._fail("date", _("Give one date, or from and to; not both."))
        if first and last and first > last:
            self._fail("to", reversed_range(first, last))
        return (on, on) if on else (first, last)

    def _day(self, name: str) -> date | None:
        text = self._one(name)
        try:
            return date.fromisoformat(text) if text else None
        except ValueError:
            self._fail(
                name, _("“%(value)s” is not a date; write it as 2026-11-20."), value=text[:50] if text else ""
            )
            return None

    def _columns(self) -> tuple[str, ...]:
        names = [name.strip() for name in (self._one("columns") or "").split(",") if name.strip()]
        for name in names:
            if name not in self._table.names:
                self._fail(
                    "columns",
                    _("“%(name)s” is not a column of %(table)s; it has: %(known)s."),
                    name=name[:50],
                    table=self._table.slug,
                    known=words.listed(self._table.names),
                )
        return tuple(dict.fromkeys(names)) or self._table.names

    def _adjusted(self) -> bool:
        text = self._one("adjusted")
        if text not in (None, "true", "false"):
            self._fail("adjusted", _("“%(value)s” is neither true nor false."), value=text[:50])
        return text == "true"

    def _value(self, name: str) -> Any:
        text = str(self._one(name))
        try:
            return self._table.value(name, text)
        except ValueError:
            self._fail(
                name, _("“%(value)s” is not a value that %(name)s can have."), value=text[:50], name=name
            )
            return None


def parameters(table: Table) -> dict[str, tuple[str, ...]]:
    """Return the names of the parameters that a table takes, by what they do."""
    days = ("date", "from", "to") if table.day else ()
    own = tuple(name for name in table.key if name not in ("code", table.day))
    return {
        "code": ("code",) if table.has_code else (),
        "days": days,
        "equal": tuple(name for name in own if name not in days),
        "columns": ("columns",),
        "adjusted": ("adjusted",) if table.is_adjustable else (),
    }
