"""Help texts of fields: where a value comes from, and its unit."""

from __future__ import annotations

from django.utils.functional import Promise, lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

YEN = _("yen")
MILLION_YEN = _("million yen")
THOUSAND_YEN = _("thousand yen")
SHARES = _("shares")
PERCENT = _("percent")
RATIO = _("as a ratio: 0.05 is 5 %")
TIMES = _("times")


def _api(key: str, unit: str | Promise | None = None) -> str:
    if unit:
        return gettext("“%(key)s” of the API; %(unit)s.") % {"key": key, "unit": unit}
    return gettext("“%(key)s” of the API.") % {"key": key}


api = lazy(_api, str)  # api("Sales", YEN): the key in the answer, and the unit
