"""Tables of commands: as wide as the terminal, and plain lines of any length where there is none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any, cast

from django.core.management.base import OutputWrapper
from django.utils.translation import gettext as _
from rich.console import Console
from rich.table import Table
from rich.text import Text

from scheduler.presentation import words

if TYPE_CHECKING:
    from rich.measure import Measurement

    from jquants.coverage.states import Survey


@dataclass(frozen=True)
class Column:
    """`spare` tells what is left out where the terminal is narrow: the greatest first, 0 never."""

    title: str
    cells: Sequence[str | Text]
    is_figure: bool = True
    spare: int = 0


def days(surveys: Sequence[Survey]) -> list[Column]:
    """Return the columns of the first and the last day of each survey, "-" where it has none."""
    firsts, lasts = zip(
        *((str(each.first), str(each.last)) if each.has_days else ("-", "-") for each in surveys), strict=True
    )
    return [
        Column(_("From"), firsts, is_figure=False, spare=2),
        Column(_("To"), lasts, is_figure=False, spare=4),
    ]


def write(out: OutputWrapper, columns: Sequence[Column], *, title: str = "") -> None:
    """Write `columns` side by side. No cell is cut or wrapped; headings are, rather than push a column out."""
    console = Console(file=cast("IO[str]", out))
    shown = list(columns)
    if out.isatty():
        while _width(shown).minimum > console.width and any(column.spare for column in shown):
            shown.remove(max(shown, key=lambda column: column.spare))
        console.width = max(console.width, _width(shown).minimum)
    else:
        console.width = max(_width(shown).maximum, len(title))
    console.print(_table(shown, title))
    if left := [column.title for column in columns if column not in shown]:
        console.print(
            _("No room for: %(columns)s. A wider terminal or a pipe shows them.")
            % {"columns": words.listed(left)},
            style="dim",
        )


def _table(columns: Sequence[Column], title: str) -> Table:
    table = Table(title=title or None, title_justify="left", box=None, pad_edge=False, header_style="bold")
    for column in columns:
        width = max((Text(str(cell)).cell_len for cell in column.cells), default=1)
        justify: Any = "right" if column.is_figure else "left"
        table.add_column(column.title, justify=justify, min_width=width, vertical="bottom")
    for row in zip(*(column.cells for column in columns), strict=True):
        table.add_row(*row)
    return table


def _width(columns: Sequence[Column]) -> Measurement:
    """Return how wide a table wants to be, and how narrow it can."""
    return Console(width=10_000).measure(_table(columns, ""))
