"""Snapshots of the listed companies into their current state and their history.

Snapshots may come in any order. On any day an issue was what its newest history row not after that day
says; the state is that of the newest snapshot that contains the issue.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from jquants import upsert
from jquants.coverage import fetches
from jquants.models import ListedCompany, ListedCompanyHistory
from jquants.models.company import CompanyAttributes
from jquants.upsert import Counts

if TYPE_CHECKING:
    from jquants.datasets.fields import Value
    from jquants.datasets.table import Table

ATTRIBUTES = tuple(field.name for field in CompanyAttributes._meta.get_fields())
HISTORY = ("code", "effective_on", *ATTRIBUTES)
STATE = ("code", "first_seen_on", "last_seen_on", "is_listed", *ATTRIBUTES)

Attributes = tuple["Value", ...]
Timeline = dict[date, Attributes]


@dataclass(frozen=True)
class State:
    """The row of an issue in listed_companies."""

    first_seen_on: date
    last_seen_on: date
    is_listed: bool
    attributes: Attributes


def write(table: Table) -> Counts:
    """Apply the snapshot `table` of its day.

    Counts issues: inserted = not known before, updated = the snapshot changed their state or history,
    unchanged = at most the days on which they were seen.
    """
    assert table.day is not None
    snapshot = {str(row[0]): row[2:] for row in table.rows}  # without code and date
    following = fetches.next_snapshot(table.dataset, table.day)
    states, timelines = _stored_states(), _stored_timelines()
    changed = _write_history(snapshot, table.day, following, states, timelines)
    _write_states(snapshot, table.day, states, is_newest=following is None)
    inserted = len(snapshot.keys() - states.keys())
    updated = len(changed & states.keys())
    return Counts(inserted, updated, len(snapshot) - inserted - updated)


def merged(timeline: Timeline, day: date, seen: Attributes, *, until: date | None) -> Timeline:
    """Return `timeline` with what a snapshot of `day` shows; each entry differs from the one before.

    `until` is the next snapshot that shows the issue: from there on the timeline was known already.
    """
    entries = timeline | {day: seen}
    if until is not None and (known := as_of(timeline, until)) is not None:
        entries.setdefault(until, known)
    result: Timeline = {}
    previous = None
    for effective_on, attributes in sorted(entries.items()):
        if attributes != previous:
            result[effective_on] = previous = attributes
    return result


def as_of(timeline: Timeline, day: date) -> Attributes | None:
    """Return what the timeline says of `day`; None before its first entry."""
    return next((timeline[since] for since in sorted(timeline, reverse=True) if since <= day), None)


def _stored_states() -> dict[str, State]:
    return {
        code: State(first, last, is_listed, tuple(attributes))
        for code, first, last, is_listed, *attributes in ListedCompany.objects.values_list(*STATE)
    }


def _stored_timelines() -> dict[str, Timeline]:
    timelines: dict[str, Timeline] = defaultdict(dict)
    for code, effective_on, *attributes in ListedCompanyHistory.objects.order_by().values_list(*HISTORY):
        timelines[code][effective_on] = tuple(attributes)
    return timelines


def _write_history(
    snapshot: dict[str, Attributes],
    day: date,
    following: date | None,
    states: dict[str, State],
    timelines: dict[str, Timeline],
) -> set[str]:
    """Bring the history up to date; return the codes whose history changed."""
    changed: dict[str, Timeline] = {}
    for code, seen in snapshot.items():
        known = timelines.get(code, {})
        shown_later = following is not None and code in states and states[code].last_seen_on >= following
        timeline = merged(known, day, seen, until=following if shown_later else None)
        if timeline != known:
            changed[code] = timeline
    ListedCompanyHistory.objects.filter(code__in=changed.keys() & timelines.keys()).delete()
    upsert.insert(ListedCompanyHistory, HISTORY, _history_rows(changed))
    return set(changed)


def _history_rows(timelines: dict[str, Timeline]) -> Sequence[tuple[Value, ...]]:
    return [
        (code, effective_on.isoformat(), *attributes)
        for code, timeline in timelines.items()
        for effective_on, attributes in timeline.items()
    ]


def _write_states(
    snapshot: dict[str, Attributes], day: date, states: dict[str, State], *, is_newest: bool
) -> None:
    rows = [
        _state_row(code, _seen(states.get(code), day, attributes, is_newest=is_newest))
        for code, attributes in snapshot.items()
    ]
    upsert.merge(ListedCompany.objects.all(), STATE, ("code",), rows)
    if is_newest:
        gone = [code for code, state in states.items() if state.is_listed and code not in snapshot]
        ListedCompany.objects.filter(code__in=gone).update(is_listed=False)


def _seen(state: State | None, day: date, attributes: Attributes, *, is_newest: bool) -> State:
    """Return the state of an issue that a snapshot of `day` shows."""
    if state is None:
        return State(day, day, is_newest, attributes)
    return State(
        min(state.first_seen_on, day),
        max(state.last_seen_on, day),
        is_newest or state.is_listed,
        attributes if day >= state.last_seen_on else state.attributes,
    )


def _state_row(code: str, state: State) -> tuple[Value, ...]:
    seen = (state.first_seen_on.isoformat(), state.last_seen_on.isoformat())
    return (code, *seen, state.is_listed, *state.attributes)
