"""One pass a minute for hosts that cannot keep a daemon; the line of django-crontab calls `tick`."""

import time

from scheduler.executors.embedded import EmbeddedExecutor
from scheduler.models.process import Role
from scheduler.service import Scheduler

# Less than a minute, so that passes follow one another; what still runs then goes on with the next pass.
SECONDS = 48


def tick() -> None:
    """Dispatch what is due and work the queue for under 55 seconds, until there is nothing to do."""
    scheduler = Scheduler(executor=EmbeddedExecutor(1), role=Role.CRONTAB)
    ends_at = time.monotonic() + SECONDS
    scheduler.run(until=lambda: scheduler.is_idle() or time.monotonic() >= ends_at, in_a_hurry=True)
