"""A process that takes from the shared limiter all it gets; test_ratelimit_processes starts several at once.

Arguments: the plan, the key, the path. Prints "ready", waits for a line, prints how many requests it was
granted.
"""

import sys

import django


def main(plan: str, key: str, path: str) -> None:
    django.setup()
    from jquants.models.ratelimit import DatabaseRateLimiter  # models need the set-up before

    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    limiter, granted = DatabaseRateLimiter(plan, key), 0
    while limiter.reserve(path) == 0.0:
        granted += 1
    sys.stdout.write(f"{granted}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
