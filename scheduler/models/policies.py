"""What a person can choose for the runs of a job."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class OverlapPolicy(models.TextChoices):
    """What happens to a run that is due while the job still has an active one (R25)."""

    FORBID = "forbid", _("skip the new run")
    REPLACE = "replace", _("cancel the old run, then start the new one")
    ALLOW = "allow", _("run both")


class MissedPolicy(models.TextChoices):
    """What happens to ticks that no scheduler claimed in time (R20)."""

    RUN_ONCE = "run_once", _("run the latest one")
    SKIP = "skip", _("skip them")
    CATCH_UP = "catch_up", _("run the newest ones, oldest first")


class OrphanPolicy(models.TextChoices):
    """What becomes of a run whose worker died (R36)."""

    REQUEUE = "requeue", _("try again, as a further attempt")
    FAIL = "fail", _("let the run fail")
