from argparse import ArgumentTypeError
from datetime import timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from knox.models import get_token_model
from knox.settings import knox_settings

from scheduler import audit
from scheduler.audit import Actor

LONGEST_DAYS = 3650


def days(text: str) -> timedelta:
    """Parse the life of a token."""
    if not (text.isascii() and text.isdecimal() and 1 <= int(text) <= LONGEST_DAYS):
        raise ArgumentTypeError(
            _("“%(value)s” is not a number of days from 1 to %(limit)s.")
            % {"value": text, "limit": LONGEST_DAYS}
        )
    return timedelta(days=int(text))


class Command(BaseCommand):
    help = _("Print a new token of a user for the JSON API. It is shown this once; only its hash is kept.")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username", help=_("whose token it is"))
        parser.add_argument(
            "--days",
            dest="life",
            type=days,
            default=knox_settings.TOKEN_TTL,
            metavar="N",
            help=_("how many days the token works (default: %(days)s)")
            % {"days": knox_settings.TOKEN_TTL.days},
        )

    def handle(self, *, username: str, life: timedelta, **options: Any) -> None:
        user = get_user_model().objects.filter(username=username).first()
        if user is None or not user.is_active:
            raise CommandError(
                _(
                    "There is no active user “%(name)s”. Create one with “manage.py createsuperuser” or in the admin."
                )
                % {"name": username}
            )
        with transaction.atomic():
            stored, token = get_token_model().objects.create(user=user, expiry=life)
            expiry = localtime(stored.expiry).strftime("%Y-%m-%d %H:%M %Z")
            audit.record(Actor.on_command_line(), user, "audit_token_created", expiry=expiry)
        self.stderr.write(
            _("Valid until %(expiry)s. Send it as “Authorization: Token ...”. It is not shown again.")
            % {"expiry": expiry}
        )
        self.stdout.write(token)
