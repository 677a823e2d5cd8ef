"""The settings, read by processes of their own: in a copy of the package, so that no .env of ours is near."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from moo_markets.secret_key import keep_new_secret_key, secret_key
from tests.conftest import ROOT

EXAMPLE = ROOT / ".env.example"
PRODUCTION = {
    "DEBUG": "off",
    "SECRET_KEY": "4f1d8e0b-6a7c93d2" * 4,
    "ALLOWED_HOSTS": "markets.example.com",
    "HTTPS": "on",
    "BEHIND_PROXY": "on",
}


class Copy:
    """The package of the settings in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        shutil.copytree(
            ROOT / "moo_markets", folder / "moo_markets", ignore=shutil.ignore_patterns("__pycache__")
        )

    def run(self, code: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run Python `code` with `environment` and nothing else of ours."""
        return subprocess.run(
            [sys.executable, "-c", code],
            cwd=self.folder,
            env={"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "moo_markets.settings"} | environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def settings(self, **environment: str) -> dict[str, Any]:
        """Return the plain settings as a process sees them."""
        done = self.run(
            "import json; from moo_markets import settings\n"
            "plain = {name: value for name, value in vars(settings).items() if name.isupper()}\n"
            "print(json.dumps(plain, default=lambda value: type(value).__name__))",
            **environment,
        )
        assert done.returncode == 0, done.stderr
        result: dict[str, Any] = json.loads(done.stdout)
        return result


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    return Copy(tmp_path)


def manage(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `manage.py` with the settings of the site."""
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "moo_markets.settings"} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


# --- the secret key and what else is refused ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (
            {"SECRET_KEY": "", "DEBUG": "off"},
            "SECRET_KEY is not set. In production put a long random value into the environment or .env "
            "(see .env.example); for development set DEBUG=on and one is generated and kept.",
        ),
        (
            {"SCHEDULER_WORKERS": "two"},
            "SCHEDULER_WORKERS is 'two', not a number. See .env.example for what it takes.",
        ),
        ({"TIME_ZONE": "Nowhere"}, "TIME_ZONE is 'Nowhere'; it takes names such as Asia/Tokyo."),
        ({"LANGUAGE_CODE": "fr"}, "LANGUAGE_CODE is 'fr'; it takes en, ja."),
        ({"LOG_LEVEL": "loud"}, "LOG_LEVEL is 'loud'; it takes DEBUG, ERROR, INFO, WARNING."),
        ({"JQUANTS_PLAN": "gold"}, "JQUANTS_PLAN is 'gold'; it takes auto, free, light, premium, standard."),
        (
            {"JQUANTS_ADDONS": "minute,gold"},
            "JQUANTS_ADDONS lists 'gold'; it takes auto, minute, tdnet, separated by commas, or nothing.",
        ),
        (
            {"SCHEDULER_POLL_SECONDS": "x"},
            "SCHEDULER_POLL_SECONDS is 'x', not a number. See .env.example for what it takes.",
        ),
        (
            {"SCHEDULER_POLL_SECONDS": "0"},
            "SCHEDULER_POLL_SECONDS is 0; it takes a number of seconds, 0.01 or more.",
        ),
        (
            {"SCHEDULER_DRAIN_SECONDS": "-1"},
            "SCHEDULER_DRAIN_SECONDS is -1; it takes a number of seconds, 0 or more.",
        ),
        (
            {"SCHEDULER_HEARTBEAT_SECONDS": "0"},
            "SCHEDULER_HEARTBEAT_SECONDS is 0; it takes a number of seconds, 0.1 or more.",
        ),
        ({"SCHEDULER_KEEP_DAYS": "-1"}, "SCHEDULER_KEEP_DAYS is -1; it takes a whole number, 0 or more."),
        (
            {"DATABASE_URL": "my database with a password"},
            "DATABASE_URL is not the URL of a database; write it like "
            "postgresql://user:password@localhost:5432/moo_markets or sqlite:////absolute/path/db.sqlite3.",
        ),
    ],
)
def test_wrong_setting_is_refused_in_one_clear_line(wrong: dict[str, str], told: str) -> None:
    done = manage("check", **wrong)
    assert (done.returncode, done.stdout, done.stderr) == (1, "", f"{told}\n")


def test_r36_silence_shorter_than_two_heartbeats_is_refused() -> None:
    done = manage("runscheduler", "--once", SCHEDULER_ORPHAN_SECONDS="15")
    assert done.returncode == 1
    assert "SCHEDULER_ORPHAN_SECONDS (15) is less than two heartbeats (10 s each)" in done.stderr


def test_no_workers_is_refused() -> None:
    done = manage("runscheduler", "--once", SCHEDULER_WORKERS="0")
    assert done.returncode == 2
    assert "“0” is not a whole number above 0." in done.stderr


def test_debug_generates_a_secret_key_and_keeps_it(copy: Copy) -> None:
    first, second = copy.settings(DEBUG="on"), copy.settings(DEBUG="on")
    assert first["SECRET_KEY"] == second["SECRET_KEY"]
    assert len(first["SECRET_KEY"]) >= 50
    assert copy.settings(DEBUG="off")["SECRET_KEY"] == first["SECRET_KEY"]
    assert (copy.folder / ".env").stat().st_mode & 0o777 == 0o600


