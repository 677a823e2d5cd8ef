"""What is traded: categories with their beginnings, cycles and sizes
(https://jpx-jquants.com/en/spec/drv-bars-daily-fut and drv-bars-daily-opt)."""

from datetime import date
from typing import Final, NamedTuple

QUARTERS: Final = (3, 6, 9, 12)
MONTHS: Final = tuple(range(1, 13))
HALF_YEARS: Final = (6, 12)
YEARS: Final = (12,)


class Underlying(NamedTuple):
    """What a contract is on. Its level moves with the market by `beta` and on its own by `volatility`, a
    session; `drift` is what it gains in one. One that `follows` an index of the market does nothing else."""

    start: float
    beta: float
    volatility: float
    drift: float = 0.0
    carry: float = 0.003  # a year, of the forward over the level
    follows: str = ""  # the code of an index


class Cycle(NamedTuple):
    """Contracts that end in these months, so many of them at a time."""

    months: tuple[int, ...]
    size: int


class Product(NamedTuple):
    category: str
    starts: date
    underlying: str
    symbol: str  # two characters that end its codes
    cycles: tuple[Cycle, ...]
    multiplier: float  # yen a point
    tick: float
    lots: float  # traded of the central month on a usual day
    settles: str = "sq"  # on the second Friday; or "delivery", around the 20th; or "wednesday", the third


FIRST: Final = date(2008, 5, 7)
EXTENDED: Final = date(2016, 7, 19)  # more fields
OLD_SESSIONS_UNTIL: Final = date(2011, 2, 10)  # a morning and an afternoon, before the evening

UNDERLYINGS: Final = {
    "NK225": Underlying(13_900.0, 0.0085, 0.002, 0.00022),
    "TOPIX": Underlying(1_350.0, 0.0080, 0.002, follows="0000"),
    "JGB": Underlying(137.0, -0.0003, 0.0005),
    "REIT": Underlying(1_500.0, 0.0040, 0.003),
    "NKYD": Underlying(180.0, 0.0030, 0.001, 0.0002),
    "NKVI": Underlying(24.0, -0.0100, 0.008),
    "DJIA": Underlying(12_700.0, 0.0050, 0.003, 0.0003),
    "JN400": Underlying(12_800.0, 0.0080, 0.002, 0.0002),
    "MOT": Underlying(900.0, 0.0100, 0.005),
    "TOA3M": Underlying(99.5, -0.0001, 0.0001),
    "USDJPY": Underlying(105.0, 0.0020, 0.002, 0.00008, -0.03),
    "EURJPY": Underlying(140.0, 0.0020, 0.002, 0.00004, -0.02),
    "CNHJPY": Underlying(16.0, 0.0018, 0.002, 0.00005, -0.01),
}

FUTURES: Final = (
    Product("TOPIXF", FIRST, "TOPIX", "05", (Cycle(QUARTERS, 5),), 10_000, 0.5, 45_000),
    Product("NK225F", FIRST, "NK225", "18", (Cycle(QUARTERS, 3), Cycle(HALF_YEARS, 10)), 1_000, 10, 40_000),
    Product("NK225MF", FIRST, "NK225", "19", (Cycle(MONTHS, 3), Cycle(HALF_YEARS, 8)), 100, 5, 700_000),
    Product("JGBLF", FIRST, "JGB", "01", (Cycle(QUARTERS, 3),), 1_000_000, 0.01, 30_000, "delivery"),
    Product("TOPIXMF", date(2008, 6, 16), "TOPIX", "06", (Cycle(QUARTERS, 3),), 1_000, 0.25, 3_000),
    Product("REITF", date(2008, 6, 16), "REIT", "07", (Cycle(QUARTERS, 5),), 1_000, 0.5, 1_500),
    Product("NKYDF", date(2010, 7, 26), "NKYD", "21", (Cycle(YEARS, 8),), 10_000, 0.1, 20),
    Product("NKVIF", date(2012, 2, 27), "NKVI", "22", (Cycle(MONTHS, 8),), 10_000, 0.05, 100),
    Product("DJIAF", date(2012, 5, 28), "DJIA", "23", (Cycle(QUARTERS, 4),), 100, 1, 300),
    Product("JN400F", date(2014, 11, 25), "JN400", "24", (Cycle(QUARTERS, 5),), 100, 5, 5_000),
    Product("MOTF", date(2016, 7, 19), "MOT", "25", (Cycle(QUARTERS, 5),), 1_000, 1, 2_000),
    Product(
        "NK225MCF", date(2023, 5, 29), "NK225", "26", (Cycle(MONTHS, 2), Cycle(QUARTERS, 2)), 10, 5, 90_000
    ),
    Product(
        "TOA3MF", date(2023, 5, 29), "TOA3M", "27", (Cycle(QUARTERS, 20),), 250_000, 0.0025, 900, "wednesday"
    ),
    Product(
        "USDJPYF", date(2026, 4, 13), "USDJPY", "31", (Cycle(QUARTERS, 4),), 10_000, 0.01, 800, "wednesday"
    ),
    Product(
        "EURJPYF", date(2026, 4, 13), "EURJPY", "32", (Cycle(QUARTERS, 4),), 10_000, 0.01, 90, "wednesday"
    ),
    Product(
        "CNHJPYF", date(2026, 4, 13), "CNHJPY", "33", (Cycle(QUARTERS, 4),), 100_000, 0.001, 9, "wednesday"
    ),
)


class OptionProduct(NamedTuple):
    category: str
    starts: date
    underlying: str
    symbol: str
    cycles: tuple[Cycle, ...]
    multiplier: float
    tick: float
    steps: tuple[float, ...]  # between strikes, by how many months are left; the last for all later ones
    width: float  # of the strikes around the level, as a share of it
    volatility: float  # implied, in % a year
    lots: float
    settles: str = "sq"


NK225E: Final = OptionProduct(
    "NK225E",
    FIRST,
    "NK225",
    "18",
    (Cycle(MONTHS, 8), Cycle(QUARTERS, 6), Cycle(HALF_YEARS, 10)),
    1_000,
    1.0,
    (125.0, 125.0, 250.0, 500.0, 1_000.0),
    0.22,
    19.0,
    900,
)
OPTIONS: Final = (
    OptionProduct(
        "TOPIXE",
        FIRST,
        "TOPIX",
        "05",
        (Cycle(MONTHS, 6), Cycle(QUARTERS, 5)),
        10_000,
        0.5,
        (25.0, 25.0, 50.0, 100.0),
        0.2,
        17.0,
        30,
    ),
    NK225E,
    OptionProduct(
        "JGBLFE",
        FIRST,
        "JGB",
        "01",
        (Cycle(MONTHS, 4),),
        1_000_000,
        0.01,
        (0.5, 0.5),
        0.05,
        3.0,
        60,
        "delivery",
    ),
)
WEEKLY: Final = OptionProduct(
    "NK225MWE", date(2023, 5, 29), "NK225", "W9", (Cycle((), 4),), 100, 1.0, (125.0,), 0.1, 20.0, 400
)
# On single securities, whose strikes follow their prices.
SECURITIES: Final = OptionProduct(
    "EQOP",
    date(2014, 11, 17),
    "",
    "",
    (Cycle(MONTHS, 2), Cycle(QUARTERS, 2)),
    100,
    0.1,
    (0.05,),
    0.2,
    28.0,
    1.5,
)
