"""Adjustment factors: a few thousand corporate actions, however long the table of quotes is.

AdjC(d) = C(d) x the product of the factors of all later days of the issue; AdjVo = Vo / that product, without
rights issues (https://jpx-jquants.com/en/spec/eq-bars-daily).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from jquants.models import DailyQuote
from jquants.models.quote import ExRights

DECIMALS = 4
UNMOVED = (1.0, 1.0)


class Factors(NamedTuple):
    """Of an issue: `days` of its actions in order (ISO texts), and the products of the factors from each on."""

    days: list[str]
    prices: list[float]
    volumes: list[float]

    def after(self, day: str) -> tuple[float, float]:
        """Return what prices and what volumes of `day` are multiplied by."""
        position = bisect_right(self.days, day)
        if position == len(self.days):
            return UNMOVED
        return self.prices[position], 1.0 / self.volumes[position]


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
        before = (issue.prices[-1], issue.volumes[-1]) if issue.days else UNMOVED
        issue.days.append(day.isoformat())
        issue.prices.append(before[0] * factor)
        issue.volumes.append(before[1] * (1.0 if kind == ExRights.RIGHTS_ISSUE else factor))
    return {
        code: Factors(issue.days[::-1], issue.prices[::-1], issue.volumes[::-1])
        for code, issue in found.items()
    }
