"""The parameters of the job types."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from jquants.ranges import reversed_range

LONGEST_RANGE = 5_000  # trading days: twenty years


class ListedCompaniesForm(forms.Form):
    date = forms.DateField(
        label=_("Date"),
        required=False,
        help_text=_("The list as of this day; today's when empty."),
    )
    force = forms.BooleanField(
        label=_("Fetch again"), required=False, help_text=_("Also when the day's list is stored already.")
    )


class DailyForm(forms.Form):
    """Which days of a data set that is published daily."""

    date = forms.DateField(label=_("Date"), required=False, help_text=_("One day only."))
    date_from = forms.DateField(label=_("From"), required=False)
    date_to = forms.DateField(label=_("To"), required=False, help_text=_("The newest day when empty."))
    days = forms.IntegerField(
        label=_("Newest trading days"),
        required=False,
        min_value=1,
        max_value=LONGEST_RANGE,
        help_text=_("How many to keep complete when no date is given; 10 when empty."),
    )
    force = forms.BooleanField(
        label=_("Fetch again"), required=False, help_text=_("Also days that are stored already.")
    )

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        first, last = given.get("date_from"), given.get("date_to")
        ways = [given.get("date"), first or last, given.get("days")]
        if sum(way is not None for way in ways) > 1:
            raise forms.ValidationError(
                _("Give one date, or a range, or a number of trading days; not several of them."),
                code="several",
            )
        if last and not first:
            self.add_error("date_from", _("A range needs its first day."))
        elif first and last and first > last:
            self.add_error("date_to", reversed_range(first, last))
        return given


class BackfillForm(forms.Form):
    """What to fetch of the past."""

    dataset = forms.ChoiceField(label=_("Data set"), required=False, help_text=_("All of them when empty."))
    date_from = forms.DateField(
        label=_("From"), required=False, help_text=_("Where the plan begins when empty.")
    )
    date_to = forms.DateField(label=_("To"), required=False, help_text=_("The newest day when empty."))
    only = forms.ChoiceField(label=_("What"), required=False)
    order = forms.ChoiceField(label=_("Order"), required=False)
    source = forms.ChoiceField(label=_("Source"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        from jquants.backfill.request import Only, Order, Source
        from jquants.datasets import ALL

        fields: Any = self.fields
        fields["dataset"].choices = [
            ("", _("all data sets")),
            *((dataset.slug, dataset.label) for dataset in ALL),
        ]
        for name, usual in (("only", Only.MISSING), ("order", Order.NEWEST), ("source", Source.AUTO)):
            unchosen = _("default: %(choice)s") % {"choice": usual.label}
            fields[name].choices = [("", unchosen), *type(usual).choices]

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        first, last = given.get("date_from"), given.get("date_to")
        if first and last and first > last:
            self.add_error("date_to", reversed_range(first, last))
        return given
