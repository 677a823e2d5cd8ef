"""The sentences of the J-Quants jobs beside those of the client (jquants.messages)."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SENTENCES: dict[str, str | Promise] = {
    "backfill_failed": _(
        "%(failed)s of %(total)s partitions could not be stored; the coverage says why. The others were."
    ),
    "conflicting_rows": _(
        "J-Quants sent two different rows for %(row)s (%(dataset)s). Nothing of that day was stored."
    ),
    "file_too_large": _("The file is larger than any that is expected (%(detail)s). It was not stored."),
    "future_date": _("There are no data of a day that has not come (%(detail)s). Give an earlier day."),
    "missing_field": _(
        "The row %(row)s that J-Quants sent (%(dataset)s) lacks %(field)s. Nothing of that day was stored. "
        "Its API may have changed: look for a newer version of this site."
    ),
    "no_api_key": _(
        "No J-Quants API key is set. Put JQUANTS_API_KEY=... into .env, with a key from "
        "https://jpx-jquants.com/dashboard/api-keys."
    ),
    "no_disclosure": _("No disclosure is named. Give its number: 14 digits, such as 20261120123456."),
    "no_rows": _("J-Quants sent nothing (%(dataset)s), though there is always something. Try again later."),
    "not_published_yet": _("J-Quants has not published %(date)s yet. It is asked again in a while."),
    "partly_published": _("J-Quants has published only a part of %(date)s. It is asked again in a while."),
    "undecodable_value": _(
        "In the row %(row)s that J-Quants sent (%(dataset)s), %(field)s is %(value)s, not %(expected)s. "
        "Nothing of that day was stored."
    ),
    "wrong_header": _(
        "The first line of the CSV file (%(dataset)s) lacks %(lacking)s; twice in it: %(twice)s. Nothing of the file "
        "was stored. Its form may have changed: look for a newer version of this site."
    ),
    "wrong_line": _(
        "Line %(line)s of the CSV file (%(dataset)s) has %(cells)s cells, not %(expected)s. "
        "Nothing of the file was stored."
    ),
    "wrong_day": _(
        "The row %(row)s that J-Quants sent (%(dataset)s) is not of %(day)s. Nothing of that day was stored."
    ),
}
