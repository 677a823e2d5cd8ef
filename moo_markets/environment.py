"""The environment, read so that a wrong value is told with its name."""

from __future__ import annotations

import warnings
from collections.abc import Collection
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

SHORT_LIST = 10  # values that are named one by one
CENTURY = 100 * 365 * 86_400.0  # seconds


class Environment(environ.Env):  # type: ignore[misc]  # django-environ has no types
    """Raises ImproperlyConfigured, in a sentence for who set the value."""

    def get_value(self, var: str, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().get_value(var, *args, **kwargs)
        except ValueError as error:  # of a number; texts, which may be secret, are always readable
            value = self.ENVIRON.get(var)
            raise ImproperlyConfigured(
                f"{var} is {value!r}, not a number. See .env.example for what it takes."
            ) from error

    def seconds(self, var: str, *, default: float, least: float = 0.0) -> float:
        """Return the time that `var` holds, `least` seconds or more, and no more than a century."""
        given = float(self.float(var, default=default))
        if not least <= given <= CENTURY:
            raise ImproperlyConfigured(
                f"{var} is {given:g}; it takes a number of seconds, {least:g} or more."
            )
        return given

    def count(self, var: str, *, default: int) -> int:
        """Return the whole number that `var` holds, 0 or more."""
        given = int(self.int(var, default=default))
        if given < 0:
            raise ImproperlyConfigured(f"{var} is {given}; it takes a whole number, 0 or more.")
        return given

    def one_of(self, var: str, values: Collection[str], *, default: str) -> str:
        """Return the value of `var`, which is one of `values`, in the spelling they have there."""
        given = str(self.str(var, default=default))
        for value in values:
            if value.lower() == given.lower():
                return value
        shown = ", ".join(sorted(values)) if len(values) <= SHORT_LIST else f"names such as {default}"
        raise ImproperlyConfigured(f"{var} is {given!r}; it takes {shown}.")

    def some_of(self, var: str, values: Collection[str], *, default: list[str]) -> list[str]:
        """Return the values that `var` lists, each one of `values`; none where it is empty."""
        given = [each.strip().lower() for each in self.list(var, default=default) if each.strip()]
        if unknown := [each for each in given if each not in values]:
            shown = ", ".join(sorted(values))
            raise ImproperlyConfigured(
                f"{var} lists {unknown[0]!r}; it takes {shown}, separated by commas, or nothing."
            )
        return given

    def networks(self, var: str, *, default: list[str]) -> list[IPv4Network | IPv6Network]:
        """Return the addresses and networks that `var` lists."""
        given = self.list(var, default=default)
        try:
            return [ip_network(each) for each in given]
        except ValueError as error:
            raise ImproperlyConfigured(
                f"{var} is {','.join(given)!r}: {error}. Write addresses or networks, such as 127.0.0.1,10.0.0.0/8."
            ) from error

    def limits(self, var: str) -> dict[str, int]:
        """Return the numbers by name that `var` lists, such as "daily_quotes=1,listed_companies=2"."""
        pairs = [pair.strip().partition("=") for pair in self.list(var, default=[])]
        for name, _equals, number in pairs:
            if not name.strip() or not number.strip().isdecimal():
                raise ImproperlyConfigured(
                    f"{var} has {f'{name}{_equals}{number}'!r}; write name=number pairs with commas between them, "
                    "such as daily_quotes=1,listed_companies=2."
                )
        return {name.strip(): int(number) for name, _equals, number in pairs}

    def database(self, var: str, *, default: str) -> dict[str, Any]:
        """Return Django's settings of the database whose URL `var` holds."""
        with warnings.catch_warnings(action="ignore"):  # it would quote the URL, password and all
            config: dict[str, Any] = self.db_url(var, default=default)
        if "ENGINE" not in config:
            raise ImproperlyConfigured(
                f"{var} is not the URL of a database; write it like "
                "postgresql://user:password@localhost:5432/moo_markets or sqlite:////absolute/path/db.sqlite3."
            )
        return config
