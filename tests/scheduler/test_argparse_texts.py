"""What argparse says on the command line, in the language of the site."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest
from django.core.management import load_command_class
from django.core.management.base import CommandParser
from django.utils.translation import override

from scheduler.management.argparse_texts import TEXTS


def parser(app: str, name: str) -> CommandParser:
    made = load_command_class(app, name).create_parser("manage.py", name)
    made.called_from_command_line = True  # errors exit, as they do in a shell
    return made


@pytest.mark.parametrize(
    ("app", "name", "arguments", "told"),
    [
        ("scheduler", "runjob", [], "次の引数が必要です: SLUG"),
        ("scheduler", "runjob", ["daily_quotes", "--now"], "使えない引数です: --now"),
        ("scheduler", "runjob", ["daily_quotes", "--wait=1"], "引数 --wait: 値 '1' は指定できません"),
        ("scheduler", "createapitoken", ["hanako", "--days"], "引数 --days: 値を1つ指定してください"),
        ("jquants", "export", ["topix", "--code"], "引数 --code: 値を1つ以上指定してください"),
        ("jquants", "backfill", ["--only", "some"], "引数 --only: 'some' は選べません（選べるのは "),
    ],
)
def test_errors_are_japanese(
    capsys: pytest.CaptureFixture[str], app: str, name: str, arguments: list[str], told: str
) -> None:
    with override("ja"), pytest.raises(SystemExit):
        parser(app, name).parse_args(arguments)

    assert f"manage.py {name}: エラー: {told}" in capsys.readouterr().err


def test_errors_are_english_where_the_site_is(capsys: pytest.CaptureFixture[str]) -> None:
    with override("en"), pytest.raises(SystemExit):
        parser("scheduler", "runjob").parse_args([])

    assert "manage.py runjob: error: the following arguments are required: SLUG" in capsys.readouterr().err


def test_help_has_japanese_headings() -> None:
    with override("ja"):
        told = parser("scheduler", "runjob").format_help()

    assert told.startswith("使い方: manage.py runjob ")
    assert "\n引数:\n" in told
    assert "\nオプション:\n" in told


def test_texts_are_those_of_argparse() -> None:
    """A text that this version of Python words otherwise would be told in English."""
    source = Path(argparse.__file__).read_text()

    assert [text for text in TEXTS if isinstance(text, str) and text.replace("\n", "\\n") not in source] == []
