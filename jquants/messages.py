"""The sentence a person reads for each error, in the person's language."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

SENTENCES: dict[str, str | Promise] = {
    "error": _("J-Quants could not be read at %(path)s."),
    "access": _("J-Quants refuses access to %(path)s. Check the API key, the plan and the base URL."),
    "api_key": _(
        "J-Quants does not accept the API key. Copy it again from "
        "https://jpx-jquants.com/dashboard/api-keys into JQUANTS_API_KEY."
    ),
    "plan": _(
        "Your J-Quants plan does not include %(path)s. Choose a higher plan at J-Quants, or disable the job."
    ),
    "unknown_path": _("J-Quants does not know the path %(path)s. Check JQUANTS_BASE_URL: it ends in /v2."),
    "window": _(
        "The dates are outside what your J-Quants plan covers (%(window)s). "
        "Ask for dates inside it, or choose a higher plan."
    ),
    "refused_parameter": _("J-Quants refuses the parameters of %(path)s: “%(said)s”. Correct what it names."),
    "too_large": _(
        "The answer of %(path)s is too large for J-Quants. Ask for one day or one code at a time."
    ),
    "rate_limit": _(
        "J-Quants refuses more requests for now. Wait a few minutes; check that JQUANTS_PLAN is your plan "
        "and that no other program uses the key."
    ),
    "server": _(
        "J-Quants has trouble answering (status %(status)s). Try again later; nothing is wrong on your side."
    ),
    "unreachable": _(
        "J-Quants cannot be reached (%(detail)s). Check this machine's network and JQUANTS_BASE_URL."
    ),
    "no_answer": _("J-Quants did not answer in time (%(detail)s). Try again later."),
    "malformed": _(
        "J-Quants answered something unexpected at %(path)s (%(detail)s). "
        "Its API may have changed: look for a newer version of this site."
    ),
    "unreadable": _("The answer of %(path)s arrived damaged (%(detail)s). Try again later."),
    "paging_loop": _(
        "J-Quants sends the same page of %(path)s again and again. Nothing was stored; try again later."
    ),
    "other_source": _(
        "Stand-in data and real data are not mixed in one database: this one holds data of %(stored)s, and those "
        "of %(asked)s were to be fetched. Set DATABASE_URL to another database; if what is here came from "
        "`make demo`, that goes on with it."
    ),
}


# What the client logs; it knows no Django, and these are told in the language of who reads the log.
LOGGED = (
    gettext_noop("A later page was refused, starting anew: %(error)s"),
    gettext_noop("J-Quants request failed, trying again: %(error)s"),
    gettext_noop("Waiting %(seconds).1f s for the rate limit"),
)
