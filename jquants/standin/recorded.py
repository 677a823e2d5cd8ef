"""Rows recorded or made by hand, in a folder: `<endpoint's path with _ for />anything.json`, each a V2 envelope."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any

from jquants.standin.endpoints import ENDPOINTS, NAMES, Endpoint, Row
from jquants.standin.errors import StandinError, gettext_noop
from jquants.standin.questions import Question


class Recorded:
    """All rows of all files of an endpoint are its universe; identical ones count once.

    Raises StandinError: no such folder, a file that is not JSON or not an envelope.
    """

    def __init__(self, folder: Path) -> None:
        if not folder.is_dir():
            raise StandinError(
                gettext_noop("There is no folder %(folder)s to serve rows from."), folder=folder
            )
        self.ignored: list[str] = []  # names of files that belong to no endpoint
        self._rows: dict[str, list[Row]] = {}
        for file in sorted(folder.glob("*.json")):
            self._add(file)
        for path, rows in self._rows.items():
            self._rows[path] = sorted(_distinct(rows), key=partial(_place, ENDPOINTS[path]))

    def rows(self, endpoint: Endpoint, question: Question) -> list[Row]:
        rows = self._rows.get(endpoint.path, [])
        chosen = (
            _on_list_day(endpoint, rows, question) if endpoint.is_list else _in_span(endpoint, rows, question)
        )
        chosen = [row for row in chosen if _fits(row, question)]
        if question.plan.name == "premium" or not endpoint.premium_keys:
            return chosen
        # What two plans recorded of the same row is the same row again.
        return _distinct(
            [{key: row[key] for key in row if key not in endpoint.premium_keys} for row in chosen]
        )

    def newest_day(self, _endpoint: Endpoint, moment: datetime) -> date:
        """Whatever was recorded is there."""
        return moment.date()

    def days(self, endpoint: Endpoint, first: date, moment: datetime) -> list[date]:
        days = {_day(endpoint, row) for row in self._rows.get(endpoint.path, [])}
        return sorted(day for day in days if day and day >= first)

    def most_rows(self, endpoint: Endpoint, days: list[date]) -> int:
        wanted = set(days)
        return sum(_day(endpoint, row) in wanted for row in self._rows.get(endpoint.path, []))

    def _add(self, file: Path) -> None:
        document = _load(file)
        names = [name for name in NAMES if file.name.startswith(name)]
        if not names:
            self.ignored.append(file.name)
            return
        # The longest: equities_bars_daily_am.json is not of equities_bars_daily.
        path = NAMES[max(names, key=len)]
        if path in ENDPOINTS:
            self._rows.setdefault(path, []).extend(_envelope(file, document))


def _load(file: Path) -> Any:
    try:
        return json.loads(file.read_text("utf-8"))
    except ValueError as error:
        raise StandinError(
            gettext_noop("%(file)s is not JSON: %(error)s. Correct it or take it away."),
            file=file,
            error=error,
        ) from error


def _envelope(file: Path, document: object) -> list[Row]:
    rows = document.get("data") if isinstance(document, Mapping) else None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise StandinError(
            gettext_noop(
                '%(file)s is not a V2 answer: it must be an object whose "data" is a list of objects.'
            ),
            file=file,
        )
    return rows


def _distinct(rows: list[Row]) -> list[Row]:
    return list({json.dumps(row, sort_keys=True): row for row in rows}.values())


def _place(endpoint: Endpoint, row: Row) -> tuple[str, str]:
    return str(row.get(endpoint.day, "")), str(row.get("Code", ""))


def _day(endpoint: Endpoint, row: Row) -> date | None:
    """None for rows made by hand without a date, or with a wrong one: only queries without dates find them."""
    try:
        return date.fromisoformat(str(row.get(endpoint.day)))
    except ValueError:
        return None


def _in_span(endpoint: Endpoint, rows: list[Row], question: Question) -> list[Row]:
    """Those of the days asked for; all of them where rows have no day to be asked for by."""
    if not endpoint.day:
        return rows
    dated = question.on or question.since or question.until
    return [row for row in rows if (question.covers(day) if (day := _day(endpoint, row)) else not dated)]


def _on_list_day(endpoint: Endpoint, rows: list[Row], question: Question) -> list[Row]:
    """The list of the day asked for or the next one recorded; the newest one for days after it."""
    days = sorted({day for row in rows if (day := _day(endpoint, row)) and day in question.window})
    if not days:
        return []
    asked = question.on or question.window.last or question.today
    wanted = next((day for day in days if day >= asked), days[-1])
    return [row for row in rows if _day(endpoint, row) == wanted]


def _fits(row: Row, question: Question) -> bool:
    if question.code is not None and row.get("Code") != question.code:
        return False
    return all(_has(row.get(field), value) for field, value in question.equal)


def _has(found: object, wanted: str) -> bool:
    """A list must have all the values, which are separated by commas."""
    return set(wanted.split(",")) <= set(found) if isinstance(found, list) else found == wanted
