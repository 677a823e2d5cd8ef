"""The one place that names the admin's theme: every ModelAdmin of the project derives from here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from django import forms
from django.forms.widgets import Input
from django.utils.functional import cached_property
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm
from unfold.paginator import InfinitePaginator as UncountedPaginator
from unfold.widgets import CHECKBOX_CLASSES, INPUT_CLASSES, SELECT_CLASSES, TEXTAREA_CLASSES

if TYPE_CHECKING:
    from django.contrib import admin
    from django.contrib.admin.views.main import ChangeList
    from django.core import paginator
    from django.http import HttpRequest

    ModelAdmin: TypeAlias = admin.ModelAdmin[Any]
    TabularInline: TypeAlias = admin.TabularInline[Any, Any]
    Paginator: TypeAlias = paginator.Paginator[Any]
else:
    from django.core.paginator import Paginator
    from unfold.admin import ModelAdmin, TabularInline
    from unfold.views import ChangeList

__all__ = [
    "AdminPasswordChangeForm",
    "BoundedPaginator",
    "ModelAdmin",
    "ReadOnlyModelAdmin",
    "TabularInline",
    "UncountedPaginator",
    "UserChangeForm",
    "UserCreationForm",
    "dress",
]

_CLASSES: tuple[tuple[type[forms.Widget], list[str]], ...] = (
    (forms.CheckboxInput, CHECKBOX_CLASSES),
    (forms.Textarea, TEXTAREA_CLASSES),
    (forms.Select, SELECT_CLASSES),
    (Input, INPUT_CLASSES),
)


class BoundedPaginator(Paginator):
    """Counts no further than anybody pages by hand, however long the table is; filters reach the rest."""

    LIMIT = 10_000  # rows

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        return int(rows.order_by()[: self.LIMIT].count())


class RecordList(ChangeList):
    """A list that tells how many rows there are only where that is known, and of which a search has found them."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        is_narrowed = bool(self.query or self.get_filters_params())
        if not is_narrowed or self.result_count == BoundedPaginator.LIMIT:
            self.full_result_count = self.result_count  # the theme writes neither then


class ReadOnlyModelAdmin(ModelAdmin):
    """A record that only the program writes: people look at it, whatever their permissions."""

    has_history = False  # of what people did to it

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        context["show_history"] = self.has_history
        return super().render_change_form(request, context, *args, **kwargs)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return RecordList

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def dress(form: forms.BaseForm) -> None:
    """Give the plain widgets of `form` the looks of the theme, and date fields the browser's date picker."""
    for field in form.fields.values():
        if type(field.widget) is forms.DateInput:
            field.widget = forms.DateInput({"type": "date"}, format="%Y-%m-%d")
        for kind, classes in _CLASSES:
            if isinstance(field.widget, kind):
                field.widget.attrs.setdefault("class", " ".join(classes))
                if type(field.widget) is forms.Select:
                    field.widget.template_name = "unfold/widgets/select.html"
                break
