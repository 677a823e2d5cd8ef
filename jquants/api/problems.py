"""Our errors as problem documents; imported by whoever raises them."""

from jquants.reading import InvalidSelection
from scheduler.api.problems import Problem, invalid, problem_of


@problem_of.register
def from_invalid_selection(error: InvalidSelection) -> Problem:
    return invalid(error.errors)
