"""Answers that cannot be stored: nothing of their partition is, and another try would not help."""

from typing import Any, ClassVar

from jquants.errors import JQuantsError


class DataError(JQuantsError):
    """Base; `facts` are what its sentence names: data set, row, field, value."""

    code = "data"
    summary = "The data J-Quants sent cannot be stored"
    template: ClassVar[str] = "%(dataset)s"

    def __init__(self, *, path: str, **facts: str) -> None:
        super().__init__(path=path, detail=self.template % facts)
        self.facts = facts

    @property
    def params(self) -> dict[str, str]:
        return super().params | self.facts


class UndecodableValueError(DataError):
    code = "undecodable_value"
    template = "%(dataset)s, row %(row)s: %(field)s is %(value)s, not %(expected)s"

    @property
    def params(self) -> dict[str, Any]:
        expected = self.facts["expected"]
        return super().params | {"expected": getattr(expected, "told", expected)}


class MissingFieldError(DataError):
    code = "missing_field"
    template = "%(dataset)s, row %(row)s: %(field)s is missing"


class ConflictingRowsError(DataError):
    code = "conflicting_rows"
    template = "%(dataset)s: two different rows for %(row)s"


class WrongDayError(DataError):
    code = "wrong_day"
    template = "%(dataset)s, row %(row)s: its day is not %(day)s"


class NoRowsError(DataError):
    """A data set that always has rows came without any."""

    code = "no_rows"
    template = "%(dataset)s: no rows"
    retryable = True


class WrongHeaderError(DataError):
    """A CSV file whose first line is not what the data set needs."""

    code = "wrong_header"
    template = "%(dataset)s: the file's header lacks %(lacking)s; it has twice: %(twice)s"


class WrongLineError(DataError):
    """A CSV file with a line that is not as long as its header."""

    code = "wrong_line"
    template = "%(dataset)s: line %(line)s of the file has %(cells)s cells, not %(expected)s"
