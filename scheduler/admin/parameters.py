"""The parameters of a job as the fields of its type's form, stored as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from scheduler import job_types
from scheduler.admin.base import dress
from scheduler.errors import UnknownJobType

_EMPTY: tuple[Any, ...] = (None, "", [])  # and False, which must not swallow 0


def form_for(
    slug: str, *, prefix: str, data: Mapping[str, Any] | None = None, initial: Mapping[str, Any] | None = None
) -> forms.Form:
    """Return the form of the type called `slug`, dressed. Raises UnknownJobType."""
    form = job_types.get(slug).parameters(data=data, prefix=prefix, initial=dict(initial or {}))
    dress(form)
    return form


def as_json(cleaned: Mapping[str, Any], *, keep: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return `cleaned` as JSON values, without what was left empty unless `keep` has a value to overrule."""
    given = {
        name: value
        for name, value in cleaned.items()
        if not (value is False or value in _EMPTY) or name in (keep or {})
    }
    plain: dict[str, Any] = json.loads(json.dumps(given, cls=DjangoJSONEncoder))
    return plain


class ParametersWidget(forms.Widget):
    """Renders the type's form inside another form.

    The type is the one posted as `job_type`, else `slug`. With a type nobody provides, what is stored is shown
    as it is and comes back unchanged.
    """

    def __init__(self, slug: str = "", stored: Mapping[str, Any] | None = None) -> None:
        super().__init__()
        self.slug = slug
        self.stored = dict(stored or {})

    def value_from_datadict(
        self, data: Mapping[str, Any], files: object, name: str
    ) -> forms.Form | dict[str, Any]:
        try:
            return form_for(data.get("job_type", self.slug), prefix=name, data=data)
        except UnknownJobType:
            return self.stored

    def value_omitted_from_data(self, data: Mapping[str, Any], files: object, name: str) -> bool:
        return False  # a form of checkboxes alone posts nothing

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        try:
            form = value if isinstance(value, forms.Form) else form_for(self.slug, prefix=name, initial=value)
        except UnknownJobType:
            stored = json.dumps(self.stored, ensure_ascii=False, indent=2)
            return render_to_string("scheduler/parameters.html", {"stored": stored})
        return render_to_string("scheduler/parameters.html", {"form": form})


class ParametersField(forms.Field):
    """A JSON object made of the fields of a job type's form."""

    widget = ParametersWidget

    def __init__(self, *, slug: str = "", stored: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        self.keep: Mapping[str, Any] = {}
        super().__init__(
            required=False, label=_("Parameters"), widget=ParametersWidget(slug, stored), **kwargs
        )

    def prepare_value(self, value: Any) -> Any:
        return value

    def clean(self, value: forms.Form | dict[str, Any]) -> dict[str, Any]:
        if not isinstance(value, forms.Form):
            return value
        if not value.is_valid():
            raise ValidationError([*value.non_field_errors()] or _("Correct the parameters marked here."))
        return as_json(value.cleaned_data, keep=self.keep)

    def has_changed(self, initial: Any, data: Any) -> bool:
        if not isinstance(data, forms.Form):
            return False
        return not data.is_valid() or as_json(data.cleaned_data) != (initial or {})


def told(slug: str, values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield label and value of each parameter that is set, as the form of the type has them; others as they are."""
    fields = job_types.get(slug).parameters().fields if job_types.is_registered(slug) else {}
    order = [*fields, *sorted(values.keys() - fields.keys())]
    for name in order:
        value = values.get(name)
        if value is False or value in _EMPTY:
            continue
        field = fields.get(name)
        label = field.label if field is not None and field.label else name
        yield str(label), _written(field, value)


def _written(field: forms.Field | None, value: Any) -> str:
    if value is True:
        return pgettext("a parameter", "yes")
    if isinstance(field, forms.ChoiceField):
        choices: Any = field.choices
        return str(dict(choices).get(value, value))
    return json.dumps(value, ensure_ascii=False) if isinstance(value, (list, dict)) else str(value)
