"""The pages that show how complete the data sets are, and fetch what is not."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jquants.backfill.request import Estimate, NoBackfillJobError, Request, estimated, queue_backfill
from jquants.coverage import heatmap, states
from jquants.coverage.states import State, Survey
from jquants.datasets import ALL, Dataset
from jquants.forms import BackfillForm
from jquants.plan import subscription
from scheduler import messages as sentences
from scheduler.admin import verbs
from scheduler.admin.base import dress
from scheduler.errors import SchedulerError
from scheduler.presentation.cells import execution_link

MAP, MAP_OF = "admin:jquants_coverage_map", "admin:jquants_coverage_map_of"
SHOWN_GAPS = 200
VIEW = "jquants.view_coverage"


class FetchForm(BackfillForm):
    """A backfill of the data set of the page."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["dataset"]
        for name, value in (("only", "missing"), ("order", "newest"), ("source", "auto")):
            fields: Any = self.fields
            fields[name].choices = fields[name].choices[1:]
            self.fields[name].initial = value
        dress(self)


def overview(request: HttpRequest, site: Any) -> HttpResponse:
    """Show all data sets, each with how many of its partitions are here."""
    _require(request, VIEW)
    surveys = states.survey(ALL, timezone.now())
    context = {
        **site.each_context(request),
        "title": _("Coverage"),
        "lines": [{"survey": survey, "parts": _parts(survey)} for survey in surveys],
        "states": State,
        "gaps": sum(not survey.is_complete for survey in surveys),
    }
    return TemplateResponse(request, "jquants/coverage.html", context)


def _parts(survey: Survey) -> list[dict[str, Any]]:
    """Return the bar of a data set: how wide each state is, in percent."""
    total = len(survey.states)
    if not total and survey.window is None:
        return [{"state": State.REFUSED, "count": 0, "width": 100}]
    return [
        {"state": state, "count": survey.counts[state], "width": round(100 * survey.counts[state] / total, 2)}
        for state in State
        if survey.counts[state]
    ]


def of_dataset(request: HttpRequest, site: Any, slug: str) -> HttpResponse:
    """Show the calendar and the gaps of one data set; with days in the query also what fetching them takes."""
    _require(request, VIEW)
    dataset = _dataset(slug)
    now = timezone.now()
    [survey] = states.survey([dataset], now)
    form = FetchForm(request.GET if "date_from" in request.GET else None)
    gaps = list(survey.ranges())
    context = {
        **site.each_context(request),
        "title": str(dataset.label),
        "dataset": dataset,
        "survey": survey,
        "parts": _parts(survey),
        "lack": subscription.current().lack(dataset),
        "years": list(heatmap.years(survey)) if survey.has_days else [],
        "width": heatmap.WIDTH,
        "side": heatmap.SIDE,
        "gaps": gaps[::-1][:SHOWN_GAPS],
        "hidden_gaps": max(0, len(gaps) - SHOWN_GAPS),
        "form": form,
        "estimate": _estimate(dataset, form, now),
        "states": State,
        "may_fetch": request.user.has_perm(verbs.RUN),
    }
    return TemplateResponse(request, "jquants/coverage_of.html", context)


def _estimate(dataset: Dataset, form: FetchForm, now: Any) -> Estimate | None:
    if not form.is_valid():
        return None
    return estimated(Request.of(form.cleaned_data | {"dataset": dataset.slug}), now)[0]


def fetch(request: HttpRequest, slug: str = "") -> HttpResponse:
    """Queue a backfill of one data set, or of all."""
    verbs.require(request, verbs.RUN)
    _require(request, VIEW)
    form = FetchForm(request.POST)
    target = reverse(MAP_OF, args=[_dataset(slug).slug]) if slug else reverse(MAP)
    if not form.is_valid():
        messages.error(request, " ".join(_errors(form)))
        return HttpResponseRedirect(target)
    try:
        queued = queue_backfill(form.cleaned_data | {"dataset": slug}, verbs.actor(request))
    except (SchedulerError, NoBackfillJobError) as error:
        why = sentences.render(error.code, error.params) if isinstance(error, SchedulerError) else ""
        messages.error(request, why or str(error))
    else:
        text = gettext_lazy("The backfill is queued as {execution}.")
        messages.success(request, format_html(str(text), execution=execution_link(queued.pk)))
    return HttpResponseRedirect(target)


def _errors(form: forms.Form) -> list[str]:
    return [f"{name}: {text}" for name, texts in form.errors.items() for text in texts]


def _dataset(slug: str) -> Dataset:
    found = next((dataset for dataset in ALL if dataset.slug == slug), None)
    if found is None:
        raise Http404
    return found


def _require(request: HttpRequest, permission: str) -> None:
    if not request.user.has_perm(permission):
        raise PermissionDenied
