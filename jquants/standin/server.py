"""The stand-in on a port of this machine."""

import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from jquants.standin.app import ROOT, App, Request
from jquants.standin.bulk_api import BulkApi
from jquants.standin.errors import StandinError, gettext_noop
from jquants.standin.faults import Faults
from jquants.standin.limits import Limits
from jquants.standin.local import STALL_SECONDS, LocalServer
from jquants.standin.market import market
from jquants.standin.pages import Pages
from jquants.standin.plans import ADDONS, PAID_PLANS, PLANS, Plan
from jquants.standin.recorded import Recorded
from jquants.standin.replies import Reply
from jquants.standin.sources import Generated, Source
from jquants.standin.td_api import TdApi

TOKYO: Final = ZoneInfo("Asia/Tokyo")
REMEMBERED: Final = 10_000  # requests


def _utc_now() -> datetime:
    return datetime.now(UTC)


class StandinServer(LocalServer):
    """A local J-Quants V2, serving from threads of its own between start() and stop().

    `port` 0 picks a free one. `issues` is about how many are listed in the generated market; None for as many as
    on the real one. `data` is a folder of recorded rows to serve instead of that market.
    `faults` are texts NAME or NAME:RATE. `now` gives an aware datetime and decides what "today" is; `clock`
    gives seconds and decides when limits and signed addresses expire. `per_minute` replaces every limit. `addons` are those
    subscribed to with a paid plan.

    Raises StandinError: an unknown plan, add-on or fault, a market of no issues, a folder that cannot be served.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        plan: str = "standard",
        key: str = "standin",
        seed: int = 1,
        issues: int | None = None,
        addons: Iterable[str] = ADDONS,
        data: Path | str | None = None,
        faults: Iterable[str] = (),
        now: Callable[[], datetime] = _utc_now,
        clock: Callable[[], float] = time.monotonic,
        page_size: int = 3000,
        per_minute: int | None = None,
        stall_seconds: float = STALL_SECONDS,
        log: Callable[[str], object] | None = None,
    ) -> None:
        chosen = _subscription(plan, addons)
        self.source: Final[Source] = _generated(seed, issues) if data is None else Recorded(Path(data))
        self.app: Final = App(
            pages=Pages(self.source, plan=chosen, now=lambda: now().astimezone(TOKYO), page_size=page_size),
            bulk=BulkApi(self.source, plan=chosen, now=lambda: now().astimezone(TOKYO), clock=clock),
            td=TdApi(self.source, plan=chosen, now=lambda: now().astimezone(TOKYO), clock=clock),
            key=key,
            limits=Limits(chosen.requests_per_minute, clock, instead=per_minute),
            faults=Faults(faults, seed),
        )
        super().__init__(port=port, stall_seconds=stall_seconds, log=log)
        self._seen: deque[tuple[str, dict[str, str]]] = deque(maxlen=REMEMBERED)

    @property
    def requests(self) -> list[tuple[str, dict[str, str]]]:
        """(path below /v2, parameters) of the last requests, oldest first, refused ones included."""
        return list(self._seen)

    def _answer(self, request: Request) -> Reply:
        if request.path.startswith(ROOT):
            self._seen.append((request.path[len(ROOT) :], dict(request.parameters)))
        return self.app.handle(request)


def _generated(seed: int, issues: int | None) -> Generated:
    if issues is not None and issues < 1:
        raise StandinError(
            gettext_noop("A market of %(issues)s issues has nothing to serve. Choose at least 1."),
            issues=issues,
        )
    return Generated(market(seed, issues))


def _subscription(plan: str, addons: Iterable[str]) -> Plan:
    if plan not in PLANS:
        known = ", ".join(PLANS)
        raise StandinError(
            gettext_noop("Unknown plan “%(plan)s”. There are: %(known)s."), plan=plan, known=known
        )
    wanted = frozenset(addons)
    if unknown := sorted(wanted - ADDONS):
        raise StandinError(
            gettext_noop("Unknown add-on “%(addon)s”. There are: %(known)s."),
            addon=unknown[0],
            known=", ".join(sorted(ADDONS)),
        )
    return replace(PLANS[plan], addons=wanted if plan in PAID_PLANS else frozenset())
