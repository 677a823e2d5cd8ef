"""The 111 fields of https://jpx-jquants.com/en/spec/fin-summary, in parts."""

from __future__ import annotations

from itertools import chain

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from jquants.datasets.dataset import Column
from jquants.datasets.fields import Text
from jquants.datasets.spellings import (
    CLOCK,
    CODE,
    DAY,
    OPTIONAL_DAY,
    TRUE_FALSE,
    WRITTEN_NUMBER,
    WRITTEN_WHOLE,
    columns,
)

DOCUMENT = (
    Column("DiscDate", "disclosed_on", DAY),
    Column("DiscTime", "disclosed_at", CLOCK),
    Column("Code", "code", CODE),
    Column("DiscNo", "disclosure_number", Text(max_length=20)),
    Column("DocType", "document_type", Text(max_length=100)),
)
PERIOD = (
    Column("CurPerType", "period_type", Text(max_length=10)),
    *columns(
        OPTIONAL_DAY,
        CurPerSt="period_start",
        CurPerEn="period_end",
        CurFYSt="fiscal_year_start",
        CurFYEn="fiscal_year_end",
        NxtFYSt="next_fiscal_year_start",
        NxtFYEn="next_fiscal_year_end",
    ),
)
RESULTS = columns(
    WRITTEN_NUMBER,
    Sales="net_sales",
    OP="operating_profit",
    OdP="ordinary_profit",
    NP="profit",
    EPS="earnings_per_share",
    DEPS="diluted_earnings_per_share",
    TA="total_assets",
    Eq="equity",
    EqAR="equity_ratio",
    BPS="book_value_per_share",
    ShEq="shareholders_equity",
    ROE="return_on_equity",
    CFO="operating_cash_flow",
    CFI="investing_cash_flow",
    CFF="financing_cash_flow",
    CashEq="cash_and_equivalents",
)
DIVIDENDS = columns(
    WRITTEN_NUMBER,
    Div1Q="dividend_1q",
    Div2Q="dividend_2q",
    Div3Q="dividend_3q",
    DivFY="dividend_year_end",
    DivAnn="dividend_annual",
    DivUnit="distribution_per_unit",
    DivTotalAnn="total_dividends",
    PayoutRatioAnn="payout_ratio",
    FDiv1Q="forecast_dividend_1q",
    FDiv2Q="forecast_dividend_2q",
    FDiv3Q="forecast_dividend_3q",
    FDivFY="forecast_dividend_year_end",
    FDivAnn="forecast_dividend_annual",
    FDivUnit="forecast_distribution_per_unit",
    FDivTotalAnn="forecast_total_dividends",
    FPayoutRatioAnn="forecast_payout_ratio",
    NxFDiv1Q="next_year_forecast_dividend_1q",
    NxFDiv2Q="next_year_forecast_dividend_2q",
    NxFDiv3Q="next_year_forecast_dividend_3q",
    NxFDivFY="next_year_forecast_dividend_year_end",
    NxFDivAnn="next_year_forecast_dividend_annual",
    NxFDivUnit="next_year_forecast_distribution_per_unit",
    NxFPayoutRatioAnn="next_year_forecast_payout_ratio",
)
# The next year's profits are spelt with a small p, those of the company alone are not.
FORECASTS = columns(
    WRITTEN_NUMBER,
    FSales2Q="forecast_net_sales_2q",
    FOP2Q="forecast_operating_profit_2q",
    FOdP2Q="forecast_ordinary_profit_2q",
    FNP2Q="forecast_profit_2q",
    FEPS2Q="forecast_earnings_per_share_2q",
    FSales="forecast_net_sales",
    FOP="forecast_operating_profit",
    FOdP="forecast_ordinary_profit",
    FNP="forecast_profit",
    FEPS="forecast_earnings_per_share",
    NxFSales2Q="next_year_forecast_net_sales_2q",
    NxFOP2Q="next_year_forecast_operating_profit_2q",
    NxFOdP2Q="next_year_forecast_ordinary_profit_2q",
    NxFNp2Q="next_year_forecast_profit_2q",
    NxFEPS2Q="next_year_forecast_earnings_per_share_2q",
    NxFSales="next_year_forecast_net_sales",
    NxFOP="next_year_forecast_operating_profit",
    NxFOdP="next_year_forecast_ordinary_profit",
    NxFNp="next_year_forecast_profit",
    NxFEPS="next_year_forecast_earnings_per_share",
)
CHANGES = columns(
    TRUE_FALSE,
    MatChgSub="has_material_changes_in_subsidiaries",
    SigChgInC="has_significant_changes_in_consolidation",
    ChgByASRev="has_changes_by_accounting_standards",
    ChgNoASRev="has_other_accounting_changes",
    ChgAcEst="has_changes_in_accounting_estimates",
    RetroRst="has_retrospective_restatement",
)
SHARES = columns(
    WRITTEN_WHOLE,
    ShOutFY="issued_shares",
    TrShFY="treasury_shares",
    AvgSh="average_shares",
)
NON_CONSOLIDATED = columns(
    WRITTEN_NUMBER,
    NCSales="non_consolidated_net_sales",
    NCOP="non_consolidated_operating_profit",
    NCOdP="non_consolidated_ordinary_profit",
    NCNP="non_consolidated_profit",
    NCEPS="non_consolidated_earnings_per_share",
    NCTA="non_consolidated_total_assets",
    NCEq="non_consolidated_equity",
    NCEqAR="non_consolidated_equity_ratio",
    NCBPS="non_consolidated_book_value_per_share",
    NCShEq="non_consolidated_shareholders_equity",
    NCROE="non_consolidated_return_on_equity",
)
NON_CONSOLIDATED_FORECASTS = columns(
    WRITTEN_NUMBER,
    FNCSales2Q="forecast_non_consolidated_net_sales_2q",
    FNCOP2Q="forecast_non_consolidated_operating_profit_2q",
    FNCOdP2Q="forecast_non_consolidated_ordinary_profit_2q",
    FNCNP2Q="forecast_non_consolidated_profit_2q",
    FNCEPS2Q="forecast_non_consolidated_earnings_per_share_2q",
    FNCSales="forecast_non_consolidated_net_sales",
    FNCOP="forecast_non_consolidated_operating_profit",
    FNCOdP="forecast_non_consolidated_ordinary_profit",
    FNCNP="forecast_non_consolidated_profit",
    FNCEPS="forecast_non_consolidated_earnings_per_share",
    NxFNCSales2Q="next_year_forecast_non_consolidated_net_sales_2q",
    NxFNCOP2Q="next_year_forecast_non_consolidated_operating_profit_2q",
    NxFNCOdP2Q="next_year_forecast_non_consolidated_ordinary_profit_2q",
    NxFNCNP2Q="next_year_forecast_non_consolidated_profit_2q",
    NxFNCEPS2Q="next_year_forecast_non_consolidated_earnings_per_share_2q",
    NxFNCSales="next_year_forecast_non_consolidated_net_sales",
    NxFNCOP="next_year_forecast_non_consolidated_operating_profit",
    NxFNCOdP="next_year_forecast_non_consolidated_ordinary_profit",
    NxFNCNP="next_year_forecast_non_consolidated_profit",
    NxFNCEPS="next_year_forecast_non_consolidated_earnings_per_share",
)

PARTS: tuple[tuple[str | Promise, tuple[Column, ...]], ...] = (
    (_("Document"), DOCUMENT),
    (_("Period"), PERIOD),
    (_("Results"), RESULTS),
    (_("Forecasts"), FORECASTS),
    (_("Dividends"), DIVIDENDS),
    (_("Changes"), CHANGES),
    (_("Shares"), SHARES),
    (_("Non-consolidated results"), NON_CONSOLIDATED),
    (_("Non-consolidated forecasts"), NON_CONSOLIDATED_FORECASTS),
)
COLUMNS = tuple(chain.from_iterable(part for _title, part in PARTS))
