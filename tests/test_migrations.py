"""The database that `migrate` leaves: complete, named as the user named it, and with jobs that stay as edited."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.db import connection
from django.forms.models import model_to_dict

from scheduler import job_types
from scheduler.models import Job, MissedPolicy, OverlapPolicy

pytestmark = pytest.mark.django_db

SHIPPED = {
    "trading_calendar": "0 5 * * *",
    "listed_companies": "15 8 * * *",
    "daily_quotes": "@trading 16:45",
}


def test_no_model_change_lacks_its_migration() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_tables_have_the_names_of_the_user() -> None:
    tables = connection.introspection.table_names()
    wanted = {"scheduler_settings", "jobs", "job_executions", "listed_companies", "daily_quotes"}
    assert wanted <= set(tables)


def test_migrate_creates_a_job_for_each_shipped_type() -> None:
    jobs = {job.name: job for job in Job.objects.filter(name__in=SHIPPED)}
    assert {name: job.schedule for name, job in jobs.items()} == SHIPPED
    for name, job in jobs.items():
        assert job.job_type == name
        assert job.is_enabled
        assert job.next_run_at is not None
        job.full_clean()


def test_migrate_keeps_a_job_as_it_was_edited() -> None:
    job = Job.objects.get(name="daily_quotes")
    edited = {
        "name": "my quotes",
        "schedule": "0 20 * * 1-5",
        "timezone": "Europe/Berlin",
        "is_enabled": False,
        "parameters": {"days": 3},
        "overlap_policy": OverlapPolicy.REPLACE,
        "missed_policy": MissedPolicy.SKIP,
        "max_retries": 9,
        "timeout_seconds": 77,
    }
    for name, value in edited.items():
        setattr(job, name, value)
    job.save()
    before = everything()

    call_command("migrate", verbosity=0)

    assert everything() == before
    assert not Job.objects.filter(name="daily_quotes").exists()
    assert model_to_dict(Job.objects.get(pk=job.pk), fields=edited) == edited


def test_migrate_creates_the_job_of_a_type_that_has_none() -> None:
    Job.objects.filter(job_type="listed_companies").delete()
    before = everything()

    call_command("migrate", verbosity=0)

    created = Job.objects.exclude(pk__in=before).get()
    assert (created.name, created.schedule) == ("listed_companies", SHIPPED["listed_companies"])
    assert {pk: row for pk, row in everything().items() if pk != created.pk} == before


def test_every_type_has_exactly_one_job() -> None:
    slugs = sorted(job_type.slug for job_type in job_types.all_types())
    assert sorted(Job.objects.values_list("job_type", flat=True)) == slugs


def everything() -> dict[int, tuple[object, ...]]:
    """Return all columns of all jobs by id."""
    return {row[0]: row for row in Job.objects.values_list()}
