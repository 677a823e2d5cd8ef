"""The forms of a job: its definition, and running it once with other parameters."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, TypeAlias, cast
from zoneinfo import available_timezones

from django import forms
from django.forms.utils import ErrorList
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from scheduler import calendars, job_types
from scheduler.admin.base import dress
from scheduler.admin.parameters import ParametersField, ParametersWidget
from scheduler.models import Job


class WithPreview(forms.TextInput):
    """A text field with what follows from it shown below."""

    def __init__(self, template: str, attrs: dict[str, str]) -> None:
        super().__init__(attrs)
        self.template = template

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        return render_to_string(
            self.template,
            {
                "input": super().render(name, value, attrs, renderer),
                "zones": _zones(),
            },
        )


@cache
def _zones() -> list[str]:
    return sorted(available_timezones())


class TagsField(forms.CharField):
    """A list of texts, written with commas between them."""

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        return [tag.strip() for tag in str(value or "").split(",") if tag.strip()]

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(self.to_python(data) != (initial or []))


if TYPE_CHECKING:
    JobModelForm: TypeAlias = forms.ModelForm[Job]
else:
    JobModelForm = forms.ModelForm


class JobForm(JobModelForm):
    job_type = forms.ChoiceField(label=_("Type"))
    calendar = forms.ChoiceField(label=_("Calendar"), required=False)
    parameters = ParametersField()
    tags = TagsField(label=_("Tags"), required=False, help_text=_("Separated by commas."))
    also_run_now = forms.BooleanField(
        label=_("Also run once now"),
        required=False,
        help_text=_(
            "Nothing runs by surprise: after saving, the job waits for its next time unless you tick this."
        ),
    )

    class Meta:
        model = Job
        fields = "__all__"
        help_texts = {
            "max_catchup": _("With “run the newest ones” above."),
            "max_retries": _("Attempts after the first one."),
        }
        widgets = {
            "schedule": WithPreview(
                "scheduler/schedule_input.html",
                {"placeholder": "0 6 * * *", "autocomplete": "off", "spellcheck": "false"},
            ),
            "timezone": WithPreview(
                "scheduler/timezone_input.html", {"list": "time-zones", "autocomplete": "off"}
            ),
            "description": forms.Textarea({"rows": 2}),
            "notes": forms.Textarea({"rows": 3}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._offer_types()
        if "calendar" in self.fields:
            field = cast("forms.ChoiceField", self.fields["calendar"])
            field.help_text = Job._meta.get_field("calendar").help_text
            field.choices = [("", _("none")), *calendars.choices()]
        if "parameters" in self.fields:
            slug = self.instance.job_type or self.initial.get("job_type", "") or _first_type()
            widget = cast("ParametersWidget", self.fields["parameters"].widget)
            widget.slug, widget.stored = slug, self.instance.parameters
        dress(self)

    def _offer_types(self) -> None:
        if "job_type" not in self.fields:
            return
        choices = [(known.slug, f"{known.label} ({known.slug})") for known in job_types.all_types()]
        current = self.instance.job_type
        if current and not job_types.is_registered(current):
            choices.append((current, _("%(slug)s (not installed)") % {"slug": current}))
        field = cast("forms.ChoiceField", self.fields["job_type"])
        field.choices = choices
        field.widget.attrs |= {
            "hx-get": reverse("admin:scheduler_job_parameters"),
            "hx-trigger": "change",
            "hx-target": "#job-parameters",
            "hx-swap": "outerHTML",
        }

    def clean_is_enabled(self) -> bool:
        """Refuse to enable what cannot work; a job that is enabled already may be edited whatever its type says."""
        is_enabled: bool = self.cleaned_data["is_enabled"]
        slug = self.cleaned_data.get("job_type", self.instance.job_type)
        is_news = not {"is_enabled", "job_type"}.isdisjoint(self.changed_data)
        if is_enabled and is_news and job_types.is_registered(slug):
            why = job_types.get(slug).unavailable()
            if why:
                raise forms.ValidationError(why)
        return is_enabled

    def _post_clean(self) -> None:
        """Keep the errors shown at the parameters themselves; the model would repeat them by their internal names."""
        marked = self.errors.get("parameters")
        kept = ErrorList([str(text) for text in marked]) if marked else None
        super()._post_clean()  # type: ignore[misc]
        if kept:
            self.errors["parameters"] = kept


class RunForm(forms.Form):
    """Parameters for one run, laid over the job's own, and why."""

    parameters = ParametersField()
    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        required=False,
        help_text=_("Kept with the execution, for whoever looks at it later."),
    )

    def __init__(self, job: Job, data: Any = None) -> None:
        super().__init__(data, initial={"parameters": job.parameters})
        field = cast("ParametersField", self.fields["parameters"])
        field.keep = job.parameters
        widget = cast("ParametersWidget", field.widget)
        widget.slug, widget.stored = job.job_type, job.parameters
        dress(self)


def _first_type() -> str:
    return next((known.slug for known in job_types.all_types()), "")
