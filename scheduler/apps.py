from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.apps import AppConfig
from django.conf import settings
from django.core import checks
from django.db.models.signals import post_migrate
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from scheduler import job_types
from scheduler.management import argparse_texts

if TYPE_CHECKING:
    from scheduler.models import Job


class SchedulerConfig(AppConfig):
    name = "scheduler"
    verbose_name = _("Scheduler")

    def ready(self) -> None:
        argparse_texts.translate()
        job_types.autodiscover()
        checks.register(check_job_types)
        checks.register(check_max_concurrent)
        checks.register(check_heartbeats)
        post_migrate.connect(create_missing_jobs, sender=self)


def check_job_types(**kwargs: Any) -> list[checks.CheckMessage]:
    """Warn of apps whose job types are missing because their `jobs` cannot be imported."""
    return [
        checks.Warning(
            f"The job types of {app} are missing: {why}",
            hint=f"Correct {app}.jobs or install what it needs; until then its jobs wait.",
            id="scheduler.W002",
        )
        for app, why in job_types.broken().items()
    ]


def check_max_concurrent(**kwargs: Any) -> list[checks.CheckMessage]:
    """Warn of limits for types that are not there: a typo would leave a type without its limit."""
    unknown = sorted(slug for slug in settings.SCHEDULER_MAX_CONCURRENT if not job_types.is_registered(slug))
    if not unknown:
        return []
    known = ", ".join(job_type.slug for job_type in job_types.all_types())
    return [
        checks.Warning(
            f"SCHEDULER_MAX_CONCURRENT names job types that are not installed: {', '.join(unknown)}.",
            hint=f"Installed are: {known}.",
            id="scheduler.W001",
        )
    ]


def check_heartbeats(**kwargs: Any) -> list[checks.CheckMessage]:
    """Refuse a silence so short that a worker could be taken for dead between two beats (R36)."""
    silence, beat = settings.SCHEDULER_ORPHAN_SECONDS, settings.SCHEDULER_HEARTBEAT_SECONDS
    if silence >= 2 * beat:
        return []
    return [
        checks.Error(
            f"SCHEDULER_ORPHAN_SECONDS ({silence:g}) is less than two heartbeats ({beat:g} s each): executions would "
            "be taken from workers that live.",
            hint=f"Make it {2 * beat:g} or more, or SCHEDULER_HEARTBEAT_SECONDS shorter.",
            id="scheduler.E001",
        )
    ]


def first_job(job_type: type[job_types.JobType]) -> Job:
    """Return the job that a type has by default, not saved."""
    from scheduler.models import Job

    return Job(
        name=job_type.slug,
        job_type=job_type.slug,
        parameters=job_type.default_parameters,
        schedule=job_type.default_schedule,
        calendar=job_type.default_calendar,
        is_enabled=job_type.is_enabled_by_default() and job_type.unavailable() is None,
        timeout_seconds=job_type.default_timeout_seconds,
        max_retries=job_type.default_max_retries,
    )


def create_missing_jobs(using: str, **kwargs: Any) -> None:
    """Create a job for each type that has none; one that exists is never touched, whatever its state."""
    from scheduler.models import Job

    if using != "default":
        return
    known = set(Job.objects.values_list("job_type", flat=True))
    missing = [first_job(job_type) for job_type in job_types.all_types() if job_type.slug not in known]
    now = timezone.now()
    for job in missing:
        job.next_run_at = job.next_tick_after(now)
    Job.objects.bulk_create(missing, ignore_conflicts=True)  # of a name that somebody has given already
