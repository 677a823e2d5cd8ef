from scheduler.models.attempt import ExecutionAttempt
from scheduler.models.daily_total import DailyTotal, TypeTotal
from scheduler.models.event import SchedulerEvent
from scheduler.models.execution import JobExecution, SkipReason, Status, Trigger
from scheduler.models.job import Job, MissedPolicy, OrphanPolicy, OverlapPolicy
from scheduler.models.log import ExecutionLog
from scheduler.models.process import SchedulerProcess
from scheduler.models.settings import SchedulerSettings

__all__ = [
    "DailyTotal",
    "ExecutionAttempt",
    "ExecutionLog",
    "Job",
    "JobExecution",
    "MissedPolicy",
    "OrphanPolicy",
    "OverlapPolicy",
    "SchedulerEvent",
    "SchedulerProcess",
    "SchedulerSettings",
    "SkipReason",
    "Status",
    "Trigger",
    "TypeTotal",
]
