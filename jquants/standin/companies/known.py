"""What is known of some companies' reports, where draws would contradict it."""

from datetime import date
from typing import Final, NamedTuple

from jquants.standin.market.issues import NEVER

DOLLARS_FROM: Final = date(2022, 2, 1).toordinal()


class Habits(NamedTuple):
    month: int = 3  # in which fiscal years end
    american_until: int = 0  # fiscal years; from the next on it is IFRS
    ifrs_from: int = 9999
    jmis_from: int = 9999
    dollars_from: int = NEVER  # the day from which its figures come in US dollars
    cycle: int = 0  # as in Company


KNOWN: Final = {
    "62690": Habits(month=12, ifrs_from=2020, dollars_from=DOLLARS_FROM),
    "67580": Habits(american_until=2021, ifrs_from=2022),
    "72030": Habits(american_until=2020, ifrs_from=2021),
    "86970": Habits(ifrs_from=2014),
    "94320": Habits(american_until=2018, ifrs_from=2019),
    "94330": Habits(ifrs_from=2014),
    "94340": Habits(ifrs_from=2014),
    "99840": Habits(ifrs_from=2014),
    # No such company: it has what hardly any other does.
    "99990": Habits(jmis_from=2018, cycle=2026 * 12 + 8),
}
