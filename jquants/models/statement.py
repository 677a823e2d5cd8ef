"""Statements of accounts as companies disclose them: https://jpx-jquants.com/en/spec/fin-summary."""

from __future__ import annotations

from datetime import timedelta
from typing import Self

from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, When
from django.db.models.functions import Substr
from django.utils.translation import gettext_lazy as _

from jquants.models.columns import (
    clock,
    day,
    flag,
    issue_code,
    optional_day,
    per_share,
    ratio,
    share_count,
    text,
    yen,
)
from jquants.models.newest import is_after

NET_SALES = _("net sales")
OPERATING_PROFIT = _("operating profit")
ORDINARY_PROFIT = _("ordinary profit")
PROFIT = _("profit")
EARNINGS_PER_SHARE = _("earnings per share")
TOTAL_ASSETS = _("total assets")
EQUITY = _("net assets")
EQUITY_RATIO = _("equity ratio")
BOOK_VALUE_PER_SHARE = _("book value per share")
SHAREHOLDERS_EQUITY = _("shareholders' equity")
RETURN_ON_EQUITY = _("return on equity")
DIVIDEND_1Q = _("dividend per share, 1Q")
DIVIDEND_2Q = _("dividend per share, 2Q")
DIVIDEND_3Q = _("dividend per share, 3Q")
DIVIDEND_YEAR_END = _("dividend per share, year end")
DIVIDEND_ANNUAL = _("dividend per share, annual")
DISTRIBUTION_PER_UNIT = _("distribution per unit")
TOTAL_DIVIDENDS = _("total dividends")
PAYOUT_RATIO = _("payout ratio")

FORECAST = _("forecast")
FORECAST_2Q = _("forecast to 2Q")
NEXT_YEAR = _("next year's forecast")
NEXT_YEAR_2Q = _("next year's forecast to 2Q")
NON_CONSOLIDATED = _("non-consolidated")
NON_CONSOLIDATED_FORECAST = _("non-consolidated forecast")
NON_CONSOLIDATED_FORECAST_2Q = _("non-consolidated forecast to 2Q")
NON_CONSOLIDATED_NEXT_YEAR = _("next year's non-consolidated forecast")
NON_CONSOLIDATED_NEXT_YEAR_2Q = _("next year's non-consolidated forecast to 2Q")

CUMULATIVE = ("net_sales", "operating_profit", "ordinary_profit", "profit")
A_QUARTER = timedelta(days=100)  # more than any quarter has, less than two


class PeriodType(models.TextChoices):
    FIRST = "1Q", "1Q"
    SECOND = "2Q", "2Q"
    THIRD = "3Q", "3Q"
    FOURTH = "4Q", "4Q"  # of years longer than twelve months
    FIFTH = "5Q", "5Q"
    YEAR = "FY", _("full year")


class StatementQuerySet(models.QuerySet["Statement"]):
    def results(self) -> Self:
        """Return the statements of accounts, without documents that revise forecasts only."""
        return self.filter(document_type__contains="FinancialStatements")

    def latest_results(self) -> Self:
        """Return one statement of accounts a company and period: the last one disclosed, so that corrections win."""
        later = Statement.objects.results().filter(
            is_after("disclosed_on", "disclosed_at", "disclosure_number"),
            code=OuterRef("code"),
            period_type=OuterRef("period_type"),
            period_end=OuterRef("period_end"),
        )
        return self.results().filter(~Exists(later))

    def quarterly(self) -> Self:
        """Annotate the latest results with the figures of their last quarter alone: `quarter_net_sales` ...

        They are what is reported since the year began less what was reported a quarter before, by the same
        accounting standard; null where there is no such statement, or one of the two lacks the figure.
        """
        before = (
            Statement.objects.latest_results()
            .annotate(standard=_STANDARD)
            .filter(
                code=OuterRef("code"),
                fiscal_year_start=OuterRef("fiscal_year_start"),
                standard=OuterRef("standard"),
                period_end__lt=OuterRef("period_end"),
                period_end__gt=OuterRef("period_end") - A_QUARTER,
            )
            .order_by("-period_end")
        )
        is_first = Q(period_end__lt=F("fiscal_year_start") + A_QUARTER)
        return (
            self.latest_results()
            .annotate(standard=_STANDARD)
            .annotate(
                **{
                    f"quarter_{name}": Case(
                        When(is_first, then=F(name)), default=F(name) - Subquery(before.values(name)[:1])
                    )
                    for name in CUMULATIVE
                }
            )
        )


