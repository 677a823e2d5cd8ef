"""The rows of /derivatives/bars/daily/futures (https://jpx-jquants.com/en/spec/drv-bars-daily-fut)."""

from collections.abc import Iterator
from datetime import date
from typing import Any, Final

from jquants.standin.derivatives.contracts import Contract, central, listed
from jquants.standin.derivatives.products import EXTENDED, FUTURES, Product
from jquants.standin.derivatives.quotes import NORMAL, Quotes, Trade, emergency, on_grid
from jquants.standin.market import OUTAGE
from jquants.standin.market.calendar import ONE_DAY, is_trading

COLUMNS: Final = (
    *("Code", "ProdCat", "Date", "O", "H", "L", "C", "MO", "MH", "ML", "MC", "EO", "EH", "EL", "EC"),
    *(
        "AO",
        "AH",
        "AL",
        "AC",
        "Vo",
        "OI",
        "Va",
        "CM",
        "VoOA",
        "EmMrgnTrgDiv",
        "LTD",
        "SQD",
        "Settle",
        "CCMFlag",
    ),
)
CALLED: Final = frozenset({"TOPIXF", "NK225F", "NK225MF"})  # whose margins are called in a panic
FADING: Final = 0.12  # of the volume, from one month to the next
HOLIDAY: Final = 1.4  # times the volume when the day before was a holiday with trading


class Futures:
    def __init__(self, quotes: Quotes) -> None:
        self._quotes = quotes

    def rows(self, day: date, category: str | None = None) -> Iterator[dict[str, Any]]:
        """None on days the market is closed: what is traded on holidays belongs to the next day."""
        if not is_trading(day):
            return
        for product in FUTURES:
            if category in {None, product.category}:
                yield from self._of(product, day)

    def _of(self, product: Product, day: date) -> Iterator[dict[str, Any]]:
        contracts = listed(product, day)
        if not contracts:
            return
        session, middle = self._quotes.session(day), central(contracts, day)
        panic = product.category in CALLED and self._quotes.is_panic(session)
        for place, contract in enumerate(contracts):
            row = self._row(product, contract, day, place, is_central=contract is middle)
            if panic:
                yield emergency(row)
            yield row

    def _row(
        self, product: Product, contract: Contract, day: date, place: int, *, is_central: bool
    ) -> dict[str, Any]:
        quotes, session = self._quotes, self._quotes.session(day)
        key = int(product.symbol) * 131 + contract.year * 12 + contract.month
        settle = on_grid(
            quotes.forward(product.underlying, session, (contract.last - day).days), product.tick
        )
        lots = self._lots(product, key, session, place, is_central=is_central, day=day)
        trade = Trade(settle, self._previous(product, contract, day, session), lots, product.tick, key)
        late = day >= EXTENDED
        row = {
            "Code": f"16{contract.year_digit}{contract.month:02d}00{product.symbol}",
            "ProdCat": product.category,
            "Date": str(day),
            **quotes.day(trade, day, session),
            "Vo": float(lots),
            "OI": float(self._open(product, key, session, place)),
            "CM": contract.name,
            "VoOA": float(lots * 94 // 100) if late else "",
            "EmMrgnTrgDiv": NORMAL,
            "LTD": str(contract.last) if late else "",
            "SQD": str(contract.settled) if late else "",
            "Settle": settle if late else "",
            "CCMFlag": str(int(is_central)) if late else "",
        }
        row["Va"] = float(round((row["O"] + row["C"]) / 2 * lots * product.multiplier))
        return {key: row[key] for key in COLUMNS}

    def _previous(self, product: Product, contract: Contract, day: date, session: int) -> float:
        if day <= contract.first:
            return 0.0
        days = (contract.last - day).days + 1
        return on_grid(self._quotes.forward(product.underlying, session - 1, days), product.tick)

    def _lots(
        self, product: Product, key: int, session: int, place: int, *, is_central: bool, day: date
    ) -> int:
        if day == OUTAGE:
            return 0
        usual = product.lots * (1.0 if is_central else 0.2 * FADING**place)
        after_holiday = day.weekday() and not is_trading(day - ONE_DAY)
        return int(
            usual * (0.4 + 1.2 * self._quotes.draw(key, session, 0)) * (HOLIDAY if after_holiday else 1)
        )

    def _open(self, product: Product, key: int, session: int, place: int) -> int:
        return int(product.lots * 8 * 0.3**place * (0.8 + 0.4 * self._quotes.draw(key, session, 10)))
