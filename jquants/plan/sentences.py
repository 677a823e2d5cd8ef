"""The sentences of the connection check: the names of its parts, and what each came to."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SENTENCES: dict[str, str | Promise] = {
    "check_source": _("Database"),
    "check_reach": _("Reachability"),
    "check_key": _("API key"),
    "check_plan": _("Plan"),
    "check_window": _("Days covered"),
    "check_addons": _("Add-ons"),
    "check_clock": _("Clock"),
    "check_limits": _("Rate limit"),
    "check_source_ok": _("This database takes data of %(base_url)s."),
    "check_reach_ok": _("%(base_url)s has answered all questions in %(time)s s."),
    "check_key_ok": _("J-Quants accepts the key."),
    "check_plan_ok": _("%(plan)s, as JQUANTS_PLAN says."),
    "check_plan_found": _("%(plan)s, as J-Quants shows."),
    "check_plan_wrong": _(
        "JQUANTS_PLAN is %(told)s, but J-Quants treats the key as one of the plan %(plan)s. "
        "Set JQUANTS_PLAN=%(found)s, or auto."
    ),
    "check_window_ok": _("%(window)s, as J-Quants says."),
    "check_window_untold": _("J-Quants did not say which days the plan covers."),
    "check_addons_none": _("None."),
    "check_addons_minute": _("minute bars and ticks"),
    "check_addons_tdnet": _("TDnet disclosures"),
    "check_addons_minute_tdnet": _("minute bars and ticks, TDnet disclosures"),
    "check_addons_wrong": _(
        "JQUANTS_ADDONS is “%(told)s”, but J-Quants shows “%(found)s”. Set JQUANTS_ADDONS=%(found)s, or auto."
    ),
    "check_clock_ok": _("It agrees with that of J-Quants to within %(seconds)s s."),
    "check_clock_ahead": _(
        "This machine's clock is %(seconds)s s ahead of that of J-Quants. Set it right (NTP): schedules and "
        "the rate limit go by it."
    ),
    "check_clock_behind": _(
        "This machine's clock is %(seconds)s s behind that of J-Quants. Set it right (NTP): schedules and "
        "the rate limit go by it."
    ),
    "check_limits_ok": _("%(remaining)s of %(limit)s requests a minute are left."),
    "check_limits_paused": _(
        "J-Quants has refused a request for its rate limit; everybody waits until %(until)s. Check that "
        "JQUANTS_PLAN is your plan and that no other program uses the key."
    ),
    "check_quoted": _("%(sentence)s J-Quants says: “%(message)s”"),
    "check_failed": _("The connection check found problems. %(detail)s"),
    "plan_unclear": _(
        "What J-Quants answers does not tell the plan of the key. Set JQUANTS_PLAN to it, instead of auto."
    ),
}
