"""Schedules: a text and a zone in, instants and words out. Pure; no Django."""

from scheduler.schedules.base import Schedule
from scheduler.schedules.errors import InvalidSchedule
from scheduler.schedules.parsing import parse

__all__ = ["InvalidSchedule", "Schedule", "parse"]
