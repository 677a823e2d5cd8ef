"""What is in a CSV file, day by day."""

from __future__ import annotations

import csv
import marshal
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import chain
from pathlib import Path
from tempfile import mkdtemp

from jquants.bulk.files import GET
from jquants.bulk.lines import Lines, lines_of, pieces
from jquants.datasets.answer import CsvRows
from jquants.datasets.dataset import Dataset, Partition
from jquants.datasets.errors import WrongHeaderError, WrongLineError
from jquants.errors import MalformedError


def read(dataset: Dataset, path: Path) -> Iterator[tuple[date | None, CsvRows]]:
    """Yield what a file has of each day, oldest first; of a whole data set all at once, with None.

    The days lie beside the file on the disk until their turn comes, whatever the order of its lines.
    Raises WrongHeaderError and WrongLineError, which say what is wrong with the file, before anything is yielded.
    """
    days = _Days(Path(mkdtemp(prefix="days-", dir=path.parent)))
    try:
        header = _sort(dataset, pieces(path), days)
    except UnicodeDecodeError as error:
        raise MalformedError(
            path=GET, detail=f"the file of {dataset.slug} is not UTF-8: {error.reason}"
        ) from error
    except csv.Error as error:
        raise MalformedError(path=GET, detail=f"the file of {dataset.slug} is no CSV: {error}") from error
    if dataset.partition is Partition.WHOLE:
        yield None, CsvRows(header, days.pop("", len(header)))
        return
    texts = {_day(dataset, text): text for text in days.texts}
    for day in sorted(texts):
        yield day, CsvRows(header, days.pop(texts[day], len(header)))


def _sort(dataset: Dataset, of_file: Iterator[Lines], days: _Days) -> list[str]:
    """Put the lines of a file to their days; return its header."""
    header, begun = next(of_file, lines_of([[]])).beheaded()
    _check_header(dataset, header)
    position = None if dataset.partition is Partition.WHOLE else header.index(_day_key(dataset))
    number = 2
    for lines in chain([begun], of_file):
        widths = lines.widths()
        if set(widths) - {0, len(header)}:
            raise _wrong_line(dataset, widths, len(header), number)
        for text, of_day in lines.by(position).items():
            days.add(text, of_day)
        number += len(widths)
    return header


class _Days:
    """The lines of each day: a file a day in `folder`, numbered, as what a line calls its day is no name to trust."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._paths: dict[str, Path] = {}

    @property
    def texts(self) -> Sequence[str]:
        return list(self._paths)

    def add(self, text: str, lines: Lines) -> None:
        path = self._paths.setdefault(text, self._folder / str(len(self._paths)))
        with path.open("ab") as file:
            marshal.dump(lines.content, file, 2)  # without back references, which take longer

    def pop(self, text: str, width: int) -> list[Sequence[str]]:
        """Return the columns of a day; of one without lines they are empty."""
        if text not in self._paths:
            return [()] * width
        path = self._paths.pop(text)
        columns = _joined(_parts(path, width))
        path.unlink()
        return columns


def _parts(path: Path, width: int) -> Iterator[list[Sequence[str]]]:
    with path.open("rb") as file:
        while file.peek(1):
            yield lines_of(marshal.load(file)).columns(width)  # noqa: S302 - our own file


def _joined(parts: Iterator[list[Sequence[str]]]) -> list[Sequence[str]]:
    """Return the columns of parts, at least one, put together.

    A text that comes again and again is held once: the trades of a day are of few issues, and at few prices.
    """
    first, second = next(parts), next(parts, None)
    if second is None:
        return first
    held: list[dict[str, str] | None] = [{} if _repeats(cells) else None for cells in first]
    columns: list[list[str]] = [[] for _ in first]
    for part in chain((first, second), parts):
        for column, texts, cells in zip(columns, held, part, strict=True):
            column.extend(cells if texts is None else map(texts.setdefault, cells, cells))
    return list(columns)


def _repeats(cells: Sequence[str]) -> bool:
    return len(set(cells)) < len(cells) / 2


def _wrong_line(dataset: Dataset, widths: Sequence[int], expected: int, first: int) -> WrongLineError:
    number, cells = next((n, cells) for n, cells in enumerate(widths, first) if cells not in (0, expected))
    return WrongLineError(
        path=GET, dataset=dataset.slug, line=str(number), cells=str(cells), expected=str(expected)
    )


def _check_header(dataset: Dataset, header: Sequence[str]) -> None:
    needed = {column.key for column in dataset.columns if not column.optional}
    lacking = sorted(key for key in needed - set(header) if key.split(".")[0] not in dataset.spread)
    twice = sorted({key for key in header if header.count(key) > 1})
    if lacking or twice:
        raise WrongHeaderError(
            path=GET, dataset=dataset.slug, lacking=", ".join(lacking) or "-", twice=", ".join(twice) or "-"
        )


def _day_key(dataset: Dataset) -> str:
    return next(column.key for column in dataset.columns if column.name == dataset.day_column)


def _day(dataset: Dataset, text: str) -> date:
    """Return the day that a line names; one day has one spelling, or lines of it would be lost."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.isoformat() != text:
        raise MalformedError(
            path=GET, detail=f"the file of {dataset.slug} has a day that is none: {text[:40]}"
        )
    return day
