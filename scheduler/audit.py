"""One audit row for each change a person makes (R47): Django's LogEntry, with the channel it came by."""

from __future__ import annotations

import getpass
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.db import models

if TYPE_CHECKING:
    from django.contrib.auth.models import User


class Channel(models.TextChoices):
    """How a change reached us; stored, so never translated."""

    ADMIN = "admin"
    API = "api"
    COMMAND = "command line"


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
            username=f"{getpass.getuser()}@command-line"[:150], defaults={"is_active": False}
        )
        if is_new:
            user.set_unusable_password()
            user.save(update_fields=["password"])
        return cls(user, Channel.COMMAND)


def record(actor: Actor, changed: models.Model, what: str) -> None:
    """Write the audit row; call it in the transaction of the change. `what` is constant English."""
    LogEntry.objects.create(
        user=actor.user,
        content_type=ContentType.objects.get_for_model(changed),
        object_id=str(changed.pk),
        object_repr=str(changed)[:200],
        action_flag=CHANGE,
        change_message=json.dumps([{"changed": {"name": actor.channel.value, "object": what}}]),
    )
