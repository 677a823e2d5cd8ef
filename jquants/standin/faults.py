"""What can go wrong between a client and J-Quants, on demand. Each fault documents itself in `summary`."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from itertools import count
from random import Random
from threading import Lock
from typing import Any, Final

from jquants.standin import refusals
from jquants.standin.errors import StandinError, gettext_noop
from jquants.standin.refusals import Refusal
from jquants.standin.replies import Delivery, Reply

RETRY_AFTER_SECONDS: Final = 1
LOOP_KEY: Final = "bG9vcA.loop."
HTML: Final = b"<html><head><title>%s</title></head><body><center><h1>%s</h1></center></body></html>"

Ask = Callable[[], Reply]  # the answer as it would be without the fault
Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Fault:
    name: str
    summary: str
    apply: Callable[[Ask, int], Reply]  # the int counts the requests


def _instead(reply: Reply) -> Callable[[Ask, int], Reply]:
    return lambda _ask, _number: reply


def _refused(refusal: Refusal, *headers: tuple[str, str]) -> Callable[[Ask, int], Reply]:
    return _instead(replace(Reply.message(refusal.status, refusal.message), headers=headers))


def _gateway(status: int) -> Reply:
    text = b"%d Bad Gateway" % status
    return Reply(status, HTML % (text, text), "text/html")


def _altered(alter: Callable[[Reply], Reply]) -> Callable[[Ask, int], Reply]:
    return lambda ask, _number: alter(ask())


def _edited(edit: Callable[[Document], object]) -> Callable[[Ask, int], Reply]:
    """Change the answer's document in place."""

    def apply(ask: Ask, _number: int) -> Reply:
        document = ask().document()
        edit(document)
        return Reply.json(document)

    return apply


def _truncated(reply: Reply) -> Reply:
    body = reply.plain()
    return replace(reply, body=body[: len(body) // 2], is_gzipped=False)


def _falsely_gzipped(reply: Reply) -> Reply:
    headers = (*reply.headers, ("Content-Encoding", "gzip"))
    return replace(reply, body=reply.plain(), is_gzipped=False, headers=headers)


def _middle(document: Document) -> dict[str, Any]:
    rows = document.get("data") or [{}]
    row: dict[str, Any] = rows[len(rows) // 2]
    return row


def _repeat_row(document: Document) -> None:
    if document.get("data"):
        document["data"].append(document["data"][0])


def _spoil_value(document: Document) -> None:
    """A word where a number belongs; where a row has no numbers, in its last field."""
    row = _middle(document)
    numbers = [key for key, value in row.items() if isinstance(value, float | int)]
    for key in numbers[:1] or list(row)[-1:]:
        row[key] = "abc"


def _drop_key(document: Document) -> None:
    row = _middle(document)
    for key in list(row)[-1:]:
        del row[key]


def _server_error(_ask: Ask, number: int) -> Reply:
    replies = [_server_message(500), _gateway(502), _server_message(503), _server_message(504)]
    return replies[number % len(replies)]


def _server_message(status: int) -> Reply:
    return Reply.message(status, refusals.server_error().message)


FAULTS: Final = {
    fault.name: fault
    for fault in (
        Fault(
            "429",
            gettext_noop("too many requests, with a Retry-After of one second"),
            _refused(refusals.too_many_requests(), ("Retry-After", str(RETRY_AFTER_SECONDS))),
        ),
        Fault(
            "429-bare",
            gettext_noop("too many requests, without saying when to come back"),
            _refused(refusals.too_many_requests()),
        ),
        Fault("500", gettext_noop("an error inside the server"), _instead(_server_message(500))),
        Fault("502", gettext_noop("a gateway's error, as HTML"), _instead(_gateway(502))),
        Fault("503", gettext_noop("out of service"), _instead(_server_message(503))),
        Fault("504", gettext_noop("a gateway that lost patience"), _instead(_server_message(504))),
        Fault("5xx", gettext_noop("500, 502, 503 and 504 in turn"), _server_error),
        Fault(
            "slow",
            gettext_noop("an answer later than any client waits"),
            _altered(lambda reply: replace(reply, stalls=True)),
        ),
        Fault(
            "cut",
            gettext_noop("a connection that ends in the middle of the body"),
            _altered(lambda reply: replace(reply, delivery=Delivery.CUT)),
        ),
        Fault(
            "reset",
            gettext_noop("a connection that ends before the first byte"),
            _altered(lambda reply: replace(reply, delivery=Delivery.NONE)),
        ),
        Fault(
            "malformed", gettext_noop("JSON that stops half way, with its length right"), _altered(_truncated)
        ),
        Fault(
            "html",
            gettext_noop("200 with a page of HTML"),
            _instead(Reply(200, HTML % (b"Maintenance", b"Maintenance"), "text/html")),
        ),
        Fault("empty", gettext_noop("200 with an empty body"), _instead(Reply(200, b""))),
        Fault("null-data", gettext_noop('"data" is null'), _edited(lambda doc: doc.update(data=None))),
        Fault(
            "no-data", gettext_noop('an object without "data"'), _edited(lambda doc: doc.pop("data", None))
        ),
        Fault(
            "loop",
            gettext_noop("the same pagination_key again and again"),
            _edited(lambda doc: doc.update(pagination_key=LOOP_KEY)),
        ),
        Fault(
            "dup-row", gettext_noop("the first row once more at the end of the page"), _edited(_repeat_row)
        ),
        Fault("bad-value", gettext_noop("a word where a number belongs"), _edited(_spoil_value)),
        Fault("missing-key", gettext_noop("a row that lacks a field"), _edited(_drop_key)),
        Fault("wrong-key", gettext_noop("403, as for a wrong key"), _refused(refusals.key_wrong())),
        Fault("plan", gettext_noop("403, as for another plan's data set"), _refused(refusals.not_in_plan())),
        Fault("210", gettext_noop("210, a message and no data"), _instead(Reply.message(210, "No content."))),
        Fault("not-gzip", gettext_noop("plain bytes that claim to be gzip"), _altered(_falsely_gzipped)),
    )
}


class Faults:
    """Decides by seed and by the request's number, so that a run can be repeated. The first that hits wins.

    Raises StandinError for a text that is not NAME or NAME:RATE.
    """

    def __init__(self, texts: Iterable[str], seed: int) -> None:
        self._rates = [_parse(text) for text in texts]
        self._seed = seed
        self._numbers = count()
        self._lock = Lock()
        self.has_loop = any(fault.name == "loop" for fault, _ in self._rates)

    def answer(self, ask: Ask) -> Reply:
        with self._lock:
            number = next(self._numbers)
        for fault, rate in self._rates:
            if self._draw(fault.name, number) < rate:
                return fault.apply(ask, number)
        return ask()

    def _draw(self, name: str, number: int) -> float:
        return Random(f"{self._seed}:{name}:{number}").random()  # noqa: S311 - must repeat for the same seed


def _parse(text: str) -> tuple[Fault, float]:
    name, colon, rate = text.partition(":")
    if name not in FAULTS:
        raise StandinError(
            gettext_noop("Unknown fault “%(name)s”. There are: %(known)s."),
            name=name,
            known=", ".join(FAULTS),
        )
    if colon and not re.fullmatch(r"0(\.\d+)?|1(\.0+)?|\.\d+", rate, re.ASCII):
        raise StandinError(
            gettext_noop("The rate “%(rate)s” of fault “%(name)s” is not a number from 0 to 1."),
            rate=rate,
            name=name,
        )
    return FAULTS[name], float(rate or 1)
