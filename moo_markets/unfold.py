"""The theme of the admin: its name, colours, styles and navigation."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

# Symbols of the sidebar by model; what is not named here gets a plain table.
_SYMBOLS = {
    "scheduler.Job": "event_repeat",
    "scheduler.JobExecution": "play_circle",
    "scheduler.SchedulerProcess": "memory",
    "scheduler.SchedulerEvent": "notifications",
    "jquants.ListedCompany": "domain",
    "jquants.ListedCompanyHistory": "history",
    "jquants.DailyQuote": "candlestick_chart",
    "jquants.TradingDay": "calendar_month",
    "jquants.Coverage": "grid_on",
    "jquants.Connection": "cable",
    "auth.User": "person",
    "auth.Group": "group",
    "knox.AuthToken": "key",
}
# Which apps make up a group of the sidebar, in order; apps not named here follow under their own names.
_GROUPS: tuple[tuple[Any, tuple[str, ...]], ...] = (
    (_("Scheduler"), ("scheduler",)),
    (_("Data"), ("jquants",)),
    (_("Accounts"), ("auth", "knox")),
)


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the sidebar: the dashboard, then the models of each group that the reader may see."""
    from django.contrib import admin

    apps = {app["app_label"]: app for app in admin.site.get_app_list(request)}
    groups = [
        {"title": title, "items": _items([apps.pop(label) for label in labels if label in apps])}
        for title, labels in _GROUPS
    ]
    others = [{"title": app["name"], "items": _items([app])} for app in apps.values()]
    dashboard = {"title": _("Dashboard"), "icon": "space_dashboard", "link": reverse_lazy("admin:index")}
    return [{"items": [dashboard]}, *(group for group in (*groups, *others) if group["items"])]


def _items(apps: list[dict[str, Any]]) -> list[dict[str, Any]]:
    models = {
        model["model"]._meta.label: model for app in apps for model in app["models"] if model["admin_url"]
    }
    known = list(_SYMBOLS)
    ordered = sorted(models, key=lambda label: known.index(label) if label in known else len(known))
    return [
        {
            "title": capfirst(str(models[label]["name"])),
            "icon": _SYMBOLS.get(label, "table"),
            "link": models[label]["admin_url"],
        }
        for label in ordered
    ]


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
