"""One pass a minute for hosts that cannot keep a daemon; the line of django-crontab calls `tick`."""

from scheduler.models.process import Role
from scheduler.service import Scheduler

SECONDS = 50  # at most: less than a minute, so that passes follow one another; a run that takes longer is continued by the next pass


def tick() -> None:
    """Dispatch what is due and work the queue for under 55 seconds, until there is nothing to do."""
    Scheduler(workers=1, role=Role.CRONTAB).run(until_idle=True, seconds=SECONDS)
