"""Cron fields in words: always precise, idiomatic for the usual shapes."""

from scheduler.schedules import english, japanese
from scheduler.schedules.fields import CronFields


def describe(fields: CronFields, language: str) -> str:
    """Japanese for "ja", "ja-JP", ..., English for everything else."""
    return japanese.sentence(fields) if language.startswith("ja") else english.sentence(fields)
