"""The Japanese catalogue: complete, faithful to its msgids, compiled, and in step with the sources."""

from __future__ import annotations

import ast
import importlib.util
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import polib
import pytest
from django.core.management import call_command
from django.test import override_settings
from django.utils import translation

from moo_markets import unfold_texts
from scheduler import messages

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "locale/ja/LC_MESSAGES"
APPS = ("moo_markets", "scheduler", "jquants")
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%%|\{\w*\}")
JAPANESE = re.compile(r"[ぁ-んァ-ヶ一-龠]")
SENTENCES = dict(messages._sentences)  # before tests add their own

Key = tuple[str | None, str]


@pytest.fixture(scope="module")
def catalogue() -> polib.POFile:
    return polib.pofile(str(FOLDER / "django.po"))


def keys(entries: polib.POFile) -> set[Key]:
    return {(entry.msgctxt, entry.msgid) for entry in entries if not entry.obsolete}


def texts(entry: polib.POEntry) -> list[str]:
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


def placeholders(text: str) -> list[str]:
    return sorted(PLACEHOLDER.findall(text))


def test_catalogue_is_translated_throughout(catalogue: polib.POFile) -> None:
    assert [entry.msgid for entry in catalogue if not all(texts(entry))] == []
    assert [entry.msgid for entry in catalogue.fuzzy_entries()] == []
    assert [entry.msgid for entry in catalogue.obsolete_entries()] == []


def test_catalogue_keeps_the_placeholders(catalogue: polib.POFile) -> None:
    assert [
        entry.msgid
        for entry in catalogue
        for text in texts(entry)
        if placeholders(text) != placeholders(entry.msgid_plural or entry.msgid)
    ] == []


def test_catalogue_keeps_the_blanks_at_the_ends(catalogue: polib.POFile) -> None:
    def ends(text: str) -> tuple[bool, bool]:
        return text.startswith("\n"), text.endswith("\n")

    assert [
        entry.msgid for entry in catalogue for text in texts(entry) if ends(text) != ends(entry.msgid)
    ] == []


def test_catalogue_compiles_to_the_file_that_is_shipped(catalogue: polib.POFile) -> None:
    compiled = polib.mofile(str(FOLDER / "django.mo"))

    assert {(e.msgctxt, e.msgid): texts(e) for e in compiled} == {
        (e.msgctxt, e.msgid): texts(e) for e in catalogue
    }


def test_sentences_of_executions_are_japanese() -> None:
    with translation.override("ja"):
        own = {code: str(text) for code, text in SENTENCES.items() if PLACEHOLDER.sub("", str(text)).strip()}
        assert [code for code, text in own.items() if not JAPANESE.search(text)] == []


def test_sources_mark_no_text_that_the_catalogue_lacks(catalogue: polib.POFile) -> None:
    """Also what xgettext overlooks without a word: other names for gettext, and calls inside f-strings."""
    assert marked_in_python() - keys(catalogue) == set()


def test_texts_of_the_theme_stand_in_the_theme() -> None:
    """A text the theme has reworded would be shown in English again."""
    specification = importlib.util.find_spec("unfold")
    assert specification is not None
    assert specification.origin is not None
    theme = Path(specification.origin).parent
    sources = "\n".join(path.read_text() for path in theme.rglob("*") if path.suffix in (".py", ".html"))
    written = re.sub(r"""["']\s*\n\s*["']""", "", sources)  # literals over several lines

    assert [text for text in unfold_texts.TEXTS if isinstance(text, str) and text not in written] == []


@pytest.mark.skipif(shutil.which("xgettext") is None, reason="needs GNU gettext")
def test_extraction_finds_no_text_that_the_catalogue_lacks(
    catalogue: polib.POFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in (*APPS, "templates"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", "static"))
    (tmp_path / "locale").mkdir()
    monkeypatch.chdir(tmp_path)

    with override_settings(LOCALE_PATHS=[]):  # the copy's own folder only
        call_command("makemessages", locale=["ja"], verbosity=0)

    extracted = polib.pofile(str(tmp_path / "locale/ja/LC_MESSAGES/django.po"))
    assert keys(extracted) == keys(catalogue)


def marked_in_python() -> set[Key]:
    sources = (path for app in APPS for path in (ROOT / app).rglob("*.py"))
    return {key for path in sources for key in marked(ast.parse(path.read_text()))}


def marked(module: ast.Module) -> Iterator[Key]:
    """Yield the texts that a module gives to a function of gettext, by whatever name it has imported it."""
    names = {
        alias.asname or alias.name: alias.name
        for node in ast.walk(module)
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for alias in node.names
        if "gettext" in alias.name
    }
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
            given = [str(argument.value) for argument in node.args if isinstance(argument, ast.Constant)]
            if names[node.func.id].startswith("pgettext"):
                yield given[0], given[1]
            elif given:
                yield None, given[0]
