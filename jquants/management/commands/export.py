from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from jquants import export
from jquants.reading import InvalidSelection, Selection, Table, all_tables, find_table, select
from scheduler.presentation import words

OPTIONS = {"from": "--from", "to": "--to", "date": "--date", "code": "--code", "columns": "--columns"}

CSV_ENDINGS = {"", ".gz", ".csv", ".csv.gz", ".txt", ".txt.gz"}


class Command(BaseCommand):
    help = _("Write the rows of a data set to a file, or to the standard output: CSV or Parquet.")

    def add_arguments(self, parser: CommandParser) -> None:
        known = ", ".join(table.slug for table in all_tables())  # breaks at spaces, in every language
        parser.add_argument("dataset", help=_("the table: %(known)s") % {"known": known})
        parser.add_argument(
            "--format", choices=export.FORMATS, help=_("by default what the file's name says")
        )
        parser.add_argument(
            "--output", type=Path, metavar="FILE", help=_("the file; one ending in .gz is compressed")
        )
        parser.add_argument("--date", metavar="DAY", help=_("one day, such as 2026-11-20"))
        parser.add_argument("--from", metavar="DAY", help=_("the first day"))
        parser.add_argument("--to", metavar="DAY", help=_("the last day"))
        parser.add_argument("--code", nargs="+", metavar="CODE", help=_("only these issues, such as 7203"))
        parser.add_argument("--columns", metavar="A,B", help=_("only these columns, with commas between"))
        parser.add_argument(
            "--adjusted", action="store_true", help=_("also prices and volumes adjusted for splits")
        )

    def handle(self, *, dataset: str, output: Path | None, **options: Any) -> None:
        table = find_table(dataset)
        if table is None:
            raise CommandError(
                _("“%(name)s” is not a table; there are: %(known)s.") % {"name": dataset, "known": _known()}
            )
        selection = self._selection(table, options)
        kind = options["format"] or _kind(output)
        try:
            count = self._write(selection, kind, output)
        except export.ExportError as error:
            raise CommandError(str(error)) from error
        if output:
            text = _("%(count)s rows written to %(path)s.") % {"count": f"{count:,}", "path": output}
            self.stderr.write(text, self.style.SUCCESS)

    def _selection(self, table: Table, options: dict[str, Any]) -> Selection:
        given = {name: options[name] for name in OPTIONS if options[name]}
        given = {name: value if isinstance(value, list) else [value] for name, value in given.items()}
        if options["adjusted"]:
            given["adjusted"] = ["true"]
        try:
            return select(table, given)
        except InvalidSelection as error:
            told = ((OPTIONS.get(name, f"--{name}"), " ".join(texts)) for name, texts in error.errors.items())
            raise CommandError("\n".join(f"{name}: {text}" for name, text in told)) from error

    def _write(self, selection: Selection, kind: str, output: Path | None) -> int:
        if output is None:
            return self._pour(selection, kind)
        with export.whole_file(output) as file:
            return export.export(selection, file, kind)

    def _pour(self, selection: Selection, kind: str) -> int:
        """Write to the standard output; whoever reads it, such as head, may have had enough before the end."""
        try:
            count = export.export(selection, sys.stdout.buffer, kind)
            sys.stdout.buffer.flush()
        except BrokenPipeError:
            os.dup2(
                os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno()
            )  # Python flushes once more at the end
            sys.exit(1)
        return count


def _known() -> str:
    return words.listed(table.slug for table in all_tables())


def _kind(output: Path | None) -> str:
    """Return the format that the name of a file says; csv where it says none. Raises CommandError."""
    suffixes = output.suffixes if output else []
    ending = "".join(suffixes[-2:] if suffixes[-1:] == [".gz"] else suffixes[-1:])
    if ending == ".parquet":
        return "parquet"
    if ending in CSV_ENDINGS:
        return "csv"
    raise CommandError(
        _("“%(name)s” does not end in .csv, .csv.gz or .parquet: name the file so, or give --format.")
        % {"name": output}
    )
