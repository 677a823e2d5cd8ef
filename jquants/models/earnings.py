"""Results about to come: https://jpx-jquants.com/en/spec/eq-earnings-calendar."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from jquants.models import columns
from jquants.models.documented import api


class EarningsAnnouncement(models.Model):
    """Results that a company is about to announce; the table is the newest list, without history."""

    code = columns.issue_code()
    date = models.DateField(_("date"), null=True, help_text=api("Date", _("empty where undecided")))
    company_name = models.CharField(_("name"), max_length=200, help_text=api("CoName"))
    fiscal_year_end = models.CharField(_("end of the fiscal year"), max_length=20, help_text=api("FY"))
    sector_name = models.CharField(_("sector"), max_length=50, help_text=api("SectorNm"))
    fiscal_quarter = models.CharField(_("fiscal quarter"), max_length=20, help_text=api("FQ"))
    section_name = models.CharField(_("section"), max_length=50, help_text=api("Section"))
    number = models.PositiveIntegerField(
        _("number"),
        help_text=_("Counts the rows of a company, year and quarter, ordered by their content."),
    )

    class Meta:
        db_table = "earnings_calendar"
        ordering = ["-date", "code"]
        verbose_name = _("earnings announcement")
        verbose_name_plural = _("earnings calendar")
        constraints = [
            models.UniqueConstraint(
                fields=["code", "fiscal_year_end", "fiscal_quarter", "number"], name="earnings_calendar_key"
            ),
        ]
        indexes = [models.Index(fields=["date"], name="earnings_calendar_by_date")]

    def __str__(self) -> str:
        return f"{self.code} {self.fiscal_quarter}"
