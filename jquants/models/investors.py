"""What kinds of investors buy and sell: https://jpx-jquants.com/en/spec/eq-investor-types."""

from __future__ import annotations

from typing import NamedTuple, Self

from django.db import models
from django.db.models import Exists, OuterRef
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from jquants.models import columns
from jquants.models.documented import THOUSAND_YEN, api
from jquants.models.newest import is_after


class Section(models.TextChoices):
    """Codes of the page; one that is not here is stored and shown all the same."""

    FIRST = "TSE1st", _("TSE 1st section")
    SECOND = "TSE2nd", _("TSE 2nd section")
    MOTHERS = "TSEMothers", _("TSE Mothers")
    JASDAQ = "TSEJASDAQ", _("TSE JASDAQ")
    PRIME = "TSEPrime", _("TSE Prime")
    STANDARD = "TSEStandard", _("TSE Standard")
    GROWTH = "TSEGrowth", _("TSE Growth")
    TOKYO_AND_NAGOYA = "TokyoNagoya", _("Tokyo and Nagoya")


class Part(NamedTuple):
    """A part of the API's keys, the part of the field's name that stands for it, and what people call it."""

    key: str
    name: str
    label: str | Promise


INVESTORS = (
    Part("Prop", "proprietary", _("proprietary")),
    Part("Brk", "brokerage", _("brokerage")),
    Part("Tot", "total", _("all investors")),
    Part("Ind", "individuals", _("individuals")),
    Part("Frgn", "foreigners", _("foreigners")),
    Part("SecCo", "securities_companies", _("securities companies")),
    Part("InvTr", "investment_trusts", _("investment trusts")),
    Part("BusCo", "business_companies", _("business companies")),
    Part("OthCo", "other_companies", _("other companies")),
    Part("InsCo", "insurance_companies", _("insurance companies")),
    Part("Bank", "banks", _("city and regional banks")),
    Part("TrstBnk", "trust_banks", _("trust banks")),
    Part("OthFin", "other_financials", _("other financial institutions")),
)
SIDES = (
    Part("Sell", "sell", _("sales")),
    Part("Buy", "buy", _("purchases")),
    Part("Tot", "turnover", _("total")),
    Part("Bal", "balance", _("balance")),
)
# The key of each figure and the attribute that keeps it: PropSell is proprietary_sell.
FIGURES = tuple(
    (investor.key + side.key, f"{investor.name}_{side.name}") for investor in INVESTORS for side in SIDES
)


class InvestorTypesQuerySet(models.QuerySet["InvestorTypes"]):
    def current(self) -> Self:
        """Return the figures of each section and week that no later publication has corrected."""
        later = InvestorTypes.objects.filter(
            is_after("published_on"),
            section=OuterRef("section"),
            start_date=OuterRef("start_date"),
            end_date=OuterRef("end_date"),
        )
        return self.filter(~Exists(later))


class InvestorTypes(models.Model):
    """The trading of a section's week by kind of investor; a later publication of a week corrects earlier ones.

    Besides the fields below, each of INVESTORS has `_sell`, `_buy`, `_turnover` (their sum) and `_balance`
    (purchases less sales), such as `foreigners_balance`.
    """

    section = models.CharField(_("section"), max_length=20, choices=Section.choices, help_text=api("Section"))
    start_date = columns.day("StDate", _("first day"))
    end_date = columns.day("EnDate", _("last day"))
    published_on = columns.day("PubDate", _("published on"))

    objects = InvestorTypesQuerySet.as_manager()

    class Meta:
        db_table = "investor_types"
        ordering = ["-end_date", "section", "-published_on"]
        verbose_name = _("trading by type of investor")
        verbose_name_plural = _("trading by type of investor")
        constraints = [
            models.UniqueConstraint(
                fields=["section", "start_date", "end_date", "published_on"], name="investor_types_key"
            ),
        ]
        indexes = [models.Index(fields=["end_date"], name="investor_types_by_end")]

    def __str__(self) -> str:
        return f"{self.section} {self.end_date}"


for _investor in INVESTORS:
    for _side in SIDES:
        InvestorTypes.add_to_class(
            f"{_investor.name}_{_side.name}",
            models.BigIntegerField(
                format_lazy("{}: {}", _investor.label, _side.label),
                null=True,
                help_text=api(_investor.key + _side.key, THOUSAND_YEN),
            ),
        )
