"""What a line of an execution's log says, in every language of the site: nobody knows who will read it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils.translation import gettext, override

from scheduler import messages
from scheduler.masking import mask

SOURCE = "en"  # the language in which the code logs
LINE_LIMIT = 4_000  # characters
PARAMETER = re.compile(r"%\(\w+\)[^a-z]*[a-z]")


def worded(template: str, params: Mapping[str, Any], *, rest: str = "") -> dict[str, Any]:
    """Return the fields of an ExecutionLog that say `template` with `params`, and the same `rest` in each language.

    A template without a translation is told as it is. Raises what formatting raises.
    """
    others = [language for language, _name in settings.LANGUAGES if language != SOURCE]
    told = {language: _told(template, params, language) for language in others}
    message = _in(SOURCE, template, params)
    return {
        "message": _fit(message + rest),
        "translations": {
            language: _fit(text + rest) for language, text in told.items() if text not in ("", message)
        },
    }


def _told(template: str, params: Mapping[str, Any], language: str) -> str:
    """Return the line in `language`; "" where nobody has translated it."""
    with override(language):
        sentence = gettext(template) if template else ""  # whose translation is the catalogue's own header
    return "" if sentence == template and _has_words(template) else _in(language, sentence, params)


def _has_words(template: str) -> bool:
    """Whether there is something to translate besides the parameters: not in "%(name)s: %(result)s"."""
    return any(map(str.isalpha, PARAMETER.sub("", template)))


def _in(language: str, sentence: str, params: Mapping[str, Any]) -> str:
    with override(language):
        return (
            sentence % {name: _value(value, language) for name, value in params.items()}
            if params
            else sentence
        )


def _value(value: object, language: str) -> object:
    """Return a parameter as it is told: an error by its sentence, with the words of the server that refused."""
    code, params = getattr(value, "code", None), getattr(value, "params", None)
    if not isinstance(value, Exception) or language == SOURCE or not isinstance(params, Mapping):
        return value
    sentence = messages.render(code, params) if isinstance(code, str) else ""
    server = getattr(value, "server_message", "")
    return f"{sentence} [{server}]" if sentence and server else sentence or value


def _fit(text: str) -> str:
    return mask(text)[:LINE_LIMIT]