def test_generated_secret_key_leaves_the_rest_of_the_file(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("DEBUG=on")  # without an end of line
    key = keep_new_secret_key(tmp_path / ".env")
    lines = (tmp_path / ".env").read_text().splitlines()
    assert lines[0] == "DEBUG=on"
    assert lines[-1] == f"SECRET_KEY={key}"


def test_given_secret_key_is_taken_and_nothing_written(tmp_path: Path) -> None:
    assert secret_key("given", debug=True, env_file=tmp_path / ".env") == "given"
    assert not (tmp_path / ".env").exists()


def test_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(ImproperlyConfigured, match=r"cannot be written .*set SECRET_KEY in the environment"):
        secret_key("", debug=True, env_file=tmp_path / "missing" / ".env")


# --- defaults and documentation ----------------------------------------------------------------------


def read_variables() -> set[str]:
    """Return the environment variables that settings.py reads."""
    tree = ast.parse((ROOT / "moo_markets" / "settings.py").read_text())
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    read = [
        call
        for call in calls
        if isinstance(call.func, ast.Attribute)
        and isinstance(call.func.value, ast.Name)
        and call.func.value.id == "env"
        and call.func.attr != "read_env"
    ]
    names = {ast.literal_eval(call.args[0]) for call in read}
    assert len(names) > 10
    return names


def documented() -> dict[str, str]:
    """Return the variables of .env.example with the values it shows; of two the first counts."""
    lines = re.findall(r"^#? ?([A-Z][A-Z_]*)=(.*)$", EXAMPLE.read_text(), re.MULTILINE)
    return dict(reversed(lines))


def test_every_variable_is_documented_and_every_documented_one_is_read() -> None:
    assert set(documented()) == read_variables()


def test_values_shown_in_the_example_are_the_defaults(copy: Copy) -> None:
    private = {"SECRET_KEY": "given", "DATABASE_URL": "sqlite:////tmp/x.sqlite3"}
    shown = {name: value for name, value in documented().items() if name not in private}
    assert shown["DEBUG"] == "off"
    assert len(shown) > 10
    by_default, by_example = copy.settings(**private), copy.settings(**private | shown)
    assert by_example | {"STATIC_ROOT": None} == by_default | {"STATIC_ROOT": None}  # relative or absolute
    assert by_default["DEBUG"] is False


def test_defaults_are_the_japanese_ones_and_the_plan_that_is_found_out(copy: Copy) -> None:
    settings = copy.settings(SECRET_KEY="given")
    assert (settings["LANGUAGE_CODE"], settings["TIME_ZONE"]) == ("ja", "Asia/Tokyo")
    assert (settings["JQUANTS_API_KEY"], settings["JQUANTS_PLAN"]) == ("", "auto")
    assert settings["JQUANTS_BASE_URL"] == "https://api.jquants.com/v2"


# --- the database ------------------------------------------------------------------------------------


def test_sqlite_waits_for_its_turn_to_write(copy: Copy) -> None:
    """The live connection says so; and a transaction holds the write lock before it has written."""
    done = copy.run(
        "import json, sqlite3\n"
        "from django.conf import settings\n"
        "settings.INSTALLED_APPS, settings.LOGGING_CONFIG = [], None\n"  # our apps are not here
        "import django; django.setup()\n"
        "from django.db import connection, transaction\n"
        "def ask(name):\n"
        "    with connection.cursor() as cursor:\n"
        "        return cursor.execute(f'PRAGMA {name}').fetchone()[0]\n"
        "pragmas = [ask(name) for name in ('journal_mode', 'synchronous', 'busy_timeout')]\n"
        "other = sqlite3.connect(connection.settings_dict['NAME'], timeout=0)\n"
        "with transaction.atomic():\n"
        "    try: other.execute('BEGIN IMMEDIATE'); held = False\n"
        "    except sqlite3.OperationalError as error: held = str(error)\n"
        "print(json.dumps([*pragmas, held]))",
        SECRET_KEY="given",
    )
    assert done.returncode == 0, done.stderr
    normal, seconds = 1, 20_000  # synchronous; milliseconds
    assert json.loads(done.stdout) == ["wal", normal, seconds, "database is locked"]
    with sqlite3.connect(copy.folder / "db.sqlite3") as database:  # where it is by default
        assert database.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_postgresql_url_is_taken(copy: Copy) -> None:
    database = copy.settings(SECRET_KEY="given", DATABASE_URL="postgresql://u:p@db.example.com:5433/moo")[
        "DATABASES"
    ]["default"]
    assert database["ENGINE"] == "django.db.backends.postgresql"
    assert (database["HOST"], database["PORT"], database["NAME"]) == ("db.example.com", 5433, "moo")
    assert database["CONN_HEALTH_CHECKS"] is True


# --- production --------------------------------------------------------------------------------------


def test_deployment_check_is_clean_with_production_settings() -> None:
    done = manage("check", "--deploy", "--fail-level", "WARNING", **PRODUCTION)
    assert done.returncode == 0, done.stderr
    assert "no issues (0 silenced)" in done.stdout


def test_https_is_off_unless_told(copy: Copy) -> None:
    settings = copy.settings(SECRET_KEY="given")
    assert (settings["SECURE_SSL_REDIRECT"], settings["SECURE_HSTS_SECONDS"]) == (False, 0)
    assert "SECURE_PROXY_SSL_HEADER" not in settings  # anybody could send that header
