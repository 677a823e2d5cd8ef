"""The rows of /derivatives/bars/daily/options (https://jpx-jquants.com/en/spec/drv-bars-daily-opt)."""

from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from math import erf, exp, log, sqrt
from typing import Any, Final, NamedTuple

from jquants.standin.derivatives.contracts import Contract, listed, weeks
from jquants.standin.derivatives.products import EXTENDED, OPTIONS, SECURITIES, WEEKLY, OptionProduct
from jquants.standin.derivatives.quotes import NORMAL, YEAR, Quotes, Trade, emergency, on_grid
from jquants.standin.market import OUTAGE, Issue, Market
from jquants.standin.market.calendar import is_trading
from jquants.standin.market.issues import NEVER

COLUMNS: Final = (
    *(
        "Code",
        "ProdCat",
        "UndSSO",
        "Date",
        "O",
        "H",
        "L",
        "C",
        "MO",
        "MH",
        "ML",
        "MC",
        "EO",
        "EH",
        "EL",
        "EC",
    ),
    *(
        "AO",
        "AH",
        "AL",
        "AC",
        "Vo",
        "OI",
        "Va",
        "CM",
        "Strike",
        "VoOA",
        "EmMrgnTrgDiv",
        "PCDiv",
        "LTD",
        "SQD",
    ),
    *("Settle", "Theo", "BaseVol", "UnderPx", "IV", "IR", "CCMFlag"),
)
COLUMNS_225: Final = (
    *("Date", "Code", "O", "H", "L", "C", "EO", "EH", "EL", "EC", "AO", "AH", "AL", "AC", "Vo", "OI", "Va"),
    *("CM", "Strike", "VoOA", "EmMrgnTrgDiv", "PCDiv", "LTD", "SQD"),
    *("Settle", "Theo", "BaseVol", "UnderPx", "IV", "IR"),
)
PUT, CALL = "1", "2"
DIGITS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
UNDERLYING_SECURITIES: Final = 60
NO_SECURITY: Final = "-"
INTEREST: Final = 0.35  # % a year


class Series(NamedTuple):
    """All puts and calls of one contract month."""

    product: OptionProduct
    contract: Contract
    security: str  # its code, or "-"
    symbol: str
    level: float  # of what it is on
    before: float  # the session before
    is_central: bool
    key: int


