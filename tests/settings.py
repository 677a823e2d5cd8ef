"""The site's own settings plus an app with small job types; also for the processes that tests start."""

import os

from moo_markets.settings import *  # noqa: F403
from moo_markets.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.sample_jobs", *os.environ.get("TEST_APPS", "").split()]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # quick
