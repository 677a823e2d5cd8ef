"""The theme of the admin: its name, colours, styles and navigation."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

# Symbols of the sidebar by model, in the order of a group; what is not named here gets that of its family.
_SYMBOLS = {
    "scheduler.Job": "event_repeat",
    "scheduler.JobExecution": "play_circle",
    "scheduler.SchedulerProcess": "memory",
    "scheduler.SchedulerEvent": "notifications",
    "jquants.Coverage": "grid_on",
    "jquants.ListedCompany": "domain",
    "jquants.ListedCompanyHistory": "history",
    "jquants.DailyQuote": "candlestick_chart",
    "jquants.SessionQuote": "routine",
    "jquants.MorningQuote": "wb_twilight",
    "jquants.MinuteBar": "timer",
    "jquants.Tick": "bolt",
    "jquants.InvestorTypes": "groups",
    "jquants.EarningsAnnouncement": "event_upcoming",
    "jquants.TradingDay": "calendar_month",
    "jquants.Connection": "cable",
    "jquants.MarginInterest": "balance",
    "jquants.MarginAlert": "warning",
    "jquants.ShortRatio": "percent",
    "jquants.ShortSaleReport": "trending_down",
    "jquants.Breakdown": "stacked_bar_chart",
    "jquants.IndexBar": "show_chart",
    "jquants.TopixBar": "monitoring",
    "auth.User": "person",
    "auth.Group": "group",
    "knox.AuthToken": "key",
}
# The families of data sets, in order: what people call them, and the symbol of their tables.
_FAMILIES: dict[str, tuple[Any, str]] = {
    "equities": (_("Stocks"), "table"),
    "fins": (_("Financial statements"), "request_quote"),
    "markets": (_("Market"), "table"),
    "indices": (_("Indices"), "show_chart"),
    "derivatives": (_("Derivatives"), "ssid_chart"),
    "edinet": (_("EDINET"), "description"),
    "td": (_("TDnet"), "newspaper"),
}


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the sidebar: the dashboard, then the models that the reader may see, in groups."""
    from django.contrib import admin

    shown = {
        model["model"]._meta.label: model
        for app in admin.site.get_app_list(request)
        for model in app["models"]
        if model["admin_url"]
    }
    families = _families()
    groups = [
        _group(_("Scheduler"), shown, lambda label: label.startswith("scheduler.")),
        _group(_("Data"), shown, lambda label: label.startswith("jquants.") and label not in families),
        *(
            _group(title, shown, partial(_is_of, families, family), symbol) | {"collapsible": True}
            for family, (title, symbol) in _FAMILIES.items()
        ),
        _group(_("Accounts"), shown, lambda label: label.split(".")[0] in {"auth", "knox"}),
    ]
    dashboard = {"title": _("Dashboard"), "icon": "space_dashboard", "link": reverse_lazy("admin:index")}
    return [{"items": [dashboard]}, *(group for group in groups if group["items"])]


def _is_of(families: dict[str, str], family: str, label: str) -> bool:
    return families.get(label) == family


def _families() -> dict[str, str]:
    """Return the family of each model that keeps rows of a data set."""
    from jquants.datasets import ALL

    kept = {
        layout.model._meta.label: dataset.family for dataset in ALL for layout in (dataset, *dataset.related)
    }
    return kept | {"jquants.ListedCompany": "equities"}


def _group(
    title: Any, shown: dict[str, Any], has: Callable[[str], bool], symbol: str = "table"
) -> dict[str, Any]:
    known = list(_SYMBOLS)
    labels = [label for label in shown if has(label)]
    ordered = sorted(labels, key=lambda label: known.index(label) if label in known else len(known))
    items = [
        {
            "title": capfirst(str(shown[label]["name"])),
            "icon": _SYMBOLS.get(label, symbol),
            "link": shown[label]["admin_url"],
        }
        for label in ordered
    ]
    return {"title": title, "items": items}


UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "moo_markets",
    "SITE_HEADER": "moo_markets",
    "SITE_SUBHEADER": _("Japanese market data, kept complete"),
    "SITE_SYMBOL": "candlestick_chart",
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("scheduler/favicon.svg")}
    ],
    "SITE_URL": None,
    "SHOW_VIEW_ON_SITE": False,
    "ENVIRONMENT": "moo_markets.context.environment",
    "DASHBOARD_CALLBACK": "scheduler.admin.dashboard.context",
    "STYLES": [lambda request: static("scheduler/admin.css")],
    "SCRIPTS": [lambda request: static("scheduler/live.js")],
    "BORDER_RADIUS": "6px",
    "COLORS": {
        "primary": {
            "50": "oklch(97% .014 254.6)",
            "100": "oklch(93.2% .032 255.6)",
            "200": "oklch(88.2% .059 254.1)",
            "300": "oklch(80.9% .105 251.8)",
            "400": "oklch(70.7% .145 254.6)",
            "500": "oklch(60.3% .17 258)",
            "600": "oklch(51.6% .18 260)",
            "700": "oklch(45.8% .17 262)",
            "800": "oklch(39.4% .14 264)",
            "900": "oklch(34.9% .11 265)",
            "950": "oklch(27.2% .08 267)",
        },
    },
    "SIDEBAR": {"show_search": False, "navigation": navigation},
}
