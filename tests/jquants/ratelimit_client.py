"""A process that asks a stand-in through the shared limiter; test_ratelimit_processes starts several at once.

Arguments: the base URL, the plan, the key, how many questions, when the hurried clock started and how many times it
is faster than a real one, and "backfill" or "live". Prints "ready", waits for a line, asks, prints "done" or the
error. Nothing is asked again: a 429 is an error.
"""

import sys
import time

import django

PATHS = ("/markets/calendar", "/equities/master")


def main(base_url: str, plan: str, key: str, questions: str, start: str, speed: str, kind: str) -> None:
    django.setup()
    from jquants.client import Client
    from jquants.errors import JQuantsError
    from jquants.models.ratelimit import DatabaseRateLimiter  # models need the set-up before

    def clock() -> float:
        return float(start) + (time.time() - float(start)) * float(speed)

    def wait(seconds: float) -> None:
        time.sleep(seconds / float(speed))

    limiter = DatabaseRateLimiter(plan, key, is_backfill=kind == "backfill", clock=clock)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    with Client(api_key=key, base_url=base_url, limiter=limiter, wait=wait, max_attempts=1) as client:
        try:
            for number in range(int(questions)):
                next(client.pages(PATHS[number % len(PATHS)]))
        except JQuantsError as error:
            sys.stdout.write(f"{error}\n")
        else:
            sys.stdout.write("done\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