_STANDARD = Substr("document_type", 3)  # what follows 1Q, 2Q, 3Q or FY


class Statement(models.Model):
    """A document that a company disclosed: its results, its forecasts, or a revision of them.

    Amounts are cumulative since the fiscal year began, and per-share values as disclosed, not adjusted for
    splits. Forecasts of a full-year report are the next year's. 62690 reports in US dollars since February 2022.
    """

    disclosed_on = day("DiscDate", _("disclosed on"))
    disclosed_at = clock("DiscTime", _("disclosed at"))
    code = issue_code()
    disclosure_number = text("DiscNo", _("disclosure number"), 20)
    document_type = text("DocType", _("document type"), 100)
    period_type = text("CurPerType", _("period"), 10, PeriodType.choices)
    period_start = optional_day("CurPerSt", _("start of period"))
    period_end = optional_day("CurPerEn", _("end of period"))
    fiscal_year_start = optional_day("CurFYSt", _("start of fiscal year"))
    fiscal_year_end = optional_day("CurFYEn", _("end of fiscal year"))
    next_fiscal_year_start = optional_day("NxtFYSt", _("start of next fiscal year"))
    next_fiscal_year_end = optional_day("NxtFYEn", _("end of next fiscal year"))

    net_sales = yen("Sales", NET_SALES)
    operating_profit = yen("OP", OPERATING_PROFIT)
    ordinary_profit = yen("OdP", ORDINARY_PROFIT)
    profit = yen("NP", PROFIT)
    earnings_per_share = per_share("EPS", EARNINGS_PER_SHARE)
    diluted_earnings_per_share = per_share("DEPS", _("diluted earnings per share"))
    total_assets = yen("TA", TOTAL_ASSETS)
    equity = yen("Eq", EQUITY)
    equity_ratio = ratio("EqAR", EQUITY_RATIO)
    book_value_per_share = per_share("BPS", BOOK_VALUE_PER_SHARE)
    shareholders_equity = yen("ShEq", SHAREHOLDERS_EQUITY)
    return_on_equity = ratio("ROE", RETURN_ON_EQUITY)
    operating_cash_flow = yen("CFO", _("cash flow from operating activities"))
    investing_cash_flow = yen("CFI", _("cash flow from investing activities"))
    financing_cash_flow = yen("CFF", _("cash flow from financing activities"))
    cash_and_equivalents = yen("CashEq", _("cash and equivalents"))

    dividend_1q = per_share("Div1Q", DIVIDEND_1Q)
    dividend_2q = per_share("Div2Q", DIVIDEND_2Q)
    dividend_3q = per_share("Div3Q", DIVIDEND_3Q)
    dividend_year_end = per_share("DivFY", DIVIDEND_YEAR_END)
    dividend_annual = per_share("DivAnn", DIVIDEND_ANNUAL)
    distribution_per_unit = per_share("DivUnit", DISTRIBUTION_PER_UNIT)
    total_dividends = yen("DivTotalAnn", TOTAL_DIVIDENDS)
    payout_ratio = ratio("PayoutRatioAnn", PAYOUT_RATIO)
    forecast_dividend_1q = per_share("FDiv1Q", DIVIDEND_1Q, FORECAST)
    forecast_dividend_2q = per_share("FDiv2Q", DIVIDEND_2Q, FORECAST)
    forecast_dividend_3q = per_share("FDiv3Q", DIVIDEND_3Q, FORECAST)
    forecast_dividend_year_end = per_share("FDivFY", DIVIDEND_YEAR_END, FORECAST)
    forecast_dividend_annual = per_share("FDivAnn", DIVIDEND_ANNUAL, FORECAST)
    forecast_distribution_per_unit = per_share("FDivUnit", DISTRIBUTION_PER_UNIT, FORECAST)
    forecast_total_dividends = yen("FDivTotalAnn", TOTAL_DIVIDENDS, FORECAST)
    forecast_payout_ratio = ratio("FPayoutRatioAnn", PAYOUT_RATIO, FORECAST)
    next_year_forecast_dividend_1q = per_share("NxFDiv1Q", DIVIDEND_1Q, NEXT_YEAR)
    next_year_forecast_dividend_2q = per_share("NxFDiv2Q", DIVIDEND_2Q, NEXT_YEAR)
    next_year_forecast_dividend_3q = per_share("NxFDiv3Q", DIVIDEND_3Q, NEXT_YEAR)
    next_year_forecast_dividend_year_end = per_share("NxFDivFY", DIVIDEND_YEAR_END, NEXT_YEAR)
    next_year_forecast_dividend_annual = per_share("NxFDivAnn", DIVIDEND_ANNUAL, NEXT_YEAR)
    next_year_forecast_distribution_per_unit = per_share("NxFDivUnit", DISTRIBUTION_PER_UNIT, NEXT_YEAR)
    next_year_forecast_payout_ratio = ratio("NxFPayoutRatioAnn", PAYOUT_RATIO, NEXT_YEAR)

    forecast_net_sales_2q = yen("FSales2Q", NET_SALES, FORECAST_2Q)
    forecast_operating_profit_2q = yen("FOP2Q", OPERATING_PROFIT, FORECAST_2Q)
    forecast_ordinary_profit_2q = yen("FOdP2Q", ORDINARY_PROFIT, FORECAST_2Q)
    forecast_profit_2q = yen("FNP2Q", PROFIT, FORECAST_2Q)
    forecast_earnings_per_share_2q = per_share("FEPS2Q", EARNINGS_PER_SHARE, FORECAST_2Q)
    next_year_forecast_net_sales_2q = yen("NxFSales2Q", NET_SALES, NEXT_YEAR_2Q)
    next_year_forecast_operating_profit_2q = yen("NxFOP2Q", OPERATING_PROFIT, NEXT_YEAR_2Q)
    next_year_forecast_ordinary_profit_2q = yen("NxFOdP2Q", ORDINARY_PROFIT, NEXT_YEAR_2Q)
    next_year_forecast_profit_2q = yen("NxFNp2Q", PROFIT, NEXT_YEAR_2Q)
    next_year_forecast_earnings_per_share_2q = per_share("NxFEPS2Q", EARNINGS_PER_SHARE, NEXT_YEAR_2Q)
    forecast_net_sales = yen("FSales", NET_SALES, FORECAST)
    forecast_operating_profit = yen("FOP", OPERATING_PROFIT, FORECAST)
    forecast_ordinary_profit = yen("FOdP", ORDINARY_PROFIT, FORECAST)
    forecast_profit = yen("FNP", PROFIT, FORECAST)
    forecast_earnings_per_share = per_share("FEPS", EARNINGS_PER_SHARE, FORECAST)
    next_year_forecast_net_sales = yen("NxFSales", NET_SALES, NEXT_YEAR)
    next_year_forecast_operating_profit = yen("NxFOP", OPERATING_PROFIT, NEXT_YEAR)
    next_year_forecast_ordinary_profit = yen("NxFOdP", ORDINARY_PROFIT, NEXT_YEAR)
    next_year_forecast_profit = yen("NxFNp", PROFIT, NEXT_YEAR)
    next_year_forecast_earnings_per_share = per_share("NxFEPS", EARNINGS_PER_SHARE, NEXT_YEAR)

    has_material_changes_in_subsidiaries = flag("MatChgSub", _("material changes in subsidiaries"))
    has_significant_changes_in_consolidation = flag(
        "SigChgInC", _("significant changes in the scope of consolidation")
    )
    has_changes_by_accounting_standards = flag("ChgByASRev", _("changes by revised accounting standards"))
    has_other_accounting_changes = flag("ChgNoASRev", _("other changes of accounting policies"))
    has_changes_in_accounting_estimates = flag("ChgAcEst", _("changes in accounting estimates"))
    has_retrospective_restatement = flag("RetroRst", _("retrospective restatement"))
    issued_shares = share_count("ShOutFY", _("issued shares, with treasury shares"))
    treasury_shares = share_count("TrShFY", _("treasury shares"))
    average_shares = share_count("AvgSh", _("average number of shares"))

    non_consolidated_net_sales = yen("NCSales", NET_SALES, NON_CONSOLIDATED)
    non_consolidated_operating_profit = yen("NCOP", OPERATING_PROFIT, NON_CONSOLIDATED)
    non_consolidated_ordinary_profit = yen("NCOdP", ORDINARY_PROFIT, NON_CONSOLIDATED)
    non_consolidated_profit = yen("NCNP", PROFIT, NON_CONSOLIDATED)
    non_consolidated_earnings_per_share = per_share("NCEPS", EARNINGS_PER_SHARE, NON_CONSOLIDATED)
    non_consolidated_total_assets = yen("NCTA", TOTAL_ASSETS, NON_CONSOLIDATED)
    non_consolidated_equity = yen("NCEq", EQUITY, NON_CONSOLIDATED)
    non_consolidated_equity_ratio = ratio("NCEqAR", EQUITY_RATIO, NON_CONSOLIDATED)
    non_consolidated_book_value_per_share = per_share("NCBPS", BOOK_VALUE_PER_SHARE, NON_CONSOLIDATED)
    non_consolidated_shareholders_equity = yen("NCShEq", SHAREHOLDERS_EQUITY, NON_CONSOLIDATED)
    non_consolidated_return_on_equity = ratio("NCROE", RETURN_ON_EQUITY, NON_CONSOLIDATED)
    forecast_non_consolidated_net_sales_2q = yen("FNCSales2Q", NET_SALES, NON_CONSOLIDATED_FORECAST_2Q)
    forecast_non_consolidated_operating_profit_2q = yen(
        "FNCOP2Q", OPERATING_PROFIT, NON_CONSOLIDATED_FORECAST_2Q
    )
    forecast_non_consolidated_ordinary_profit_2q = yen(
        "FNCOdP2Q", ORDINARY_PROFIT, NON_CONSOLIDATED_FORECAST_2Q
    )
    forecast_non_consolidated_profit_2q = yen("FNCNP2Q", PROFIT, NON_CONSOLIDATED_FORECAST_2Q)
    forecast_non_consolidated_earnings_per_share_2q = per_share(
        "FNCEPS2Q", EARNINGS_PER_SHARE, NON_CONSOLIDATED_FORECAST_2Q
    )
    next_year_forecast_non_consolidated_net_sales_2q = yen(
        "NxFNCSales2Q", NET_SALES, NON_CONSOLIDATED_NEXT_YEAR_2Q
    )
    next_year_forecast_non_consolidated_operating_profit_2q = yen(
        "NxFNCOP2Q", OPERATING_PROFIT, NON_CONSOLIDATED_NEXT_YEAR_2Q
    )
    next_year_forecast_non_consolidated_ordinary_profit_2q = yen(
        "NxFNCOdP2Q", ORDINARY_PROFIT, NON_CONSOLIDATED_NEXT_YEAR_2Q
    )
    next_year_forecast_non_consolidated_profit_2q = yen("NxFNCNP2Q", PROFIT, NON_CONSOLIDATED_NEXT_YEAR_2Q)
    next_year_forecast_non_consolidated_earnings_per_share_2q = per_share(
        "NxFNCEPS2Q", EARNINGS_PER_SHARE, NON_CONSOLIDATED_NEXT_YEAR_2Q
    )
    forecast_non_consolidated_net_sales = yen("FNCSales", NET_SALES, NON_CONSOLIDATED_FORECAST)
    forecast_non_consolidated_operating_profit = yen("FNCOP", OPERATING_PROFIT, NON_CONSOLIDATED_FORECAST)
    forecast_non_consolidated_ordinary_profit = yen("FNCOdP", ORDINARY_PROFIT, NON_CONSOLIDATED_FORECAST)
    forecast_non_consolidated_profit = yen("FNCNP", PROFIT, NON_CONSOLIDATED_FORECAST)
    forecast_non_consolidated_earnings_per_share = per_share(
        "FNCEPS", EARNINGS_PER_SHARE, NON_CONSOLIDATED_FORECAST
    )
    next_year_forecast_non_consolidated_net_sales = yen("NxFNCSales", NET_SALES, NON_CONSOLIDATED_NEXT_YEAR)
    next_year_forecast_non_consolidated_operating_profit = yen(
        "NxFNCOP", OPERATING_PROFIT, NON_CONSOLIDATED_NEXT_YEAR
    )
    next_year_forecast_non_consolidated_ordinary_profit = yen(
        "NxFNCOdP", ORDINARY_PROFIT, NON_CONSOLIDATED_NEXT_YEAR
    )
    next_year_forecast_non_consolidated_profit = yen("NxFNCNP", PROFIT, NON_CONSOLIDATED_NEXT_YEAR)
    next_year_forecast_non_consolidated_earnings_per_share = per_share(
        "NxFNCEPS", EARNINGS_PER_SHARE, NON_CONSOLIDATED_NEXT_YEAR
    )

    objects = StatementQuerySet.as_manager()

    class Meta:
        db_table = "statements"
        ordering = ["-disclosed_on", "-disclosed_at", "-disclosure_number"]
        verbose_name = _("statement")
        verbose_name_plural = _("statements")
        constraints = [
            models.UniqueConstraint(fields=["disclosure_number"], name="statements_disclosure_number"),
        ]
        indexes = [
            models.Index(fields=["disclosed_on"], name="statements_by_day"),
            models.Index(fields=["code", "period_end", "period_type"], name="statements_by_code"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.disclosed_on} {self.document_type}"
