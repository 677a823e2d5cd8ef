"""The lines of a CSV file, some thousands at a time.

Lines without a quote are kept as text and split all at once, which takes a third of what the csv module needs.
"""

from __future__ import annotations

import csv
import gzip
import operator
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import StringIO
from itertools import chain, islice
from pathlib import Path
from typing import TextIO

LONGEST_CELL = 16 << 20  # characters
CHARACTERS_A_PIECE = 1 << 20
LINES_A_PIECE = 20_000

csv.field_size_limit(LONGEST_CELL)

Cells = list[list[str]]


class Lines(ABC):
    """Lines of a file; blank ones are among them until `by` leaves them out.

    `content` is what `lines_of` makes the same lines of.
    """

    content: str | Cells

    @abstractmethod
    def beheaded(self) -> tuple[list[str], Lines]:
        """Return the cells of the first line, and the other lines."""

    @abstractmethod
    def widths(self) -> Sequence[int]:
        """Return how many cells each line has; of a blank one 0."""

    @abstractmethod
    def by(self, position: int | None) -> dict[str, Lines]:
        """Return the lines by what their cell at `position` holds; where that is None, all under ""."""

    @abstractmethod
    def columns(self, width: int) -> list[Sequence[str]]:
        """Return the cells of lines that all have `width` of them, by column."""


@dataclass(frozen=True)
class _PlainLines(Lines):
    content: str  # without the end of the last line

    def beheaded(self) -> tuple[list[str], Lines]:
        first, _, others = self.content.partition("\n")
        return first.split(","), _PlainLines(others)

    def widths(self) -> Sequence[int]:
        lines = self.content.split("\n")
        return [commas + 1 if line else 0 for line, commas in zip(lines, map(_commas, lines), strict=True)]

    def by(self, position: int | None) -> dict[str, Lines]:
        lines = list(filter(None, self.content.split("\n")))
        if position is None:
            return {"": _PlainLines("\n".join(lines))} if lines else {}
        found: dict[str, list[str]] = {}
        for line in lines:
            found.setdefault(line.split(",", position + 1)[position], []).append(line)
        return {cell: _PlainLines("\n".join(lines)) for cell, lines in found.items()}

    def columns(self, width: int) -> list[Sequence[str]]:
        cells = self.content.replace("\n", ",").split(",")
        return [cells[position::width] for position in range(width)]


_commas = operator.methodcaller("count", ",")


@dataclass(frozen=True)
class _QuotedLines(Lines):
    content: Cells

    def beheaded(self) -> tuple[list[str], Lines]:
        return self.content[0], _QuotedLines(self.content[1:])

    def widths(self) -> Sequence[int]:
        return list(map(len, self.content))

    def by(self, position: int | None) -> dict[str, Lines]:
        found: dict[str, Cells] = {}
        for line in filter(None, self.content):
            found.setdefault("" if position is None else line[position], []).append(line)
        return {cell: _QuotedLines(lines) for cell, lines in found.items()}

    def columns(self, width: int) -> list[Sequence[str]]:
        return list(zip(*self.content, strict=True))


def lines_of(content: str | Cells) -> Lines:
    return _PlainLines(content) if isinstance(content, str) else _QuotedLines(content)


def pieces(path: Path) -> Iterator[Lines]:
    """Yield the lines of a gzip file in order. Raises csv.Error and UnicodeDecodeError."""
    with gzip.open(path, "rt", encoding="utf-8-sig", newline="") as file:
        rest = ""
        while block := file.read(CHARACTERS_A_PIECE):
            whole, end, left = (rest + block).rpartition("\n")
            plain = whole.replace("\r\n", "\n").removesuffix("\r")
            if not end or '"' in plain or "\r" in plain:
                yield from _quoted(rest + block, file)
                return
            yield _PlainLines(plain)
            rest = left
        if rest:
            yield from _quoted(rest, file)


def _quoted(begun: str, file: TextIO) -> Iterator[Lines]:
    """Yield what `begun` and the rest of the file hold, by the rules of quotes."""
    reader = csv.reader(chain(StringIO(begun + file.readline(), newline=""), file), strict=True)
    while lines := list(islice(reader, LINES_A_PIECE)):
        yield _QuotedLines(lines)
