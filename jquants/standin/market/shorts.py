"""Who reported a short position of half a per cent or more, and when."""

from collections.abc import Iterator
from math import exp
from typing import Final, NamedTuple

from jquants.standin.market.calendar import Sessions
from jquants.standin.market.issues import FUND, Issue
from jquants.standin.market.tape import MASK, Tape

REPORTS: Final = 0.03  # a session and issue
TWICE: Final = 0.05  # of the reports come with another one of the same seller, for another fund
PADDED: Final = 0.08  # of the notes are filled up with blanks
LAG: Final = 2  # sessions from a position to its report
SPELL: Final = 120  # sessions: about so long the same seller reports on an issue
LOOK_BACK: Final = 250  # sessions in which an earlier report is looked for
STRIDE: Final = 11  # where a session's reports read the tape
# Listed in Nagoya only: reported on here, but in no list of issues.
ELSEWHERE: Final = ("17160", "29210", "38080", "74760", "81410")
BLANKS: Final = 300

# (name, address, discretionary manager, its address, fund). As reported: in Japanese or English, or not at all.
SELLERS: Final = (
    ("Northgate Capital Management LLP", "London, United Kingdom", "", "", ""),
    ("Harbour & Finch International plc", "25 Bank Street, London, U.K.", "", "", ""),
    ("個人", "", "", "", ""),
    ("みなと証券株式会社", "東京都中央区日本橋茅場町１－１－１", "", "", ""),
    ("Aldgate Securities Co. International", "London, U.K.", "", "", ""),
    (
        "Silverlake Harvest Advisors LLC",
        "New York, U.S.A.",
        "Silverlake Harvest Partners LP",
        "Delaware, U.S.A.",
        "Silverlake Harvest Master Fund",
    ),
    ("Pacific Ridge Asset Management", "Singapore", "Pacific Ridge Pte. Ltd.", "Singapore", ""),
    (
        "かもめアセットマネジメント株式会社",
        "東京都千代田区丸の内２－２－２",
        "",
        "",
        "かもめ日本株ロングショート",
    ),
    ("Meridian Point Trading AG", "Zürich, Switzerland", "", "", ""),
    ("ポラリス投資顧問株式会社", "東京都港区六本木３－３－３", "Polaris Global Ltd", "Grand Cayman", ""),
)
NOTES: Final = (
    "",
    "",
    "",
    "",
    "売付け可能株数の変動による",
    "Corrected on the following day",
    "当該報告は訂正報告です",
)


class Report(NamedTuple):
    session: int  # of the report
    code: str
    seller: tuple[str, str, str, str, str]
    ratio: float
    shares: int
    units: int
    previous: tuple[int, float] | None  # session and ratio of the seller's last report
    notes: str


class Shorts:
    def __init__(self, tape: Tape, sessions: Sessions) -> None:
        self._noise = tape.noise
        self._walk = tape.walk
        self._ordinals = sessions.ordinals

    def of(self, issue: Issue, session: int) -> Iterator[Report]:
        """None, one, or two that differ in nothing but their size."""
        if issue.product == FUND or not self._reports(issue.noise, session):
            return
        day = self._ordinals[session]
        shares = issue.shares / (issue.factor(0, day) if issue.actions else 1.0)
        yield from self._made(issue.code, issue.noise, session, shares, issue.lot)

    def elsewhere(self, session: int, code: str | None = None) -> Iterator[Report]:
        for other in ELSEWHERE:
            at = int(other) * 7
            if code in {None, other} and self._reports(at, session):
                yield from self._made(other, at, session, 1e7, 100)

    def _reports(self, at: int, session: int) -> bool:
        return self._noise[at + STRIDE * session & MASK] < REPORTS

    def _made(self, code: str, at: int, session: int, shares: float, lot: int) -> Iterator[Report]:
        draw = self._noise[at + STRIDE * session + 1 & MASK]
        padding = " " * BLANKS if draw < PADDED else ""
        notes = NOTES[int(self._noise[at + STRIDE * session + 2 & MASK] * len(NOTES))] + padding
        sizes = (1.0, 0.8) if draw > 1 - TWICE else (1.0,)
        for size in sizes:
            ratio = round(self._ratio(at, session) * size, 4)
            held = int(shares * ratio / lot + 1) * lot
            previous = self._previous(at, session)
            yield Report(session, code, self._seller(at, session), ratio, held, held, previous, notes)

    def _ratio(self, at: int, session: int) -> float:
        return round(0.0075 * exp(0.018 * self._walk[at + session & MASK]), 4)

    def _seller(self, at: int, session: int) -> tuple[str, str, str, str, str]:
        draw = self._noise[at + 23 * ((session + at) // SPELL) & MASK]
        return SELLERS[int(draw * len(SELLERS))]

    def _previous(self, at: int, session: int) -> tuple[int, float] | None:
        seller = self._seller(at, session)
        for earlier in range(session - 1, max(session - LOOK_BACK, -1), -1):
            if self._reports(at, earlier) and self._seller(at, earlier) == seller:
                return earlier, self._ratio(at, earlier)
        return None
