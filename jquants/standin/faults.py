"""What can go wrong between a client and J-Quants, on demand. Each fault documents itself in `summary`."""

import gzip
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from itertools import count
from random import Random
from threading import Lock
from typing import Final, NamedTuple

from jquants.standin import refusals, spoiling
from jquants.standin.errors import StandinError, gettext_noop
from jquants.standin.refusals import Refusal
from jquants.standin.replies import Delivery, Reply

RETRY_AFTER_SECONDS: Final = 1
LOOP_KEY: Final = "bG9vcA.loop."
END_KEY: Final = "ZW5k.end."
EMPTY_KEY: Final = "ZW1wdHk.empty."  # before the key of the page that comes after the empty one
HUGE_BYTES: Final = 16 << 20
HTML: Final = b"<html><head><title>%s</title></head><body><center><h1>%s</h1></center></body></html>"

Ask = Callable[[], Reply]  # the answer as it would be without the fault


class Hit(NamedTuple):
    """The request a fault has hit."""

    number: int  # of all requests
    key: str  # its pagination_key


Apply = Callable[[Ask, Hit], Reply]


@dataclass(frozen=True, slots=True)
class Fault:
    name: str
    summary: str
    apply: Apply


def _instead(reply: Reply) -> Apply:
    return lambda _ask, _hit: reply


def _refused(refusal: Refusal, *headers: tuple[str, str]) -> Apply:
    return _instead(replace(Reply.message(refusal.status, refusal.message), headers=headers))


def _gateway(status: int) -> Reply:
    text = b"%d Bad Gateway" % status
    return Reply(status, HTML % (text, text), "text/html")


def _altered(alter: Callable[[Reply], Reply]) -> Apply:
    return lambda ask, _hit: alter(ask())


def _edited(edit: Callable[[spoiling.Document], object]) -> Apply:
    """Change the answer's document in place."""

    def apply(ask: Ask, _hit: Hit) -> Reply:
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


def _rewritten(rewrite: Callable[[bytes], bytes]) -> Apply:
    """Change the body's bytes, and nothing of how they are sent."""
    return _altered(lambda reply: replace(reply, body=rewrite(reply.plain()), is_gzipped=False))


def _huge(reply: Reply) -> Reply:
    return replace(reply, body=gzip.compress(reply.plain() + b" " * HUGE_BYTES, 1), is_gzipped=True)


def _empty_first(_ask: Ask, hit: Hit) -> Reply:
    return Reply.json({"data": [], "pagination_key": EMPTY_KEY + hit.key})


def _server_error(_ask: Ask, hit: Hit) -> Reply:
    replies = [_server_message(500), _gateway(502), _server_message(503), _server_message(504)]
    return replies[hit.number % len(replies)]


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
            "dup-row",
            gettext_noop("the first row once more at the end of the page"),
            _edited(spoiling.repeat_row),
        ),
        Fault("bad-value", gettext_noop("a word where a number belongs"), _edited(spoiling.spoil_value)),
        Fault("missing-key", gettext_noop("a row that lacks a field"), _edited(spoiling.drop_key)),
        Fault("wrong-key", gettext_noop("403, as for a wrong key"), _refused(refusals.key_wrong())),
        Fault("plan", gettext_noop("403, as for another plan's data set"), _refused(refusals.not_in_plan())),
        Fault("210", gettext_noop("210, a message and no data"), _instead(Reply.message(210, "No content."))),
        Fault(
            "401",
            gettext_noop("401, as the documentation once said of a wrong key"),
            _refused(Refusal(401, refusals.key_wrong().message)),
        ),
        Fault("413", gettext_noop("an answer too large to be given"), _refused(refusals.too_large())),
        Fault(
            "redirect",
            gettext_noop("302 to another host"),
            _instead(Reply(302, b"", headers=(("Location", "https://example.com/"),))),
        ),
        Fault(
            "trickle",
            gettext_noop("a body that comes in pieces, with pauses"),
            _altered(lambda reply: replace(reply, delivery=Delivery.TRICKLE)),
        ),
        Fault("huge", gettext_noop("16 MiB of blanks after the document"), _altered(_huge)),
        Fault("bom", gettext_noop("a byte order mark before the document"), _rewritten(spoiling.with_mark)),
        Fault("charset", gettext_noop("UTF-16 instead of UTF-8"), _rewritten(spoiling.in_utf_16)),
        Fault(
            "array",
            gettext_noop("a bare list of rows"),
            _altered(lambda reply: Reply.json(reply.document().get("data", []))),
        ),
        Fault("null-row", gettext_noop("null instead of a row"), _edited(spoiling.null_row)),
        Fault(
            "nested",
            gettext_noop("an object where a plain value belongs, or the reverse"),
            _edited(spoiling.swap_nesting),
        ),
        Fault("new-key", gettext_noop("a field that nobody knows, in every row"), _edited(spoiling.add_key)),
        Fault("wrong-day", gettext_noop("a row of another day"), _edited(spoiling.move_day)),
        Fault(
            "other-code", gettext_noop("a row of an issue that does not exist"), _edited(spoiling.change_code)
        ),
        Fault(
            "changed-row",
            gettext_noop("the first row once more, with another value"),
            _edited(spoiling.contradict_row),
        ),
        Fault("empty-page", gettext_noop("a page without rows before every page"), _empty_first),
        Fault(
            "last-key",
            gettext_noop("a pagination_key on the last page, which leads to an empty one"),
            _edited(lambda doc: doc.setdefault("pagination_key", END_KEY)),
        ),
        Fault(
            "empty-key",
            gettext_noop("an empty pagination_key on the last page"),
            _edited(lambda doc: doc.setdefault("pagination_key", "")),
        ),
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
        self._names = {fault.name for fault, _ in self._rates}

    def meant(self, key: str) -> str:
        """The key that leads to a page, of one that a fault gave out."""
        if key == LOOP_KEY and "loop" in self._names:
            return ""  # the first page for ever
        return key.removeprefix(EMPTY_KEY) if "empty-page" in self._names else key

    def answer(self, ask: Ask, key: str = "") -> Reply:
        """`key` is the pagination_key that came with the request."""
        if key == END_KEY and "last-key" in self._names:
            return Reply.json({"data": []})
        if key.startswith(EMPTY_KEY) and "empty-page" in self._names:
            return ask()
        with self._lock:
            number = next(self._numbers)
        for fault, rate in self._rates:
            if self._draw(fault.name, number) < rate:
                return fault.apply(ask, Hit(number, key))
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
