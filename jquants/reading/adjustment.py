"""Adjustment factors: a few thousand corporate actions, however long the table of quotes is.

AdjC(d) = C(d) x the product of the factors of all later days of the issue; AdjVo = Vo / that product, without
rights issues (https://jpx-jquants.com/en/spec/eq-bars-daily).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from jquants.models import DailyQuote
from jquants.models.quote import ExRights

SCALE = 10.0**4  # adjusted values have four decimals


class Run(NamedTuple):
    """Rows side by side, from `start` to before `end`, and what their prices and their volumes are multiplied by."""

    start: int
    end: int
    price: float = 1.0
    volume: float = 1.0


class Factors(NamedTuple):
    """Of an issue: `days` of its actions in order (ISO texts), and the products of the factors from each on."""

    days: list[str]
    prices: list[float]
    volumes: list[float]

    def runs(self, days: Sequence[str], start: int, end: int) -> Iterator[Run]:
        """Yield the runs of `days` from `start` to `end`, which ascend there: between two actions all are moved alike."""
        for action, price, volume in zip(self.days, self.prices, self.volumes, strict=True):
            if (until := bisect_left(days, action, start, end)) > start:
                yield Run(start, until, price, 1.0 / volume)
                start = until
        if start < end:
            yield Run(start, end)


def factors(codes: Sequence[str] = ()) -> dict[str, Factors]:
    """Return the factors of the issues that have any, of `codes` only where given; one query on a small index."""
    actions = DailyQuote.objects.actions()
    if codes:
        actions = actions.filter(code__in=codes)
    found: dict[str, Factors] = {}
    # Newest first: each product is that of the days behind it and its own.
    for code, day, factor, kind in actions.order_by("code", "-date").values_list(
        "code", "date", "adjustment_factor", "ex_rights"
    ):
        issue = found.setdefault(code, Factors([], [], []))
        price, volume = (issue.prices[-1], issue.volumes[-1]) if issue.days else (1.0, 1.0)
        issue.days.append(day.isoformat())
        issue.prices.append(price * factor)
        issue.volumes.append(volume * (1.0 if kind == ExRights.RIGHTS_ISSUE else factor))
    return {
        code: Factors(issue.days[::-1], issue.prices[::-1], issue.volumes[::-1])
        for code, issue in found.items()
    }
