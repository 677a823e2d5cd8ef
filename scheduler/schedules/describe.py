"""Cron fields in words."""

from scheduler.schedules.fields import CronFields


def describe(fields: CronFields, language: str) -> str:
    return ""
