"""Whether the whole can do its work: for load balancers and monitors, so in plain English."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from functools import cache

from django.db import Error, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from scheduler.models import SchedulerProcess

logger = logging.getLogger(__name__)

OK = "ok"
KEEP = timedelta(seconds=60)  # what is known of the migrations


class Readiness:
    """Looks at what the site needs. One instance a process: it remembers the migrations for a minute."""

    def __init__(self) -> None:
        self._looked_at: datetime | None = None
        self._missing: list[str] = []

    def check(self, now: datetime) -> dict[str, str]:
        """Return for database, migrations and scheduler "ok" or what is wrong with it.

        Behind one that fails the others are not asked.
        """
        try:
            return self._check(now)
        except Error:
            logger.warning("the database does not answer", exc_info=True, extra={"action": "not_ready"})
            return {"database": "It does not answer; the log has the reason."}

    def _check(self, now: datetime) -> dict[str, str]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        if missing := self._unapplied(now):
            return {"database": OK, "migrations": f"Run manage.py migrate: {', '.join(missing)}."}
        is_alive = SchedulerProcess.objects.alive(now).exists()
        scheduler = OK if is_alive else "None was heard of lately; start manage.py runscheduler."
        return {"database": OK, "migrations": OK, "scheduler": scheduler}

    def _unapplied(self, now: datetime) -> list[str]:
        if self._looked_at is None or not timedelta(0) <= now - self._looked_at < KEEP:
            missing = _shipped() - MigrationRecorder(connection).applied_migrations().keys()
            self._missing = sorted(f"{app}.{name}" for app, name in missing)
            self._looked_at = now
        return self._missing


@cache
def _shipped() -> frozenset[tuple[str, str]]:
    """Return the migrations of this code; reading them takes a tenth of a second."""
    return frozenset(MigrationLoader(None).graph.nodes)
