"""How Celery is used: messages carry the id of a row and may be lost or doubled, for the row decides."""

from django.conf import settings

broker_url = settings.CELERY_BROKER_URL
broker_connection_retry_on_startup = True
imports = ["scheduler.tasks"]
task_default_queue = "moo_markets"
task_ignore_result = True
task_serializer = "json"
accept_content = ["json"]
worker_prefetch_multiplier = 1  # a run waits in the database, not in a busy worker
worker_hijack_root_logger = False
timezone = settings.TIME_ZONE
