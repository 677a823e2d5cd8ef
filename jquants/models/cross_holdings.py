"""Shares held for other than pure investment: https://jpx-jquants.com/en/spec/edinet-cross-shareholdings."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from jquants.models.columns import (
    long_text,
    optional_choice,
    optional_day,
    optional_text,
    share_count,
    text,
    whole,
    yen,
)
from jquants.models.edinet import Filing, Listed, position, unique


class Block(models.TextChoices):
    """Whose holdings: the filer's, or those of the companies of its group that hold most."""

    REPORT = "Report", _("filer")
    LARGEST = "Largest", _("largest holder of the group")
    SECOND_LARGEST = "SecondLargest", _("second largest holder of the group")


class HoldingKind(models.TextChoices):
    SPECIFIED = "Spec", _("specified investment")
    DEEMED = "Deem", _("deemed holding")


class YesNo(models.TextChoices):
    YES = "1", _("yes")
    NO = "0", _("no")
    UNCLEAR = "2", _("unclear")


class CrossShareholdingReport(Filing):
    filer_name = optional_text("FilerName", _("filer"), 1000)
    filer_name_english = optional_text("FilerNameEn", _("filer in English"), 1000)
    period_start = optional_day("PerSt", _("start of fiscal year"))
    period_end = optional_day("PerEn", _("end of fiscal year"))

    class Meta(Filing.Meta):
        db_table = "cross_shareholding_reports"
        verbose_name = _("report of cross-shareholdings")
        verbose_name_plural = _("reports of cross-shareholdings")


class CrossShareholder(Listed):
    """A company of the filer's group, and what it holds in all."""

    block = text("Report, Largest, SecondLargest", _("whose"), 20, Block.choices)
    holder_name = optional_text("HldrName", _("holder"), 1000)
    holder_code = optional_text("HldrCode", _("holder's code"), 5)
    holder_edinet_code = optional_text("HldrEdinetCode", _("holder's EDINET code"), 6)
    listed_issues = whole("ListedIss", _("listed issues"))
    listed_book_value = yen("ListedBookVal", _("listed issues, book value"))
    listed_increased_issues = whole("ListedIncIss", _("listed issues, increased"))
    listed_acquisition_cost = yen("ListedIncAcqCost", _("listed issues, cost of increase"))
    listed_decreased_issues = whole("ListedDecIss", _("listed issues, decreased"))
    listed_sale_amount = yen("ListedDecSaleAmt", _("listed issues, proceeds of decrease"))
    listed_increase_reason = long_text("ListedIncRsn", _("listed issues, reason of increase"))
    unlisted_issues = whole("NonListedIss", _("unlisted issues"))
    unlisted_book_value = yen("NonListedBookVal", _("unlisted issues, book value"))
    unlisted_increased_issues = whole("NonListedIncIss", _("unlisted issues, increased"))
    unlisted_acquisition_cost = yen("NonListedIncAcqCost", _("unlisted issues, cost of increase"))
    unlisted_decreased_issues = whole("NonListedDecIss", _("unlisted issues, decreased"))
    unlisted_sale_amount = yen("NonListedDecSaleAmt", _("unlisted issues, proceeds of decrease"))
    unlisted_increase_reason = long_text("NonListedIncRsn", _("unlisted issues, reason of increase"))
    specified_footnote = long_text("SpecFn", _("footnote to specified investments"))
    deemed_footnote = long_text("DeemFn", _("footnote to deemed holdings"))

    class Meta(Listed.Meta):
        db_table = "cross_shareholders"
        verbose_name = _("cross-shareholder")
        verbose_name_plural = _("cross-shareholders")
        constraints = [unique("cross_shareholders", "block")]


class CrossShareholding(Listed):
    """Shares of one issuer that a company of the group holds, and whether the issuer holds shares of the filer.

    A value that is not disclosed is null; what stands in its place is kept beside it.
    """

    block = text("Report, Largest, SecondLargest", _("whose"), 20, Block.choices)
    kind = text("Spec, Deem", _("kind of holding"), 4, HoldingKind.choices)
    number = position()
    issuer_name = optional_text("IsrName", _("issuer"), 1000)
    issuer_code = optional_text("IsrCode", _("issuer's code"), 5)
    issuer_edinet_code = optional_text("IsrEdinetCode", _("issuer's EDINET code"), 6)
    shares = share_count("CurShs", pgettext_lazy("how many", "shares"))
    previous_shares = share_count("PriShs", _("shares, previous year"))
    book_value = yen("CurBookVal", _("book value"))
    previous_book_value = yen("PriBookVal", _("book value, previous year"))
    shares_undisclosed = long_text("CurShsNotDisc", _("in place of shares"))
    previous_shares_undisclosed = long_text("PriShsNotDisc", _("in place of shares, previous year"))
    book_value_undisclosed = long_text("CurBookValNotDisc", _("in place of book value"))
    previous_book_value_undisclosed = long_text(
        "PriBookValNotDisc", _("in place of book value, previous year")
    )
    rationale = long_text("HoldRat", _("purpose and effect"))
    issuer_holds_text = long_text("IsrHolds", _("issuer holds the filer's shares, as written"))
    issuer_holds = optional_choice("IsrHoldsCode", _("issuer holds the filer's shares"), YesNo.choices)

    class Meta(Listed.Meta):
        db_table = "cross_shareholdings"
        verbose_name = _("cross-shareholding")
        verbose_name_plural = _("cross-shareholdings")
        constraints = [unique("cross_shareholdings", "block", "kind", "number")]
