"""Holdings above five percent: https://jpx-jquants.com/en/spec/edinet-large-volume-shareholders."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from jquants.models.columns import (
    decimal,
    long_text,
    optional_choice,
    optional_day,
    optional_text,
    percent,
    ratio,
    share_count,
    yen,
)
from jquants.models.documented import YEN
from jquants.models.edinet import Filing, Listed, position, unique
from jquants.models.newest import is_after


class LargeHoldingType(models.TextChoices):
    UNKNOWN = "0", _("unknown")
    REPORT = "1", _("large holding report")
    CHANGE = "2", _("change report")
    MASS_TRANSFER = "3", _("change report, mass transfer in a short time")
    SPECIAL = "4", _("special report")
    SPECIAL_CHANGE = "5", _("special change report")
    CORRECTION = "6", _("correction report")


class HolderType(models.TextChoices):
    UNKNOWN = "0", _("unknown")
    PERSON = "1", _("person")
    COMPANY = "2", _("company")


class Market(models.TextChoices):
    ON = "1", _("on market")
    OFF = "2", _("off market")


class Transaction(models.TextChoices):
    BUY = "1", _("acquisition")
    SELL = "2", _("disposal")


class LargeHoldingReportQuerySet(models.QuerySet["LargeHoldingReport"]):
    def in_force(self) -> Self:
        """Return the documents that no later correction replaces: it names the document or what that corrected."""
        later = LargeHoldingReport.objects.filter(
            is_after("submitted_on", "submitted_at", "document_id"),
            Q(corrected_document_id=OuterRef("document_id"))
            | Q(corrected_document_id=OuterRef("corrected_document_id")),
        )
        return self.filter(~Exists(later))


class LargeHoldingReport(Filing):
    """`code` and `edinet_code` are the issuer's. What a correction replaces is known since 2026-09-14."""

    issuer_name = optional_text("IsrName", _("issuer"), 1000)
    holding_type = optional_choice("LargeHldgTypeCode", _("kind of report"), LargeHoldingType.choices)
    title = optional_text("DocTitle", _("title"), 1000)
    change_reason = long_text("ChgRsn", _("reason of change"))
    obligation_on = optional_day("RptOblgDate", _("obliged to report since"))
    corrected_document_id = optional_text("ParDocId", _("corrected document"), 8)
    total_shares_held = share_count("TotalShsHeld", _("shares held"))
    total_share_ratio = ratio("TotalShsRatio", _("ratio of shares"))
    total_share_ratio_before = ratio("TotalShsRatioLast", _("ratio of shares, last report"))
    total_outstanding_shares = share_count("TotalOutStks", _("outstanding shares"))

    objects = LargeHoldingReportQuerySet.as_manager()

    class Meta(Filing.Meta):
        db_table = "large_holding_reports"
        verbose_name = _("large holding report")
        verbose_name_plural = _("large holding reports")
        indexes = [
            *Filing.Meta.indexes,
            models.Index(fields=["corrected_document_id"], name="large_holding_corrected"),
        ]


class LargeHolder(Listed):
    """One of those who hold together."""

    number = position()
    holder_name = optional_text("HldrName", _("holder"), 1000)
    holder_name_english = optional_text("HldrNameEn", _("holder in English"), 1000)
    holder_edinet_code = optional_text("HldrEdinetCode", _("holder's EDINET code"), 6)
    holder_code = optional_text("HldrCode", _("holder's code"), 5)
    holder_type = optional_choice("LargeHldrTypeCode", _("kind of holder"), HolderType.choices)
    holder_type_text = long_text("LargeHldrTypeRaw", _("kind of holder, as written"))
    purpose = long_text("HldgPurp", _("purpose"))
    important_proposals = long_text("ImpProp", _("important proposals"))
    collateral_agreements = long_text("ColAgr", _("agreements on collateral"))
    shares_held = share_count("ShsHeld", _("shares held"))
    share_ratio = ratio("ShsRatio", _("ratio of shares"))
    share_ratio_before = ratio("ShsRatioLast", _("ratio of shares, last report"))
    own_funds = yen("OwnFund", _("own funds"))
    total_borrowings = yen("TotalBrw", _("borrowings"))
    total_other_funds = yen("TotalOther", _("other funds"))
    other_funds_breakdown = long_text("OtherBrk", _("breakdown of other funds"))
    total_funds = yen("TotalFund", _("funds"))

    class Meta(Listed.Meta):
        db_table = "large_holders"
        verbose_name = _("large holder")
        verbose_name_plural = _("large holders")
        constraints = [unique("large_holders", "number")]


class OfHolder(Listed):
    """A row of a holder's lists: `holder_number` is the `number` of the holder."""

    holder_number = models.PositiveIntegerField(_("number of the holder"))
    number = position()

    class Meta(Listed.Meta):
        abstract = True


class LargeHolderTransaction(OfHolder):
    """An acquisition or disposal of the last sixty days."""

    traded_on = optional_day("Date", _("date"))
    security_type = optional_text("SecType", _("kind of securities"), 1000)
    shares = share_count("Shs", pgettext_lazy("how many", "shares"))
    share_percent = percent("Ratio", _("percentage of shares"))
    market = optional_choice("MktCode", _("market"), Market.choices)
    market_text = long_text("Mkt", _("market, as written"))
    transaction = optional_choice("TxnTypeCode", _("acquisition or disposal"), Transaction.choices)
    transaction_text = long_text("TxnType", _("acquisition or disposal, as written"))
    counterparty = long_text("Cptty", _("counterparty"))
    price = decimal("Price", _("price"), YEN)
    price_text = long_text("PriceRaw", _("price, as written"))

    class Meta(OfHolder.Meta):
        db_table = "large_holder_transactions"
        verbose_name = _("large holder's transaction")
        verbose_name_plural = _("large holders' transactions")
        constraints = [unique("large_holder_transactions", "holder_number", "number")]


class LargeHolderBorrowing(OfHolder):
    lender_name = optional_text("Name", _("lender"), 1000)
    industry = optional_text("Ind", _("industry"), 1000)
    representative = optional_text("Rep", _("representative"), 1000)
    address = optional_text("Addr", pgettext_lazy("where one lives", "address"), 1000)
    purpose = optional_text("DiscBrwPurp", _("purpose of the borrowing"), 1000)
    amount = yen("Amt", _("amount"))

    class Meta(OfHolder.Meta):
        db_table = "large_holder_borrowings"
        verbose_name = _("large holder's borrowing")
        verbose_name_plural = _("large holders' borrowings")
        constraints = [unique("large_holder_borrowings", "holder_number", "number")]


class LargeHolderLender(OfHolder):
    """Who lends, by name, without amounts."""

    lender_name = optional_text("Name", _("lender"), 1000)
    representative = optional_text("Rep", _("representative"), 1000)
    address = optional_text("Addr", pgettext_lazy("where one lives", "address"), 1000)

    class Meta(OfHolder.Meta):
        db_table = "large_holder_lenders"
        verbose_name = _("large holder's lender")
        verbose_name_plural = _("large holders' lenders")
        constraints = [unique("large_holder_lenders", "holder_number", "number")]
