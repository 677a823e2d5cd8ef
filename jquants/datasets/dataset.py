"""How a data set is declared: one declaration and one model are all that a new one takes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import time
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING

from django.db import models
from django.utils.functional import Promise

from jquants.datasets.fields import Field

if TYPE_CHECKING:
    from jquants.datasets.table import Table
    from jquants.upsert import Counts


class Partition(Enum):
    """What is fetched and stored as a whole."""

    DAY = "day"
    WHOLE = "whole"


@dataclass(frozen=True)
class Column:
    """A key of the answer, and the attribute of the model that keeps it.

    The key of an `optional` column may be absent from all rows of an answer: null then.
    """

    key: str
    name: str
    field: Field
    optional: bool = False


@dataclass(frozen=True)
class Dataset:
    """One data set of J-Quants. `day_column` names the attribute that holds a partition's day."""

    slug: str
    label: str | Promise
    path: str
    model: type[models.Model]
    columns: tuple[Column, ...]
    natural_key: tuple[str, ...]
    partition: Partition
    plans: frozenset[str]
    write: Callable[[Table], Counts]
    day_column: str = "date"
    addon: str = ""  # of J-Quants (jquants.plan.subscription.ADDONS), bought besides one of `plans`
    published_at: time | None = None  # Asia/Tokyo; about, not guaranteed. None: irregular
    may_be_empty: bool = False  # whether a partition without rows is an answer, not a mistake

    @cached_property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    @cached_property
    def key_positions(self) -> tuple[int, ...]:
        return tuple(self.names.index(name) for name in self.natural_key)

    @cached_property
    def day_position(self) -> int:
        return self.names.index(self.day_column)
