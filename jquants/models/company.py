"""Issues of the exchange: https://jpx-jquants.com/en/spec/eq-master."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _


class ProductCategory(models.TextChoices):
    """Codes of the page; one that is not here is stored and shown all the same."""

    DOMESTIC_STOCK = "011", _("domestic stock")
    PREFERRED_EQUITY = "012", _("preferred equity contribution")
    REIT = "013", _("REIT")
    ETF = "014", _("ETF")
    FOREIGN_STOCK = "021", _("foreign stock")
    FOREIGN_REIT = "022", _("foreign REIT")
    FOREIGN_ETF = "023", _("foreign ETF")
    DEPOSITARY_RECEIPT = "024", _("foreign depositary receipt")


class CompanyAttributes(models.Model):
    """What the master says of an issue on a day, as the exchange spells it."""

    company_name = models.CharField(_("name"), max_length=200, help_text=_("“CoName” of the API."))
    company_name_english = models.CharField(
        _("English name"), max_length=200, blank=True, help_text=_("“CoNameEn” of the API.")
    )
    sector_17_code = models.CharField(
        _("TOPIX-17 sector code"), max_length=2, help_text=_("“S17” of the API.")
    )
    sector_17_name = models.CharField(_("TOPIX-17 sector"), max_length=50, help_text=_("“S17Nm” of the API."))
    sector_33_code = models.CharField(_("TSE-33 sector code"), max_length=4, help_text=_("“S33” of the API."))
    sector_33_name = models.CharField(_("TSE-33 sector"), max_length=50, help_text=_("“S33Nm” of the API."))
    scale_category = models.CharField(
        _("scale category"), max_length=30, help_text=_("“ScaleCat” of the API; “-” means none.")
    )
    market_code = models.CharField(_("market code"), max_length=4, help_text=_("“Mkt” of the API."))
    market_name = models.CharField(_("market"), max_length=50, help_text=_("“MktNm” of the API."))
    # Whether all plans send these two is not certain: null = not told.
    margin_code = models.CharField(  # noqa: DJ001
        _("margin code"), max_length=1, null=True, blank=True, help_text=_("“Mrgn” of the API.")
    )
    margin_name = models.CharField(  # noqa: DJ001
        _("margin trading"), max_length=20, null=True, blank=True, help_text=_("“MrgnNm” of the API.")
    )
    product_category = models.CharField(
        _("product category"),
        max_length=3,
        choices=ProductCategory.choices,
        help_text=_("“ProdCat” of the API."),
    )

    class Meta:
        abstract = True


class ListedCompanyQuerySet(models.QuerySet["ListedCompany"]):
    def listed(self) -> Self:
        """Return the issues of the newest snapshot."""
        return self.filter(is_listed=True)


class ListedCompany(CompanyAttributes):
    """An issue as the newest snapshot that contains it describes it.

    The API has no listing dates: `first_seen_on` and `last_seen_on` are the first and last of the fetched
    snapshots in which the issue appears.
    """

    code = models.CharField(
        _("code"), max_length=5, unique=True, help_text=_("“Code” of the API; 5 characters.")
    )
    first_seen_on = models.DateField(_("first seen on"))
    last_seen_on = models.DateField(_("last seen on"))
    is_listed = models.BooleanField(
        _("listed"), default=True, help_text=_("Whether the newest snapshot contains the issue.")
    )

    objects = ListedCompanyQuerySet.as_manager()

    class Meta:
        db_table = "listed_companies"
        ordering = ["code"]
        verbose_name = _("listed company")
        verbose_name_plural = _("listed companies")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(first_seen_on__lte=models.F("last_seen_on")),
                name="listed_companies_seen_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.company_name.strip()}"


class ListedCompanyHistory(CompanyAttributes):
    """One change of an issue: its attributes from `effective_on`, the first snapshot that shows them.

    No foreign key: history of a day is written in bulk, by code. On any day an issue was what its newest
    row not after that day says.
    """

    code = models.CharField(_("code"), max_length=5)
    effective_on = models.DateField(_("effective on"))

    class Meta:
        db_table = "listed_company_history"
        ordering = ["code", "-effective_on"]
        verbose_name = _("change of a listed company")
        verbose_name_plural = _("changes of listed companies")
        constraints = [
            models.UniqueConstraint(
                fields=["code", "effective_on"], name="listed_company_history_once_a_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.effective_on}"
