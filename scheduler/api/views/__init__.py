from scheduler.api.views.executions import ExecutionViewSet
from scheduler.api.views.jobs import JobViewSet
from scheduler.api.views.roots import ApiRoot, UnknownPath
from scheduler.api.views.scheduler import SchedulerViewSet

__all__ = ["ApiRoot", "ExecutionViewSet", "JobViewSet", "SchedulerViewSet", "UnknownPath"]