class Options:
    def __init__(self, market: Market, quotes: Quotes) -> None:
        self._market = market
        self._quotes = quotes
        self._securities = _underlying_securities(market)
        self._span = lru_cache(maxsize=4096)(self._extremes)

    def rows(
        self, day: date, category: str | None = None, security: str | None = None
    ) -> Iterator[dict[str, Any]]:
        """None on days the market is closed."""
        if not is_trading(day):
            return
        panic = self._quotes.is_panic(self._quotes.session(day))
        for series in self._series(day, category, security):
            called = panic and series.product.underlying in {"NK225", "TOPIX"}
            for row in self._of(series, day):
                if called:
                    yield emergency(row)
                yield row

    def _series(self, day: date, category: str | None, security: str | None) -> Iterator[Series]:
        session = self._quotes.session(day)
        for product in OPTIONS:
            if category in {None, product.category}:
                yield from self._on_level(product, listed(product, day), session)
        if category in {None, WEEKLY.category} and day >= WEEKLY.starts:
            yield from self._on_level(WEEKLY, weeks(day, WEEKLY.starts, WEEKLY.cycles[0].size), session)
        if category in {None, SECURITIES.category}:
            yield from self._on_securities(listed(SECURITIES, day), day, session, security)

    def _on_level(self, product: OptionProduct, contracts: list[Contract], session: int) -> Iterator[Series]:
        level, before = (self._quotes.level(product.underlying, max(at, 0)) for at in (session, session - 1))
        for place, contract in enumerate(contracts):
            key = contract.year * 64 + contract.month + 4_099 * int(product.symbol, 36)
            yield Series(product, contract, NO_SECURITY, product.symbol, level, before, place == 0, key)

    def _on_securities(
        self, contracts: list[Contract], day: date, session: int, wanted: str | None
    ) -> Iterator[Series]:
        prices = self._market.prices
        for number, issue in enumerate(self._securities):
            if wanted not in {None, issue.code} or not issue.is_listed(day.toordinal()):
                continue
            level, before = (prices.close(issue, max(at, 0)) for at in (session, session - 1))
            for place, contract in enumerate(contracts):
                key = contract.year * 64 + contract.month + 97 * number
                symbol = f"X{DIGITS[number % 36]}" if number < 36 else f"Y{DIGITS[number % 36]}"
                yield Series(SECURITIES, contract, issue.code, symbol, level, before, place == 0, key)

    def _of(self, series: Series, day: date) -> Iterator[dict[str, Any]]:
        session = self._quotes.session(day)
        days = max((series.contract.last - day).days, 0) + 1
        common = self._common(series, day)
        for number, strike in self._strikes(series, day):
            smile = self._volatility(series, strike, days)
            for division in (PUT, CALL):
                yield self._row(series, day, session, days, number, strike, division, smile, common)

    def _row(
        self,
        series: Series,
        day: date,
        session: int,
        days: int,
        number: int,
        strike: float,
        division: str,
        smile: float,
        common: dict[str, Any],
    ) -> dict[str, Any]:
        quotes, product = self._quotes, series.product
        key = series.key + number * 7 + (division == CALL)
        noise = quotes.draw(key, session, 0)
        implied = smile * (0.97 + 0.06 * noise)
        settle = on_grid(value(series.level, strike, implied, days, division), product.tick)
        lots = 0 if day == OUTAGE else self._lots(series, strike, noise, days)
        is_new = day <= series.contract.first
        before = 0.0
        if lots and not is_new:
            before = on_grid(value(series.before, strike, implied, days + 1, division), product.tick)
        # Nobody asks for yesterday's price where nothing is traded.
        trade = Trade(settle, before if lots else float(not is_new), lots, product.tick, key, calm=4.0)
        row = {**common, **quotes.day(trade, day, session)}
        row["Code"] = self._code(series, number, division)
        row["Vo"], row["Strike"], row["PCDiv"] = float(lots), strike, division
        row["OI"] = float(int(product.lots * 4 * noise * days / 30)) if not is_new else 0.0
        row["Va"] = float(round((row["O"] + row["C"]) / 2 * lots * product.multiplier)) if lots else 0.0
        if day >= EXTENDED:
            row["VoOA"], row["Settle"], row["IV"] = float(lots), settle, round(implied, 4)
            row["Theo"] = round(value(series.level, strike, smile, days, division), 4)
        return row

    def _common(self, series: Series, day: date) -> dict[str, Any]:
        """What the rows of a series share, in the order of the columns."""
        contract = series.contract
        row: dict[str, Any] = dict.fromkeys(COLUMNS, "")
        weekly = series.product is WEEKLY
        row |= {
            "ProdCat": series.product.category,
            "UndSSO": series.security,
            "Date": str(day),
            "CM": contract.name,
            "EmMrgnTrgDiv": NORMAL,
        }
        if day >= EXTENDED:
            row |= {
                "LTD": str(contract.last),
                "SQD": str(contract.settled),
                "BaseVol": series.product.volatility,
                "UnderPx": round(series.level, 2),
                "IR": INTEREST,
                "CCMFlag": str(int(series.is_central and not weekly)),
            }
        return row

    def _strikes(self, series: Series, day: date) -> Iterator[tuple[int, float]]:
        """Numbered by the finest step, so that a strike keeps its number. They only ever become more."""
        product = series.product
        low, high = self._reach(series, day)
        if product is SECURITIES:
            unit = _nice(low * product.steps[0])
            steps, step = unit, unit
        else:
            left = (series.contract.last - day).days // 31
            steps, step = product.steps[min(left, len(product.steps) - 1)], product.steps[0]
        width = product.width
        first, last = int(low * (1 - width) / steps) + 1, int(high * (1 + width) / steps)
        for place in range(first, last + 1):
            strike = place * steps
            yield round(strike / step), strike

    def _reach(self, series: Series, day: date) -> tuple[float, float]:
        """The levels seen on the first days of the months since the contract is listed."""
        if series.product is SECURITIES:
            return self._span(series.security, series.contract.first, series.contract.first)
        newest = max(day.replace(day=1), series.contract.first)
        return self._span(series.product.underlying, series.contract.first, newest)

    def _extremes(self, name: str, first: date, last: date) -> tuple[float, float]:
        levels = [self._level(name, first)]
        month = first
        while (month := _next_month(month)) <= last:
            levels.append(self._level(name, month))
        return min(levels), max(levels)

    def _level(self, name: str, day: date) -> float:
        session = self._quotes.session(day)
        issue = self._market.issues.get(name)
        return self._market.prices.close(issue, session) if issue else self._quotes.level(name, session)

    def _volatility(self, series: Series, strike: float, days: int) -> float:
        """Higher for far strikes, and more so for near months, in %."""
        distance = log(strike / series.level) / sqrt(days / YEAR + 0.05)
        return series.product.volatility * (1 - 0.1 * distance + 0.25 * distance * distance)

    def _lots(self, series: Series, strike: float, noise: float, days: int) -> int:
        """Near the money and near the end there is trade."""
        distance = abs(strike / series.level - 1) * 12
        return int(series.product.lots * noise * exp(-distance * distance) * exp(-days / 25))

    def _code(self, series: Series, number: int, division: str) -> str:
        contract = series.contract
        place = f"{DIGITS[number // 36 % 36]}{DIGITS[number % 36]}"
        return f"1{2 + int(division)}{contract.year_digit}{contract.month:02d}{place}{series.symbol}"


def value(level: float, strike: float, volatility: float, days: int, division: str) -> float:
    """Of a European option (Black and Scholes); `volatility` in % a year."""
    years, rate = days / YEAR, INTEREST / 100
    spread = volatility / 100 * sqrt(years)
    one = (log(level / strike) + rate * years) / spread + spread / 2
    discounted = strike * exp(-rate * years)
    call = level * _normal(one) - discounted * _normal(one - spread)
    return max(call if division == CALL else call - level + discounted, 0.0)


def _normal(x: float) -> float:
    return 0.5 + 0.5 * erf(x / 1.4142135623730951)


def _nice(step: float) -> float:
    """The step rounded to 1, 2 or 5 times a power of ten."""
    power = 10.0 ** int(log(step, 10) if step >= 1 else 0)
    return next(times * power for times in (1, 2, 5, 10) if step <= times * power)


def _next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def _underlying_securities(market: Market) -> list[Issue]:
    """The largest companies, those that were always there."""
    core, large = (
        [issue for issue in market.issues.values() if issue.scale == scale and issue.delisted == NEVER]
        for scale in ("TOPIX Core30", "TOPIX Large70")
    )
    return [*core, *(issue for issue in large if not issue.listed)][:UNDERLYING_SECURITIES]
