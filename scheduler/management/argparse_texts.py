"""argparse in the language of the site.

It asks the standard library's gettext, which finds neither our catalogue nor the active language; `translate` has it
ask Django's. TEXTS are what our commands can come to say, word for word as in argparse, so that they stay in the
catalogue; what a version of Python words otherwise is told in English.
"""

import argparse

from django.utils.translation import gettext, gettext_noop, ngettext, ngettext_lazy

TEXTS = (
    gettext_noop("usage: "),
    gettext_noop("positional arguments"),
    gettext_noop("options"),
    gettext_noop("show this help message and exit"),
    gettext_noop("%(prog)s: error: %(message)s\n"),
    gettext_noop("argument %(argument_name)s: %(message)s"),
    gettext_noop("the following arguments are required: %s"),
    gettext_noop("one of the arguments %s is required"),
    gettext_noop("unrecognized arguments: %s"),
    gettext_noop("not allowed with argument %s"),
    gettext_noop("ignored explicit argument %r"),
    gettext_noop("expected one argument"),
    gettext_noop("expected at most one argument"),
    gettext_noop("expected at least one argument"),
    ngettext_lazy("expected %s argument", "expected %s arguments"),
    gettext_noop("ambiguous option: %(option)s could match %(matches)s"),
    gettext_noop("invalid %(type)s value: %(value)r"),
    gettext_noop("invalid choice: %(value)r (choose from %(choices)s)"),
)


def translate() -> None:
    """Have argparse word what it says in the active language of Django, for this process."""
    for name, function in {"_": gettext, "ngettext": ngettext}.items():
        setattr(argparse, name, function)
