from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from scheduler import audit, retention, totals
from scheduler.audit import Actor
from scheduler.management.commands.runscheduler import positive
from scheduler.models import ExecutionLog, Job, SchedulerSettings
from scheduler.retention import CHUNK, Deleted

PAUSE_SECONDS = 0.05  # between two transactions, for whoever else wants to write


class Command(BaseCommand):
    help = _(
        "Delete executions and log lines that need not be kept any more, as the scheduler does every hour; "
        "daily totals stay."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help=_("only print what would be deleted"))
        parser.add_argument(
            "--days",
            type=positive,
            metavar="N",
            help=_("keep N days, failed ones too, whatever jobs and settings say; never less than two days"),
        )

    def handle(self, *, dry_run: bool, days: int | None, **options: Any) -> None:
        now = timezone.now()
        if dry_run:
            executions, lines = self._count(now, days)
            text = _("%(executions)s executions and %(lines)s log lines would be deleted.")
        else:
            executions, lines = self._delete(now, days)
            text = _("%(executions)s executions and %(lines)s log lines are deleted.")
        self.stdout.write(text % {"executions": f"{executions:,}", "lines": f"{lines:,}"})

    def _count(self, now: datetime, days: int | None) -> tuple[int, int]:
        old = Q(pk__in=retention.old_lines(now, days=days).order_by())
        executions, lines = 0, ExecutionLog.objects.filter(old).count()
        for job in Job.objects.all():
            prunable = retention.prunable(job, now, days=days).order_by()
            executions += self._tell(job, prunable.count())
            lines += ExecutionLog.objects.filter(~old, execution__in=prunable).count()
        return executions, lines

    def _delete(self, now: datetime, days: int | None) -> tuple[int, int]:
        while totals.count_ended(CHUNK):
            time.sleep(PAUSE_SECONDS)
        tally = audit.Tally(
            Actor.on_command_line(), SchedulerSettings.load(), "audit_pruned", executions=0, lines=0
        )
        while self._chunk(tally, lambda: Deleted(lines=retention.delete_lines(now, CHUNK, days=days))):
            pass
        for job in Job.objects.all():
            before = tally.counts["executions"]
            while chosen := retention.choose(job, now, CHUNK, days=days):
                self._chunk(tally, partial(retention.delete_executions, chosen))
            self._tell(job, tally.counts["executions"] - before)
        return tally.counts["executions"], tally.counts["lines"]

    def _chunk(self, tally: audit.Tally, delete: Callable[[], Deleted]) -> bool:
        """Delete some, together with their place in the audit row; False when there was nothing."""
        with transaction.atomic():
            deleted = delete()
            if any(deleted):
                tally.add(**deleted._asdict())
        time.sleep(PAUSE_SECONDS)
        return any(deleted)

    def _tell(self, job: Job, executions: int) -> int:
        if executions:
            self.stdout.write(
                _("%(job)s: %(executions)s executions") % {"job": job, "executions": f"{executions:,}"}
            )
        return executions
