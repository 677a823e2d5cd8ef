from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from jquants.datasets.dataset import Column, Dataset, Partition
from jquants.datasets.fields import Choice, Flag, Text
from jquants.datasets.numbers import Number, WholeNumber
from jquants.datasets.spellings import DAY, NOTHING, OPTIONAL_DAY, UNDECIDED, columns
from jquants.models import Future, Nikkei225Option, Option

PRICE = Number(nullable=True, written=True, missing=NOTHING)  # "" in a session that a contract did not have
COUNT = WholeNumber(nullable=True, written=True, missing=NOTHING)
KEY = ("code", "date", "settlement_kind")
PUBLISHED = timedelta(hours=27)  # 3:00 on the next day

CONTRACT = (
    Column("Code", "code", Text(max_length=9)),
    Column("Date", "date", DAY),
    Column("EmMrgnTrgDiv", "settlement_kind", Choice(choices=frozenset({"001", "002"}))),
    Column("CM", "contract", Text(max_length=7)),
)
SESSIONS = columns(
    PRICE,
    O="open",
    H="high",
    L="low",
    C="close",
    EO="night_open",
    EH="night_high",
    EL="night_low",
    EC="night_close",
    AO="day_open",
    AH="day_high",
    AL="day_low",
    AC="day_close",
)
MORNING = columns(PRICE, MO="morning_open", MH="morning_high", ML="morning_low", MC="morning_close")
TRADED = (
    *columns(COUNT, Vo="volume", OI="open_interest"),
    Column("Va", "turnover_value", PRICE),
)
# Since 2016-07-19; before that, answers may lack them.
LATER = (
    Column("VoOA", "auction_volume", COUNT, optional=True),
    Column("Settle", "settlement_price", PRICE, optional=True),
    Column("LTD", "last_trading_on", OPTIONAL_DAY, optional=True),
    Column("SQD", "special_quotation_on", OPTIONAL_DAY, optional=True),
)
PRODUCT = (
    Column("ProdCat", "product_category", Text(max_length=20)),
    Column("CCMFlag", "is_central_contract_month", Flag(nullable=True, missing=NOTHING), optional=True),
)
OPTION = (
    Column("PCDiv", "put_call", Choice(choices=frozenset("12"))),
    Column("Strike", "strike_price", PRICE),
    *(
        Column(key, name, PRICE, optional=True)
        for key, name in (
            ("Theo", "theoretical_price"),
            ("BaseVol", "base_volatility"),
            ("UnderPx", "underlying_price"),
            ("IV", "implied_volatility"),
            ("IR", "interest_rate"),
        )
    ),
)

# https://jpx-jquants.com/en/spec/drv-bars-daily-fut
FUTURES = Dataset(
    slug="futures",
    label=_("Futures"),
    description=_("Fetches the prices of all futures of a trading day, night session included."),
    schedule="@trading 27:10",
    path="/derivatives/bars/daily/futures",
    model=Future,
    columns=(*CONTRACT, *PRODUCT, *SESSIONS, *MORNING, *TRADED, *LATER),
    natural_key=KEY,
    shown=(
        "product_category",
        "contract",
        "settlement_kind",
        "open",
        "high",
        "low",
        "close",
        "settlement_price",
        "volume",
        "open_interest",
    ),
    partition=Partition.DAY,
    plans=frozenset({"premium"}),
    published_after=PUBLISHED,
    may_be_empty=True,
)

# https://jpx-jquants.com/en/spec/drv-bars-daily-opt
OPTIONS = Dataset(
    slug="options",
    label=_("Options"),
    description=_("Fetches the prices of all options of a trading day, night session included."),
    schedule="@trading 27:15",
    path="/derivatives/bars/daily/options",
    model=Option,
    columns=(
        *CONTRACT,
        *PRODUCT,
        Column("UndSSO", "underlying_code", Text(max_length=5, missing=NOTHING | UNDECIDED)),
        *OPTION,
        *SESSIONS,
        *MORNING,
        *TRADED,
        *LATER,
    ),
    natural_key=KEY,
    shown=(
        "product_category",
        "contract",
        "underlying_code",
        "put_call",
        "strike_price",
        "close",
        "theoretical_price",
        "implied_volatility",
        "volume",
    ),
    partition=Partition.DAY,
    plans=frozenset({"premium"}),
    published_after=PUBLISHED,
    may_be_empty=True,
)

# https://jpx-jquants.com/en/spec/drv-bars-daily-opt-225
NIKKEI_225_OPTIONS = Dataset(
    slug="nikkei_225_options",
    label=_("Nikkei 225 options"),
    description=_("Fetches the prices of the options on the Nikkei 225 of a trading day."),
    schedule="@trading 27:20",
    path="/derivatives/bars/daily/options/225",
    model=Nikkei225Option,
    columns=(*CONTRACT, *OPTION, *SESSIONS, *TRADED, *LATER),
    natural_key=KEY,
    shown=(
        "contract",
        "settlement_kind",
        "put_call",
        "strike_price",
        "close",
        "theoretical_price",
        "implied_volatility",
        "volume",
        "open_interest",
    ),
    partition=Partition.DAY,
    plans=frozenset({"standard", "premium"}),
    published_after=PUBLISHED,
    may_be_empty=True,
)
