"""Wall time to instants: the daylight-saving rules of R9, over any stream of naive wall times."""

from bisect import bisect_left
from collections import deque
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import NamedTuple
from zoneinfo import ZoneInfo

SECOND = timedelta(seconds=1)


class Readings(NamedTuple):
    """The wall times an instant has by the offsets of both passes of a fold; outside a fold they are equal.

    Wall times up to `earliest` have passed for good; those beyond `latest` have not happened yet.
    """

    earliest: datetime
    latest: datetime


def readings(moment: datetime, zone: ZoneInfo) -> Readings:
    local = moment.astimezone(zone)
    before, after = _offsets(local.replace(tzinfo=None), zone)
    naive = moment.astimezone(UTC).replace(tzinfo=None)
    return Readings(naive + min(before, after), naive + max(before, after))


def instants(wall: datetime, zone: ZoneInfo, *, by_elapsed_time: bool) -> tuple[datetime, ...]:
    """When a naive wall time happens, in UTC and in order.

    With fixed hours exactly once: in a gap at its end, in a fold at the first pass. By elapsed time as
    often as the clock shows it: never in a gap, twice in a fold.
    """
    before, after = _offsets(wall, zone)
    if before == after:
        return ((wall - before).replace(tzinfo=UTC),)
    first, second = ((wall - offset).replace(tzinfo=UTC) for offset in (before, after))
    is_gap = first > second
    if by_elapsed_time:
        return () if is_gap else (first, second)
    return (_first_change(second, first, zone),) if is_gap else (first,)


def ascending(occurrences: Iterable[tuple[datetime, ...]]) -> Iterator[datetime]:
    """Instants in order from those of ascending wall times; in a fold the passes interleave."""
    second_pass: deque[datetime] = deque()
    for hits in occurrences:
        while second_pass and hits and second_pass[0] <= hits[0]:
            yield second_pass.popleft()
        yield from hits[:1]
        second_pass.extend(hits[1:])
    yield from second_pass


def descending(occurrences: Iterable[tuple[datetime, ...]]) -> Iterator[datetime]:
    """The mirror of `ascending`, from descending wall times."""
    first_pass: deque[datetime] = deque()
    for hits in occurrences:
        while first_pass and hits and first_pass[0] >= hits[-1]:
            yield first_pass.popleft()
        yield from hits[-1:]
        first_pass.extend(hits[:-1])
    yield from first_pass


def distinct(moments: Iterable[datetime]) -> Iterator[datetime]:
    """Drop equal neighbours: alternatives that name the same day, wall times that share a gap's end."""
    return (moment for moment, _ in groupby(moments))


def _offsets(wall: datetime, zone: ZoneInfo) -> tuple[timedelta, timedelta]:
    """UTC offsets of both readings of a wall time: equal, or before and after the change it falls on."""
    before = wall.replace(tzinfo=zone, fold=0).utcoffset()
    after = wall.replace(tzinfo=zone, fold=1).utcoffset()
    assert before is not None
    assert after is not None
    return before, after


def _first_change(unchanged: datetime, changed: datetime, zone: ZoneInfo) -> datetime:
    """The first instant after the zone's change that lies between the two."""
    offset = unchanged.astimezone(zone).utcoffset()
    seconds = range(int((changed - unchanged) / SECOND))
    steps = bisect_left(
        seconds, True, key=lambda passed: (unchanged + passed * SECOND).astimezone(zone).utcoffset() != offset
    )
    return unchanged + steps * SECOND
