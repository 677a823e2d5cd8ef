"""Rows into a file: CSV, or Parquet where pyarrow is installed. Memory stays the same however many rows there are."""

from __future__ import annotations

import csv
import gzip
import io
import os
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Protocol

from django.utils.translation import gettext as _

from jquants.reading import Selection
from jquants.reading.rows import chunks

if TYPE_CHECKING:
    import pyarrow as pa

FORMATS = ("csv", "parquet")
ROWS_A_GROUP = 100_000  # of a Parquet file


class ExportError(Exception):
    """The export cannot be written; the message says why and what to do."""


class Writer(Protocol):
    """Takes rows in lists; nothing of them is sure to be written before `close`."""

    def write(self, rows: list[tuple[Any, ...]]) -> None: ...

    def close(self) -> None: ...


def export(selection: Selection, into: IO[bytes], kind: str) -> int:
    """Write the selected rows to an open file; return how many. `kind` is one of FORMATS. Raises ExportError."""
    writer: Writer = CsvWriter(selection, into) if kind == "csv" else ParquetWriter(selection, into)
    count = 0
    for rows in chunks(selection):
        writer.write(rows)
        count += len(rows)
    writer.close()
    return count


@contextmanager
def whole_file(path: Path) -> Iterator[IO[bytes]]:
    """Open a file that takes the name `path` when the block ends well, and is gone when it does not.

    A name that ends in .gz is compressed. Raises ExportError when it cannot be written.
    """
    try:
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise _unwritable(path, error) from error
    try:
        with os.fdopen(descriptor, "wb") as raw:
            if path.suffix == ".gz":
                with gzip.GzipFile(filename="", mode="wb", fileobj=raw, compresslevel=6) as packed:
                    yield packed  # type: ignore[misc]
            else:
                yield raw
        Path(name).replace(path)
    except OSError as error:  # a full disk, or a folder of that name
        Path(name).unlink(missing_ok=True)
        raise _unwritable(path, error) from error
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _unwritable(path: Path, error: OSError) -> ExportError:
    text = _("%(path)s cannot be written: %(error)s. Name a file in a folder that can.")
    return ExportError(text % {"path": path, "error": error.strerror})


class CsvWriter:
    """UTF-8 with a header; null is an empty cell, yes and no are true and false."""

    def __init__(self, selection: Selection, into: IO[bytes]) -> None:
        self._into = into
        self._lines = _CsvText(selection)
        into.write(self._lines.header())

    def write(self, rows: list[tuple[Any, ...]]) -> None:
        self._into.write(self._lines.of(rows))

    def close(self) -> None:
        """All is written."""


def csv_lines(selection: Selection) -> Iterator[bytes]:
    """Yield the selected rows as CSV, some thousand lines at a time."""
    lines = _CsvText(selection)
    yield lines.header()
    for rows in chunks(selection):
        yield lines.of(rows)


class _CsvText:
    def __init__(self, selection: Selection) -> None:
        self._header = selection.header
        self._flags = [
            i for i, name in enumerate(selection.columns) if selection.table.kind(name) == "boolean"
        ]

    def header(self) -> bytes:
        return self._encoded([self._header])

    def of(self, rows: list[tuple[Any, ...]]) -> bytes:
        return self._encoded(_spelled(rows, self._flags))

    def _encoded(self, rows: Iterable[Sequence[Any]]) -> bytes:
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows(rows)
        return text.getvalue().encode()


def _spelled(rows: list[tuple[Any, ...]], flags: list[int]) -> list[Any]:
    """Return the rows with true and false in lower case, as everything but Python writes them."""
    if not flags:
        return rows
    columns: list[Any] = list(zip(*rows, strict=True))
    for index in flags:
        columns[index] = ["" if value is None else "true" if value else "false" for value in columns[index]]
    return list(zip(*columns, strict=True))


class ParquetWriter:
    """Days are dates, numbers doubles; ROWS_A_GROUP rows a row group."""

    def __init__(self, selection: Selection, into: IO[bytes]) -> None:
        try:
            import pyarrow
            import pyarrow.parquet
        except ImportError as error:
            raise ExportError(
                _("Parquet needs pyarrow: pip install -r requirements-parquet.txt. Or write CSV.")
            ) from error
        self._arrow = pyarrow
        self._schema = self._schema_of(selection)
        self._writer = pyarrow.parquet.ParquetWriter(into, self._schema, compression="zstd")
        self._waiting: list[tuple[Any, ...]] = []

    def write(self, rows: list[tuple[Any, ...]]) -> None:
        self._waiting += rows
        if len(self._waiting) >= ROWS_A_GROUP:
            self._flush()

    def close(self) -> None:
        self._flush()
        self._writer.close()

    def _flush(self) -> None:
        if not self._waiting:
            return
        columns = [
            self._column(values, field.type)
            for values, field in zip(zip(*self._waiting, strict=True), self._schema, strict=True)
        ]
        self._writer.write_table(self._arrow.Table.from_arrays(columns, schema=self._schema))
        self._waiting = []

    def _column(self, values: tuple[Any, ...], kind: pa.DataType) -> pa.Array:
        if self._arrow.types.is_date32(kind):
            return self._arrow.array(values, self._arrow.string()).cast(kind)
        return self._arrow.array(values, kind)

    def _schema_of(self, selection: Selection) -> pa.Schema:
        arrow = self._arrow
        kinds = {
            "boolean": arrow.bool_(),
            "date": arrow.date32(),
            "integer": arrow.int64(),
            "number": arrow.float64(),
        }
        fields = [(name, kinds.get(selection.table.kind(name), arrow.string())) for name in selection.columns]
        return arrow.schema([*fields, *((name, arrow.float64()) for name in selection.header[len(fields) :])])
