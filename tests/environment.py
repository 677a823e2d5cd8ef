"""The environment of the test suite; loaded before Django reads its settings.

A .env of the developer must not leak in: above all no real API key.
"""

import os
import signal

os.environ.update(
    SECRET_KEY="tests-only",
    DEBUG="off",
    ALLOWED_HOSTS="localhost,127.0.0.1,testserver",
    LANGUAGE_CODE="en",
    TIME_ZONE="Asia/Tokyo",
    HTTPS="off",
    BEHIND_PROXY="off",
    JQUANTS_API_KEY="tests-only-key",
    JQUANTS_BASE_URL="http://127.0.0.1:9/v2",  # the discard port: nothing answers
    JQUANTS_PLAN="premium",
    JQUANTS_ADDONS="",
)
os.environ.setdefault("DATABASE_URL", "sqlite:///:memory:")
# The processes that tests start would compile the whole project anew, each of them.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
# Where the suite runs in the background, Ctrl-C is ignored, and by each process that it starts as well.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
