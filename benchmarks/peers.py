"""Other schedulers at the same work, in an environment of their own (requirements-peers.txt).

    python benchmarks/peers.py idle|burst|executions SCHEDULER COUNT, with DATABASE_URL set (and BROKER_URL for Celery)

Prints one figure: milliseconds of a tick that has nothing to do, due jobs dispatched a second, or executions a second.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from datetime import timedelta
from statistics import median
from typing import Any
from urllib.parse import parse_qs, urlsplit

TICKS = 20
WORKERS = 2


def main() -> None:
    sys.path[0] = ""  # not this folder, in which names of the project are files
    what, scheduler, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
    configure()
    print(TASKS[what, scheduler](count))


def configure() -> None:
    import django
    from django.conf import settings
    from django.core.management import call_command

    settings.configure(
        DATABASES={"default": database(os.environ["DATABASE_URL"])},
        INSTALLED_APPS=[
            "django.contrib.contenttypes",
            "django_celery_beat",
            "django_celery_results",
            "django_q",
        ],
        USE_TZ=True,
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        SECRET_KEY="benchmark",  # noqa: S106 - signs nothing
        Q_CLUSTER={
            "name": "peer",
            "orm": "default",
            "label": "peer",
            "workers": WORKERS,
            "save_limit": 0,
            "poll": 0.05,
            "bulk": 10,
            "timeout": 60,
            "retry": 600,
        },
    )
    django.setup()
    call_command("migrate", verbosity=0)


def database(url: str) -> dict[str, Any]:
    """Return Django's settings; SQLite with the pragmas that this project gives itself."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        pragmas = "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
        options = {"init_command": pragmas, "transaction_mode": "IMMEDIATE", "timeout": 20}
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": parts.path, "OPTIONS": options}
    host = parse_qs(parts.query)["host"][0]
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path[1:],
        "USER": parts.username,
        "HOST": host,
    }


def beat(count: int, minute: str) -> Any:
    """Return django-celery-beat's scheduler over `count` tasks, loaded, with a broker in memory."""
    from celery import Celery
    from django.utils import timezone
    from django_celery_beat.models import CrontabSchedule, PeriodicTask, PeriodicTasks  # type: ignore[import-not-found]
    from django_celery_beat.schedulers import DatabaseScheduler  # type: ignore[import-not-found]

    crontab = CrontabSchedule.objects.create(
        minute=minute, hour="*" if minute == "*" else "3", timezone="UTC"
    )
    an_hour_ago = timezone.now() - timedelta(hours=1) if minute == "*" else timezone.now()
    PeriodicTask.objects.bulk_create(
        [
            PeriodicTask(name=f"task {n}", task="nothing", crontab=crontab, last_run_at=an_hour_ago)
            for n in range(count)
        ],
        batch_size=500,
    )
    PeriodicTasks.update_changed()
    scheduler = DatabaseScheduler(app=Celery("peer", broker="memory://"))
    len(scheduler.schedule)
    return scheduler


def beat_idle(count: int) -> float:
    scheduler = beat(count, minute="0")
    scheduler.tick()
    return median(milliseconds(scheduler.tick) for _ in range(TICKS))


def beat_burst(count: int) -> float:
    scheduler = beat(count, minute="*")
    sent = 0
    apply_async = scheduler.apply_async

    def counting(*args: Any, **kwargs: Any) -> Any:
        nonlocal sent
        sent += 1
        return apply_async(*args, **kwargs)

    scheduler.apply_async = counting
    began_at = time.perf_counter()
    while sent < count:
        scheduler.tick()
    scheduler.sync()
    return count / (time.perf_counter() - began_at)


def q2_burst(count: int) -> float:
    from django.utils import timezone
    from django_q.models import OrmQ, Schedule  # type: ignore[import-not-found]
    from django_q.scheduler import scheduler  # type: ignore[import-not-found]

    due = timezone.now() - timedelta(seconds=5)
    Schedule.objects.bulk_create(
        [Schedule(func="math.floor", args="1", schedule_type="D", next_run=due) for _ in range(count)],
        batch_size=500,
    )
    began_at = time.perf_counter()
    scheduler()
    seconds = time.perf_counter() - began_at
    assert OrmQ.objects.count() == count
    return count / seconds


def q2_executions(count: int) -> float:
    from django.db import connections
    from django_q.cluster import Cluster  # type: ignore[import-not-found]
    from django_q.models import Success
    from django_q.tasks import async_task  # type: ignore[import-not-found]

    for _ in range(count):
        async_task("math.floor", 1)
    connections.close_all()  # the cluster forks
    cluster = Cluster()
    cluster.start()
    while Success.objects.count() < count:
        time.sleep(0.1)
    times = list(Success.objects.values_list("started", "stopped"))
    cluster.stop()
    # What is stored as its start is when it was put into the queue, so the first end begins the count.
    ends = sorted(stopped for _started, stopped in times)
    return (count - 1) / float((ends[-1] - ends[0]).total_seconds())


def celery_executions(count: int) -> float:
    from celery import Celery
    from django.db import connections
    from django_celery_results.models import TaskResult  # type: ignore[import-not-found]

    app = Celery("peer", broker=os.environ["BROKER_URL"], backend="django-db")
    app.conf.worker_hijack_root_logger = False

    @app.task(name="nothing")  # type: ignore[untyped-decorator]
    def nothing() -> None:
        pass

    for _ in range(count):
        nothing.delay()
    connections.close_all()  # the two processes must not share one
    pid = os.fork()
    if pid == 0:
        app.worker_main(["worker", "--pool=prefork", f"--concurrency={WORKERS}", "--loglevel=ERROR"])
        os._exit(0)
    while TaskResult.objects.filter(status="SUCCESS").count() < count:
        time.sleep(0.1)
    ends = sorted(TaskResult.objects.values_list("date_done", flat=True))
    os.kill(pid, signal.SIGTERM)
    os.waitpid(pid, 0)
    return (count - 1) / float((ends[-1] - ends[0]).total_seconds())


def milliseconds(step: Any) -> float:
    began_at = time.perf_counter()
    step()
    return (time.perf_counter() - began_at) * 1000


TASKS = {
    ("idle", "beat"): beat_idle,
    ("burst", "beat"): beat_burst,
    ("burst", "q2"): q2_burst,
    ("executions", "celery"): celery_executions,
    ("executions", "q2"): q2_executions,
}


if __name__ == "__main__":
    main()
