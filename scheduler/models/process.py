from __future__ import annotations

import os
import socket
from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from moo_markets import __version__
from scheduler.database_clock import SKEW_SECONDS


class Role(models.TextChoices):
    SCHEDULER = "scheduler", _("scheduler")
    CRONTAB = "crontab", _("crontab")
    COMMAND = "command", _("command line")


# How long after its last heartbeat a process of a role still counts as alive: crontab starts one a minute.
ALIVE_SECONDS = {Role.SCHEDULER: 30, Role.CRONTAB: 150, Role.COMMAND: 30}
MISSED_BEATS = 3  # it counts as alive that long at least


def heard_of(now: datetime) -> Q:
    """Return what is true of a process that was heard of lately: by our clock or, should ours be ahead, the database's."""
    heard = Q()
    for role, seconds in ALIVE_SECONDS.items():
        silence = timedelta(seconds=max(seconds, MISSED_BEATS * settings.SCHEDULER_HEARTBEAT_SECONDS))
        heard |= Q(role=role) & (Q(heartbeat_at__gte=now - silence) | Q(heartbeat_at__gte=Now() - silence))
    return heard


class SchedulerProcessQuerySet(models.QuerySet["SchedulerProcess"]):
    def alive(self, now: datetime) -> Self:
        """Return the processes that schedule and were heard of lately."""
        return self.filter(heard_of(now), role__in=(Role.SCHEDULER, Role.CRONTAB))


class SchedulerProcess(models.Model):
    """A process that runs executions, and for the roles `scheduler` and `crontab` also starts due ones."""

    host = models.CharField(_("host"), max_length=255)
    pid = models.PositiveIntegerField(_("process id"))
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    version = models.CharField(_("version"), max_length=50)
    started_at = models.DateTimeField(_("started at"))
    heartbeat_at = models.DateTimeField(_("last heard of"))
    clock_offset_seconds = models.FloatField(
        _("clock ahead of the database's (seconds)"), null=True, editable=False
    )
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)

    objects = SchedulerProcessQuerySet.as_manager()

    class Meta:
        db_table = "scheduler_processes"
        ordering = ["-heartbeat_at"]
        verbose_name = _("scheduler process")
        verbose_name_plural = _("scheduler processes")

    def __str__(self) -> str:
        return f"{self.host}:{self.pid}"

    @property
    def is_clock_off(self) -> bool:
        """Whether its clock differs too much from the database's."""
        return abs(self.clock_offset_seconds or 0.0) > SKEW_SECONDS

    @classmethod
    def register(cls, role: Role, now: datetime) -> SchedulerProcess:
        """Record this process; forget those silent for a day. Crontab's short-lived ones share a row a host."""
        cls.objects.filter(heartbeat_at__lt=now - timedelta(days=1)).delete()
        about = {"pid": os.getpid(), "version": __version__, "started_at": now, "heartbeat_at": now}
        if role == Role.CRONTAB:
            return cls.objects.update_or_create(host=socket.gethostname(), role=role, defaults=about)[0]
        return cls.objects.create(host=socket.gethostname(), role=role, **about)

    def beat(self, now: datetime) -> None:
        """Say that the process is alive at `now` of the database's clock, even if its row was cleaned away meanwhile."""
        self.heartbeat_at = now
        beat = {"heartbeat_at": now, "clock_offset_seconds": self.clock_offset_seconds}
        if not SchedulerProcess.objects.filter(pk=self.pk).update(**beat):
            self.save(force_insert=True)
