"""The JSON API: the verbs of `scheduler.control` for other programs."""

from django.utils.translation import gettext_lazy as _

from scheduler import messages

messages.register(
    {
        "audit_created": _("Created."),
        "audit_token_created": _("Created an API token, valid until %(expiry)s."),
    }
)
