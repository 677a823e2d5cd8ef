"""One audit row for each change a person makes (R47): Django's LogEntry, with the channel it came by."""

from __future__ import annotations

import getpass
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.translation import gettext_lazy as _

from scheduler import messages

if TYPE_CHECKING:
    from django.contrib.auth.models import User


class Channel(models.TextChoices):
    """How a change reached us."""

    ADMIN = "admin", _("admin")
    API = "api", _("API")
    COMMAND = "command", _("command line")


@dataclass(frozen=True)
class Actor:
    """Who asks for a change, and by which channel."""

    user: User
    channel: Channel

    @property
    def name(self) -> str:
        return self.user.get_username()

    @classmethod
    def on_command_line(cls) -> Actor:
        """Return the actor of a command: an account of its own that nobody can log in with."""
        user, is_new = get_user_model().objects.get_or_create(
            username=f"{_login()}@command-line"[:150], defaults={"is_active": False}
        )
        if is_new:
            user.set_unusable_password()
            user.save(update_fields=["password"])
        return cls(user, Channel.COMMAND)


def _login() -> str:
    """Return the name of who types the command; its number where it has none, as in some containers."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid-{os.getuid()}"


def record(actor: Actor, changed: models.Model, code: str, *, flag: int = CHANGE, **params: Any) -> LogEntry:
    """Write and return the audit row of a change; call it in the transaction of the change.

    `code` and `params` name a sentence of `scheduler.messages`, so that each reader gets it in their language.
    """
    return LogEntry.objects.create(
        user=actor.user,
        content_type=ContentType.objects.get_for_model(changed),
        object_id=str(changed.pk),
        object_repr=str(changed)[:200],
        action_flag=flag,
        change_message=_message(actor, code, params),
    )


def _message(actor: Actor, code: str, params: Mapping[str, Any]) -> str:
    return json.dumps({"code": code, "params": params, "channel": actor.channel.value})


class Tally:
    """The audit row of a change that takes many transactions: written in the first, brought up to date in each."""

    def __init__(self, actor: Actor, changed: models.Model, code: str, **counts: int) -> None:
        self.actor = actor
        self.changed = changed
        self.code = code
        self.counts = counts
        self._entry: LogEntry | None = None

    def add(self, **more: int) -> None:
        """Add to the counts that the row tells; call it in the transaction of the change."""
        self.counts |= {name: self.counts[name] + count for name, count in more.items()}
        if self._entry is None:
            self._entry = record(self.actor, self.changed, self.code, **self.counts)
        self._entry.change_message = _message(self.actor, self.code, self.counts)
        self._entry.save(update_fields=["change_message"])


def sentence(entry: LogEntry) -> str:
    """Return what an audit row says, in the active language; also for rows that Django itself wrote."""
    if not entry.change_message.startswith('{"code"'):
        return entry.get_change_message()
    said = json.loads(entry.change_message)
    channel = Channel(said["channel"]).label
    return f"{messages.render(said['code'], said['params'])} ({channel})".strip()
