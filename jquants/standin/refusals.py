"""The answers that are not 200, in the server's own words; `?` marks texts nobody has confirmed.

https://jpx-jquants.com/en/spec/response-status
"""

from jquants.standin.plans import Window

PLANS_PAGE = "https://jpx-jquants.com/#dataset"


class Refusal(Exception):
    """A request answered by an error status and `{"message": ...}`."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


def key_missing() -> Refusal:
    return Refusal(403, "The api key is required.")  # ?


def key_wrong() -> Refusal:
    return Refusal(403, "The api key is invalid or expired.")  # ?


def forbidden() -> Refusal:
    """What the gateway says to a /v1 address."""
    return Refusal(403, "Forbidden")


def unknown_endpoint() -> Refusal:
    return Refusal(
        403,
        "The requested endpoint does not exist. Please check the URL, HTTP method, and API version:"
        "https://jpx-jquants.com/spec/",
    )


def not_in_plan() -> Refusal:
    return Refusal(
        403,
        "This API is not available on your subscription. If you want more data, please check other plans:"
        + PLANS_PAGE,
    )


def outside_window(window: Window) -> Refusal:
    return Refusal(
        400,
        f"Your subscription covers the following dates: {window}. "
        f"If you want more data, please check other plans:{PLANS_PAGE}",
    )


def parameter_missing(names: tuple[str, ...]) -> Refusal:
    listed = ",".join(f"'{name}'" for name in names)
    return Refusal(400, f"This API requires at least 1 parameter as follows; {listed}.")


def not_exactly_one(names: tuple[str, ...]) -> Refusal:
    listed = f"{', '.join(names[:-1])}, or {names[-1]}"
    return Refusal(400, f"Specify exactly one of the following parameters: {listed}.")


def contradiction(one: str, other: str) -> Refusal:
    return Refusal(400, f"Specify only one of the following parameters: {one}, {other}.")  # ?


def only_with(name: str, other: str, value: str) -> Refusal:
    return Refusal(400, f"The parameter '{name}' can only be specified with '{other}={value}'.")  # ?


def not_together(one: str, other: str) -> Refusal:
    return Refusal(400, f"Specify both of the following parameters: {one}, {other}.")  # ?


def bad_date(name: str) -> Refusal:
    return Refusal(400, f"The format of '{name}' is invalid. Please specify YYYYMMDD or YYYY-MM-DD.")  # ?


def bad_pagination_key() -> Refusal:
    return Refusal(400, "The pagination_key is invalid.")  # ?


def bad_cursor() -> Refusal:
    return Refusal(400, "The cursor is invalid.")  # ?


def too_many_requests() -> Refusal:
    return Refusal(429, "Too Many Requests")  # ?


def no_content() -> Refusal:
    """Outside the hours an endpoint serves, or for a code it does not have: neither data nor an error."""
    return Refusal(210, "No content.")  # ?


def too_large() -> Refusal:
    return Refusal(413, "Response data is too large.")  # ?


def no_such_file() -> Refusal:
    return Refusal(400, "The requested file does not exist.")  # ?


def server_error(status: int = 500) -> Refusal:
    return Refusal(status, "Unexpected error. Please try again later.")
