from django.db import models
from django.utils.translation import gettext_lazy as _


class SourceKind(models.TextChoices):
    JQUANTS = "jquants", "J-Quants"
    STANDIN = "standin", _("stand-in")


class DataSource(models.Model):
    """The one row that says where the data of this database came from."""

    SINGLETON = 1

    kind = models.CharField(_("kind"), max_length=20, choices=SourceKind.choices)
    base_url = models.CharField(_("address"), max_length=500)
    first_used_at = models.DateTimeField(_("first used at"))

    class Meta:
        db_table = "jquants_sources"
        verbose_name = _("data source")
        verbose_name_plural = _("data sources")
        constraints = [
            models.CheckConstraint(condition=models.Q(pk=1), name="jquants_sources_one_row"),
            models.CheckConstraint(
                condition=models.Q(kind__in=SourceKind.values), name="jquants_sources_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.base_url})"
