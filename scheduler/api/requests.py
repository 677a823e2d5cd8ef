"""The bodies of the verbs."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from scheduler.api.fields import StrictBooleanField, StrictSerializer

REASON_LENGTH = 200  # as the columns that keep it


class SchedulerSwitchSerializer(StrictSerializer):
    """Pause or resume the whole scheduler."""

    enabled = StrictBooleanField()
    reason = serializers.CharField(
        required=False,
        default="",
        allow_blank=True,
        max_length=REASON_LENGTH,
        help_text=_("Why it is paused."),
    )


class EmptySerializer(StrictSerializer):
    """A verb that needs no more to be said."""


class JobSwitchSerializer(StrictSerializer):
    """Enable or disable one job."""

    enabled = StrictBooleanField()
    also_run = StrictBooleanField(
        required=False, default=False, help_text=_("When enabling: also run it once, now.")
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["also_run"] and not attrs["enabled"]:
            raise serializers.ValidationError(
                {"also_run": _("Disabling and running at once contradict each other. To run it, use “run”.")}
            )
        return attrs


class RunSerializer(StrictSerializer):
    """Run a job now."""

    parameters = serializers.DictField(
        required=False, default=dict, help_text=_("Laid over the job's own parameters, for this run only.")
    )
    reason = serializers.CharField(
        required=False,
        default="",
        allow_blank=True,
        max_length=REASON_LENGTH,
        help_text=_("Kept with the run."),
    )


class CancelSerializer(StrictSerializer):
    """Cancel an execution."""

    reason = serializers.CharField(
        required=False,
        default="",
        allow_blank=True,
        max_length=REASON_LENGTH,
        help_text=_("Kept with the run."),
    )
