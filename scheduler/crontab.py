"""The user's crontab: read, keep a copy, change through django-crontab, verify, restore.

django-crontab writes back whatever it could read: one failing `crontab -l` and it wipes every other line.
"""

from __future__ import annotations

import os
import re
import subprocess
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.utils.translation import gettext as _

COMMENT = "django-cronjobs for "  # ends each line of django-crontab
UNSAFE = re.compile(r"[\s%\"'\\$`;&|<>()#]")  # cron and the shell would take these apart


class CrontabError(Exception):
    """The crontab was not changed, or was restored."""


def read() -> list[str]:
    """Return the lines of the user's crontab. Raises CrontabError unless it was certainly read."""
    try:
        done = subprocess.run(  # noqa: S603 - the executable is the system's, found by settings
            [settings.CRONTAB_EXECUTABLE, "-l"], capture_output=True, text=True, check=False
        )
    except OSError as error:
        raise CrontabError(
            _(
                "The program “crontab” was not found (%(path)s). Install cron (Debian: apt install cron), or run `manage.py runscheduler`."
            )
            % {"path": settings.CRONTAB_EXECUTABLE}
        ) from error
    if done.returncode == 0:
        return done.stdout.splitlines()
    if "no crontab for" in done.stderr.lower():
        return []
    raise CrontabError(
        _("Your crontab cannot be read, so nothing was changed: %(error)s") % {"error": done.stderr.strip()}
    )


def install(now: datetime) -> Path:
    """Add the scheduler's line, or renew it; return where the copy of the crontab as it was is kept."""
    for path in (settings.CRONTAB_PYTHON_EXECUTABLE, settings.CRONTAB_DJANGO_MANAGE_PATH):
        if UNSAFE.search(path):
            raise CrontabError(
                _(
                    "cron cannot run “%(path)s”: move the project to a path without blanks, quotes and %% signs."
                )
                % {"path": path}
            )
    return _change("add", now)


def remove(now: datetime) -> Path:
    """Remove the scheduler's line; return where the copy is kept."""
    return _change("remove", now)


def _change(subcommand: str, now: datetime) -> Path:
    before = read()
    copy = _keep(before, now)
    # Verbosity 0: naming a line whose job has changed since makes django-crontab stop half way.
    call_command("crontab", subcommand, verbosity=0)
    after = read()
    if _others(after) != _others(before) or len(_ours(after)) != (subcommand == "add"):
        subprocess.run([settings.CRONTAB_EXECUTABLE, str(copy)], check=True)  # noqa: S603
        raise CrontabError(
            _("The crontab did not come out as expected and was restored from %(copy)s.") % {"copy": copy}
        )
    return copy


def _keep(lines: list[str], now: datetime) -> Path:
    folder = Path(settings.BASE_DIR) / "var"
    folder.mkdir(exist_ok=True)
    copy = folder / f"crontab-{now:%Y%m%dT%H%M%S%f}.txt"
    with os.fdopen(os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.writelines(f"{line}\n" for line in lines)
    return copy


def _ours(lines: list[str]) -> list[str]:
    return [line for line in lines if COMMENT in line and "crontab run" in line]


def _others(lines: list[str]) -> list[str]:
    ours = _ours(lines)
    return [line for line in lines if line not in ours]


def environment_only() -> list[str]:
    """Return the settings that are set here but not in .env, where cron's empty environment would miss them."""
    root = Path(settings.BASE_DIR)
    known = set(re.findall(r"^#?\s?([A-Z_]+)=", (root / ".env.example").read_text(), re.M))
    env_file = root / ".env"
    kept = set(re.findall(r"^\s*([A-Z_]+)\s*=", env_file.read_text(), re.M)) if env_file.exists() else set()
    return sorted(name for name in known - kept if os.environ.get(name))
