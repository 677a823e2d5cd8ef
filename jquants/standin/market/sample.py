"""A part of the market that has every kind of issue in it: quicker to fetch than all of them."""

from collections import defaultdict
from collections.abc import Iterator
from random import Random
from typing import Final

from jquants.standin.market.famous import FAMOUS
from jquants.standin.market.issues import NEVER, STOCK, Issue

LISTED: Final = 4_400  # of the whole market, at a time
OF_EACH: Final = 2  # issues of every trait are in the smallest sample


def sample(issues: list[Issue], size: int, seed: int) -> list[Issue]:
    """Return about as many of `issues`, all there ever are, that `size` of them are listed at a time.

    They stay in their order. Larger samples hold the smaller ones; the smallest has the well-known issues and
    some of every kind.
    """
    count = round(len(issues) * size / LISTED)
    shuffled = list(issues)
    Random(f"sample:{seed}").shuffle(shuffled)  # noqa: S311 - the same seed must give the same market
    chosen = set(_of_every_kind(shuffled))
    for issue in shuffled:
        if len(chosen) >= count:
            break
        chosen.add(issue.code)
    return [issue for issue in issues if issue.code in chosen]


def _of_every_kind(issues: list[Issue]) -> Iterator[str]:
    """Yield codes: the well-known ones, and the first few with each trait."""
    codes = {issue.code for issue in issues}
    yield from (famous.code for famous in FAMOUS)
    found: defaultdict[object, int] = defaultdict(int)
    for issue in issues:
        traits = list(_traits(issue))
        if any(found[trait] < OF_EACH for trait in traits):
            yield issue.code
            if (common := issue.code[:4] + "0") in codes:
                yield common
            for trait in traits:
                found[trait] += 1


def _traits(issue: Issue) -> Iterator[object]:
    """Yield in what an issue differs from others; what comes and goes is worth as much as what stays."""
    lasts = issue.delisted == NEVER
    yield issue.product, issue.market_before, issue.market, lasts, bool(issue.listed)
    yield "scale", issue.scale, lasts
    yield "trades", issue.quiet
    yield "code", issue.code.isdigit(), issue.code.endswith("0")
    yield "names", len(issue.names) > 1, issue.names[0].japanese.endswith(" ")
    yield from (("action", action.kind) for action in issue.actions)
    if issue.product == STOCK:
        yield "sector", issue.sector
