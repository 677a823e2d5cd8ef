from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from jquants.models.ratelimit import fingerprint_of


class ConnectionQuerySet(models.QuerySet["Connection"]):
    def of_settings(self) -> Self:
        """Return what is known of the key and the address of the settings; nothing without a key."""
        if not settings.JQUANTS_API_KEY:
            return self.none()
        return self.filter(
            fingerprint=fingerprint_of(settings.JQUANTS_API_KEY), base_url=settings.JQUANTS_BASE_URL
        )


class Connection(models.Model):
    """What J-Quants, asked at an address with a key, has shown of the plan; and the last check of it all."""

    fingerprint = models.CharField(_("key's fingerprint"), max_length=64)
    base_url = models.CharField(_("address"), max_length=500)
    plan = models.CharField(_("plan"), max_length=20, blank=True)
    addons = models.JSONField(_("add-ons"), default=list, blank=True)
    first_day = models.DateField(_("first day"), null=True, blank=True)
    last_day = models.DateField(_("last day"), null=True, blank=True)
    found_at = models.DateTimeField(_("found at"), null=True, blank=True)
    is_doubtful = models.BooleanField(_("doubtful"), default=False)
    results = models.JSONField(_("results of the last check"), default=list, blank=True)
    checked_at = models.DateTimeField(_("checked at"), null=True, blank=True)

    objects = ConnectionQuerySet.as_manager()

    class Meta:
        db_table = "jquants_connections"
        verbose_name = _("J-Quants connection")
        verbose_name_plural = _("J-Quants connection")
        constraints = [
            models.UniqueConstraint(
                fields=["fingerprint", "base_url"], name="jquants_connections_key_and_address"
            ),
        ]

    def __str__(self) -> str:
        return self.base_url

    @classmethod
    def keep(cls, **fields: object) -> Connection:
        """Write `fields` of the connection that the settings name, which needs a key."""
        row, _is_new = cls.objects.update_or_create(
            fingerprint=fingerprint_of(settings.JQUANTS_API_KEY),
            base_url=settings.JQUANTS_BASE_URL,
            defaults=fields,
        )
        return row
