"""What J-Quants calls a document of results (DocType), in words: https://jpx-jquants.com/en/spec/fin-summary."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

_RESULTS = re.compile(r"(FY|[123]Q|OtherPeriod)FinancialStatements_(Consolidated|NonConsolidated)_(\w+)")
_PERIODS = {
    "FY": gettext_lazy("annual results"),
    "1Q": gettext_lazy("results of the 1st quarter"),
    "2Q": gettext_lazy("results of the 2nd quarter"),
    "3Q": gettext_lazy("results of the 3rd quarter"),
    "OtherPeriod": gettext_lazy("results of another period"),
}
_SCOPES = {"Consolidated": gettext_lazy("consolidated"), "NonConsolidated": gettext_lazy("non-consolidated")}
_STANDARDS = {
    "JP": gettext_lazy("Japanese standards"),
    "US": gettext_lazy("US standards"),
    "IFRS": gettext_lazy("IFRS"),
    "JMIS": gettext_lazy("JMIS"),
    "Foreign": gettext_lazy("foreign standards"),
    "REIT": gettext_lazy("REIT"),
}
_REVISIONS = {
    "DividendForecastRevision": gettext_lazy("revision of the dividend forecast"),
    "EarnForecastRevision": gettext_lazy("revision of the earnings forecast"),
    "REITDividendForecastRevision": gettext_lazy("revision of the distribution forecast (REIT)"),
    "REITEarnForecastRevision": gettext_lazy("revision of the earnings forecast (REIT)"),
}


def described(code: str) -> str:
    """Return what the document is in the active language; a code that is not known as it is."""
    if match := _RESULTS.fullmatch(code):
        period, scope, standard = match.groups()
        return _("%(period)s (%(scope)s, %(standard)s)") % {
            "period": _PERIODS[period],
            "scope": _SCOPES[scope],
            "standard": _STANDARDS.get(standard, standard),
        }
    return str(_REVISIONS.get(code, code))
