"""`manage.py installcrontab` against a `crontab` program that behaves like cron's, and like its failures."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from scheduler import control
from scheduler.audit import Actor
from scheduler.models import Job, Status
from tests.conftest import ROOT, Command

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_database]

CRONTAB = """#!/bin/sh
# crontab -l | crontab FILE, on the file of this test
if [ "$1" = "-l" ]; then
  [ -e "{folder}/broken" ] && {{ echo "crontab: cannot open spool" >&2; exit 1; }}
  [ -e "{folder}/tab" ] || {{ echo "no crontab for someone" >&2; exit 1; }}
  cat "{folder}/tab"
elif [ -e "{folder}/forgetful" ]; then
  rm "{folder}/forgetful"; grep django-cronjobs "$1" > "{folder}/tab"
else
  cat "$1" > "{folder}/tab"
fi
"""

Install = Callable[..., Command]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    program = tmp_path / "crontab"
    program.write_text(CRONTAB.format(folder=tmp_path))
    program.chmod(0o755)
    return tmp_path


@pytest.fixture
def install(folder: Path, command: Install) -> Iterator[Install]:
    def install(*arguments: str, **environment: str) -> Command:
        process = command("installcrontab", *arguments, PATH=f"{folder}:{os.environ['PATH']}", **environment)
        process.ended()
        return process

    kept = set((ROOT / "var").glob("crontab-*"))
    yield install
    for copy in set((ROOT / "var").glob("crontab-*")) - kept:
        copy.unlink()


def test_other_lines_stay_and_ours_is_added_once(folder: Path, install: Install) -> None:
    (folder / "tab").write_text("MAILTO=me\n5 4 * * * backup  # nightly\n")
    for _ in range(2):
        assert install().process.returncode == 0
    lines = (folder / "tab").read_text().splitlines()
    assert lines[:2] == ["MAILTO=me", "5 4 * * * backup  # nightly"]
    assert len(lines) == 3
    assert lines[2].startswith("* * * * * ")
    assert f"{ROOT}/manage.py crontab run" in lines[2]


def test_copy_of_the_crontab_is_kept_and_named(folder: Path, install: Install) -> None:
    (folder / "tab").write_text("5 4 * * * backup\n")
    copy = Path(install().output.split("as it was: ")[1].split("\n")[0])
    assert copy.read_text() == "5 4 * * * backup\n"
    assert copy.stat().st_mode & 0o777 == 0o600


def test_remove_takes_only_our_line(folder: Path, install: Install) -> None:
    (folder / "tab").write_text("5 4 * * * backup\n")
    install()
    assert install("--remove").process.returncode == 0
    assert (folder / "tab").read_text() == "5 4 * * * backup\n"


def test_unreadable_crontab_is_left_alone(folder: Path, install: Install) -> None:
    (folder / "tab").write_text("5 4 * * * backup\n")
    (folder / "broken").touch()
    process = install()
    assert process.process.returncode == 1
    assert "nothing was changed: crontab: cannot open spool" in process.output
    assert (folder / "tab").read_text() == "5 4 * * * backup\n"


def test_lost_lines_are_restored(folder: Path, install: Install) -> None:
    (folder / "tab").write_text("5 4 * * * backup\n")
    (folder / "forgetful").touch()
    process = install()
    assert process.process.returncode == 1
    assert "was restored from" in process.output
    assert (folder / "tab").read_text() == "5 4 * * * backup\n"


def test_first_line_of_an_empty_crontab(folder: Path, install: Install) -> None:
    assert install().process.returncode == 0
    assert len((folder / "tab").read_text().splitlines()) == 1


def test_missing_program_is_one_clear_line(command: Install) -> None:
    process = command("installcrontab", PATH="/nonexistent")
    if Path("/usr/bin/crontab").exists():
        pytest.skip("this machine has a crontab of its own, which a test must not touch")
    assert process.ended() == 1
    assert "The program “crontab” was not found (/usr/bin/crontab)" in process.output


def test_settings_that_only_the_environment_has_are_named(install: Install) -> None:
    process = install(SCHEDULER_WORKERS="3")
    assert "SCHEDULER_WORKERS" in process.output.split("put these into .env as well:")[1]


def test_the_installed_line_runs_what_is_due(
    folder: Path, install: Install, command: Install, make_job: Callable[..., Job]
) -> None:
    run = control.run_now(make_job("count"), Actor.on_command_line())
    install()
    arguments = (folder / "tab").read_text().split("manage.py ")[1].split(" #")[0].split()
    assert command(*arguments).ended() == 0
    run.refresh_from_db()
    assert run.status == Status.COMPLETED
