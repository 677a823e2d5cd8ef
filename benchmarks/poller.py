"""The least that any poller written with Django does: ask once a second what is due.

Prints a line after its first look; when its stdin ends, its CPU seconds a minute since then.
"""

import select
import sys
import time

import django


def main() -> None:
    django.setup()
    from django.utils import timezone

    from scheduler.models import Job

    def look() -> None:
        list(
            Job.objects.filter(is_enabled=True, next_run_at__lte=timezone.now()).values_list("pk", flat=True)
        )

    look()
    print("looking", flush=True)
    began_at, used = time.monotonic(), time.process_time()
    while not select.select([sys.stdin], [], [], 1.0)[0]:
        look()
    print((time.process_time() - used) / (time.monotonic() - began_at) * 60)


if __name__ == "__main__":
    main()
