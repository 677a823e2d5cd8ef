"""Statements as text that Django builds once a process: for a short one, building takes longer than the database.

What they select and write is said in Django's own terms, as everywhere else; only their values come later.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection
from django.db.models import Expression, Field, Model, QuerySet
from django.db.models.sql import UpdateQuery


class Given(Expression):
    """A value of the kind of `field` that is known when the statement is executed."""

    def __init__(self, name: str, field: Field[Any, Any]) -> None:
        super().__init__(output_field=field)
        self.name = name

    def as_sql(self, compiler: object, connection: object) -> tuple[str, list[Any]]:  # type: ignore[override]
        return "%s", [self]


def column(model: type[Model], name: str) -> Field[Any, Any]:
    """Return the field of `model` that keeps `name` in a column; "pk" is its primary key."""
    field = model._meta.pk if name == "pk" else model._meta.get_field(name)
    assert isinstance(field, Field)
    return field


class Statement:
    """SQL with its parameters, of which those `Given` come with each execution."""

    def __init__(self, sql: str, parameters: Sequence[Any]) -> None:
        self.sql = sql
        self.parameters = parameters
        self._fields = {each.name: each.output_field for each in parameters if isinstance(each, Given)}

    def count(self, **given: Any) -> int:
        """Execute it; return how many rows it has touched."""
        with connection.cursor() as cursor:
            cursor.execute(self.sql, self._values(given))
            return int(cursor.rowcount)

    def rows(self, **given: Any) -> list[tuple[Any, ...]]:
        """Execute it; return all its rows."""
        with connection.cursor() as cursor:
            cursor.execute(self.sql, self._values(given))
            return list(cursor.fetchall())

    def _values(self, given: Mapping[str, Any]) -> list[Any]:
        ready = {
            name: field.get_db_prep_save(given[name], connection) for name, field in self._fields.items()
        }
        return [ready[each.name] if isinstance(each, Given) else each for each in self.parameters]


class Selection(Statement):
    """The statement that reads `rows`, a queryset of values."""

    def __init__(self, rows: QuerySet[Any, Any]) -> None:
        self._compiler = rows.query.get_compiler(connection=connection)
        super().__init__(*self._compiler.as_sql())
        self._converters = self._compiler.get_converters([column for column, *_ in self._compiler.select])

    def rows(self, **given: Any) -> list[tuple[Any, ...]]:
        return [
            tuple(row) for row in self._compiler.apply_converters(super().rows(**given), self._converters)
        ]


def updating(rows: QuerySet[Any], fields: Mapping[str, Any]) -> tuple[str, Sequence[Any]]:
    """Return the SQL, with its parameters, that sets `fields`, to values or expressions, in `rows`."""
    query = rows.query.chain(UpdateQuery)
    query.clear_ordering(force=True)
    query.add_update_values(fields)  # type: ignore[attr-defined]
    sql, parameters = query.get_compiler(connection=connection).as_sql()
    return sql, parameters


class Returned:
    """What a statement returns of each row of `model`: all its columns, and the instance made of them."""

    def __init__(self, model: type[Model]) -> None:
        self._model = model
        compiler = model._default_manager.order_by().query.get_compiler(connection=connection)
        compiler.setup_query()
        self._converters = compiler.get_converters([column for column, *_ in compiler.select])
        self._apply = compiler.apply_converters
        self._names = [field.attname for field in model._meta.concrete_fields]
        self.columns = ", ".join(
            connection.ops.quote_name(str(field.column)) for field in model._meta.concrete_fields
        )

    def instance(self, values: tuple[Any, ...]) -> Any:
        (converted,) = self._apply([values], self._converters)
        return self._model.from_db(connection.alias, self._names, converted)
