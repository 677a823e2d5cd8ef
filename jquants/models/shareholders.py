"""The ten largest shareholders: https://jpx-jquants.com/en/spec/edinet-major-shareholders."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from jquants.models.columns import optional_day, optional_text, ratio, share_count
from jquants.models.documented import api
from jquants.models.edinet import Filing, Listed, position, unique


class MajorShareholderReport(Filing):
    filer_name = optional_text("FilerName", _("filer"), 1000)
    filer_name_english = optional_text("FilerNameEn", _("filer in English"), 1000)
    period_start = optional_day("PerSt", _("start of fiscal year"))
    period_end = optional_day("PerEn", _("end of fiscal year"))
    current_period_start = optional_day("CurPerSt", _("start of period"))
    current_period_end = optional_day("CurPerEn", _("end of period"))

    class Meta(Filing.Meta):
        db_table = "major_shareholder_reports"
        verbose_name = _("report of major shareholders")
        verbose_name_plural = _("reports of major shareholders")


class MajorShareholder(Listed):
    """A holder; ranks may be shared, so that there can be more than ten. Ratios leave treasury shares out."""

    number = position()
    rank = models.PositiveSmallIntegerField(_("rank"), null=True, help_text=api("Rank"))
    holder_name = optional_text("HldrName", _("holder"), 1000)
    holder_address = optional_text("HldrAddr", pgettext_lazy("where one lives", "address"), 1000)
    shares_held = share_count("ShsHeld", _("shares held"))
    share_ratio = ratio("ShsRatio", _("ratio of shares"))

    class Meta(Listed.Meta):
        db_table = "major_shareholders"
        verbose_name = _("major shareholder")
        verbose_name_plural = _("major shareholders")
        constraints = [unique("major_shareholders", "number")]
