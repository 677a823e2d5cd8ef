from scheduler.models.attempt import ExecutionAttempt
from scheduler.models.daily_total import DailyTotal, TypeTotal
from scheduler.models.event import SchedulerEvent
from scheduler.models.execution import JobExecution
from scheduler.models.job import Job
from scheduler.models.log import ExecutionLog
from scheduler.models.policies import MissedPolicy, OrphanPolicy, OverlapPolicy
from scheduler.models.process import SchedulerProcess
from scheduler.models.settings import SchedulerSettings
from scheduler.models.status import SkipReason, Status, Trigger

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
