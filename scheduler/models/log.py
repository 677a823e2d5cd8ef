from __future__ import annotations

import logging

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class Level(models.IntegerChoices):
    """The levels of `logging`."""

    DEBUG = logging.DEBUG, _("debug")
    INFO = logging.INFO, _("info")
    WARNING = logging.WARNING, _("warning")
    ERROR = logging.ERROR, _("error")
    CRITICAL = logging.CRITICAL, _("critical")


class ExecutionLog(models.Model):
    """One line of an execution's log."""

    execution = models.ForeignKey(
        "scheduler.JobExecution", models.CASCADE, related_name="logs", verbose_name=_("execution")
    )
    at = models.DateTimeField(_("at"))
    level = models.PositiveSmallIntegerField(_("level"), choices=Level.choices, default=Level.INFO)
    message = models.TextField(_("message"), help_text=_("As the code says it, in English."))
    translations = models.JSONField(
        _("in other languages"), default=dict, blank=True, help_text=_("The same by language code.")
    )

    class Meta:
        db_table = "execution_logs"
        ordering = ["execution", "id"]
        indexes = [models.Index(fields=["at"], name="execution_logs_at")]
        verbose_name = _("log line")
        verbose_name_plural = _("log lines")

    def __str__(self) -> str:
        return self.message

    @property
    def text(self) -> str:
        """The message in the active language, where it was translated."""
        return str(self.translations.get(get_language(), self.message))
