"""The Celery application, for `EXECUTOR=celery`: `celery -A moo_markets worker`."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "moo_markets.settings")

app = Celery("moo_markets")
app.config_from_object("moo_markets.celery_settings")
