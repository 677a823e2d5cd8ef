"""Print figures beside their aim and their peer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from rich import box
from rich.console import Console
from rich.table import Table


@dataclass(frozen=True)
class Line:
    """One measure: a figure a round, the peer's figure a round, and what the figure should stay within."""

    what: str
    figures: Sequence[float]
    unit: str
    peer: Sequence[float] = ()
    peer_name: str = ""
    at_most: float | None = None

    def cells(self) -> list[str]:
        return [
            self.what,
            f"{_spread(self.figures)} {self.unit}".strip(),
            "" if self.at_most is None else f"{self.at_most:,.3g} {self.unit}",
            f"{self.peer_name}: {_spread(self.peer)} {self.unit}" if self.peer else "",
            f"{median(self.figures) / median(self.peer):.2g}" if self.peer else "",
            self._verdict(),
        ]

    def _verdict(self) -> str:
        if self.at_most is None:
            return ""
        return "met" if median(self.figures) <= self.at_most else "missed"


def _spread(figures: Sequence[float]) -> str:
    middle = f"{median(figures):,.3g}"
    return middle if len(figures) == 1 else f"{middle} ({min(figures):,.3g} to {max(figures):,.3g})"


def show(title: str, lines: Iterable[Line]) -> None:
    """Print the median of the rounds, and in parentheses the lowest and the highest round."""
    table = Table(
        "measure", "figure", "aim: at most", "peer", "figure / peer", "aim", title=title, box=box.ASCII2
    )
    for line in lines:
        table.add_row(*line.cells())
    Console(width=140, soft_wrap=True).print(table)
