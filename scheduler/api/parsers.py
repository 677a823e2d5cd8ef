"""Read request bodies: JSON that our databases can store and our answers can repeat, or a clear refusal."""

import json
import math
from collections.abc import Mapping
from typing import IO, Any

from django.utils.translation import gettext as _
from rest_framework import parsers
from rest_framework.exceptions import APIException, ParseError

MAX_BYTES = 1_048_576
MAX_DEPTH = 32  # parameters nest two or three levels


class BodyTooLarge(APIException):
    status_code = 413


class JSONParser(parsers.JSONParser):
    """JSON in UTF-8 (RFC 8259), bounded in size and depth, without texts and numbers no database stores."""

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        body = stream.read(MAX_BYTES + 1)
        if len(body) > MAX_BYTES:
            raise BodyTooLarge(_("The body is larger than %(limit)s bytes.") % {"limit": MAX_BYTES})
        try:
            document = json.loads(body.decode())
        except RecursionError:
            raise _too_deep() from None
        except ValueError as error:
            raise ParseError(_("The body is not JSON: %(error)s") % {"error": error}) from error
        _refuse_unstorable(document)
        return document


def _refuse_unstorable(document: Any) -> None:
    """Raise ParseError for NUL, lone surrogates, NaN and infinity, which valid-looking JSON can carry."""
    level = [document]
    for _depth in range(MAX_DEPTH):
        if not level:
            return
        for value in level:
            _check_scalar(value)
        level = [child for value in level for child in _children(value)]
    raise _too_deep()


def _children(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [*value.keys(), *value.values()]
    return value if isinstance(value, list) else []


def _check_scalar(value: Any) -> None:
    if isinstance(value, float) and not math.isfinite(value):
        raise ParseError(_("“%(value)s” is not a finite number.") % {"value": value})
    if isinstance(value, str) and any(sign == "\0" or "\ud800" <= sign <= "\udfff" for sign in value):
        raise ParseError(
            _(
                "%(value)s holds a character that cannot be stored (NUL or half of a surrogate pair). Remove it."
            )
            % {"value": ascii(value[:50])}
        )


def _too_deep() -> ParseError:
    return ParseError(_("The JSON is nested deeper than %(limit)s levels.") % {"limit": MAX_DEPTH})
