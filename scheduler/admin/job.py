from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from scheduler import audit, control
from scheduler.admin import job_columns, live, verbs
from scheduler.admin.base import ModelAdmin
from scheduler.admin.job_columns import JobButtons, JobColumns
from scheduler.admin.job_filters import ArchivedFilter, LastResultFilter, TypeFilter
from scheduler.admin.job_form import JobForm, RunForm
from scheduler.admin.previews import parameters_view, schedule_view
from scheduler.errors import NotArchived
from scheduler.models import Job

if TYPE_CHECKING:
    from django import forms
    from django.contrib.admin.models import LogEntry


class JobList(ChangeList):
    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        job_columns.attach_newest(self.result_list)


@admin.register(Job)
class JobAdmin(ModelAdmin):
    form = JobForm
    search_fields = ("name", "description", "job_type")
    search_help_text = _("Name, description or type")
    list_filter = ("is_enabled", TypeFilter, LastResultFilter, ArchivedFilter)
    list_per_page = 100
    list_fullwidth = True
    actions = (
        "run_selected",
        "enable_selected",
        "disable_selected",
        "cancel_selected",
        "archive_selected",
        "restore_selected",
    )
    fieldsets = (
        (_("What"), {"fields": ("name", "job_type", "parameters", "description")}),
        (_("When"), {"fields": ("schedule", "timezone", "calendar", "is_enabled", "also_run_now")}),
        (
            _("Rules"),
            {
                "fields": (
                    "overlap_policy",
                    "missed_policy",
                    ("max_catchup", "start_deadline_seconds"),
                    ("timeout_seconds", "warn_after_seconds"),
                    ("max_retries", "retry_backoff_seconds"),
                    ("retry_timeouts", "orphan_policy"),
                    ("keep_days", "keep_runs"),
                )
            },
        ),
        (_("Notes"), {"fields": ("tags", "notes")}),
    )

    # --- The list -----------------------------------------------------------------------------------

    def get_list_display(self, request: HttpRequest) -> Any:
        return JobColumns(request).all()

    def get_fieldsets(self, request: HttpRequest, obj: Job | None = None) -> Any:
        """Offer to run once now only to those who may."""
        fieldsets = super().get_fieldsets(request, obj)
        if self.has_run_permission(request):
            return fieldsets
        return [
            (title, {**options, "fields": [name for name in options["fields"] if name != "also_run_now"]})
            for title, options in fieldsets
        ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Job]:
        return job_columns.with_last_result(super().get_queryset(request))

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return JobList

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        response = super().changelist_view(request, extra_context)
        return live.only_news(request, response, "scheduler/list_news.html")

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Leave out deleting many at once: a job is archived, and then deleted on a page of its own."""
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    def has_run_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(verbs.RUN)

    def has_cancel_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(verbs.CANCEL)

    @admin.action(description=_("Run now"), permissions=["run"])
    def run_selected(self, request: HttpRequest, queryset: QuerySet[Job]) -> None:
        verbs.tell(request, [verbs.run(request, job) for job in queryset])

    @admin.action(description=_("Enable"), permissions=["change"])
    def enable_selected(self, request: HttpRequest, queryset: QuerySet[Job]) -> None:
        verbs.tell(request, [verbs.switch(request, job, enabled=True) for job in queryset])

    @admin.action(description=_("Disable"), permissions=["change"])
    def disable_selected(self, request: HttpRequest, queryset: QuerySet[Job]) -> None:
        verbs.tell(request, [verbs.switch(request, job, enabled=False) for job in queryset])

    @admin.action(description=_("Cancel"), permissions=["cancel"])
    def cancel_selected(self, request: HttpRequest, queryset: QuerySet[Job]) -> None:
        verbs.tell(request, [outcome for job in queryset for outcome in verbs.cancel_active(request, job)])

    @admin.action(description=_("Archive"), permissions=["change"])
    def archive_selected(self, request: HttpRequest, queryset: QuerySet[Job]) -> None:
        verbs.tell(request, [verbs.put_away(request, job) for job in queryset])

    @admin.action(description=_("Restore"), permissions=["change"])
    def restore_selected(self, request: HttpRequest, queryset: QuerySet[Job]) -> None:
        verbs.tell(request, [verbs.restore(request, job) for job in queryset])

    # --- The buttons --------------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        def view(route: str, name: str, function: Any) -> URLPattern:
            pattern: URLPattern = path(
                route, self.admin_site.admin_view(function), name=f"scheduler_job_{name}"
            )
            return pattern

        return [
            view("schedule/", "schedule", schedule_view),
            view("parameters/", "parameters", parameters_view),
            view("<int:pk>/run/", "run", require_POST(self.run_view)),
            view("<int:pk>/enable/", "enable", require_POST(self.enable_view)),
            view("<int:pk>/disable/", "disable", require_POST(self.disable_view)),
            view("<int:pk>/cancel/", "cancel", require_POST(self.cancel_view)),
            view("<int:pk>/archive/", "archive", require_POST(self.archive_view)),
            view("<int:pk>/restore/", "restore", require_POST(self.restore_view)),
            view("<int:pk>/run-with/", "run_with", self.run_with_view),
            *super().get_urls(),
        ]

    def _asked(self, request: HttpRequest, pk: int, permission: str) -> Job:
        verbs.require(request, permission)
        return get_object_or_404(Job, pk=pk)

    def _answer(self, request: HttpRequest, *outcomes: verbs.Outcome) -> HttpResponse:
        verbs.tell(request, outcomes)
        return verbs.back(request, reverse("admin:scheduler_job_changelist"))

    def run_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._answer(request, verbs.run(request, self._asked(request, pk, verbs.RUN)))

    def enable_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._answer(
            request, verbs.switch(request, self._asked(request, pk, verbs.CHANGE), enabled=True)
        )

    def disable_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._answer(
            request, verbs.switch(request, self._asked(request, pk, verbs.CHANGE), enabled=False)
        )

    def cancel_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._answer(request, *verbs.cancel_active(request, self._asked(request, pk, verbs.CANCEL)))

    def archive_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._answer(request, verbs.put_away(request, self._asked(request, pk, verbs.CHANGE)))

    def restore_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._answer(request, verbs.restore(request, self._asked(request, pk, verbs.CHANGE)))

    def run_with_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask for the parameters of one run, then queue it."""
        job = self._asked(request, pk, verbs.RUN)
        form = RunForm(job, request.POST if request.method == "POST" else None)
        if form.is_valid():
            outcome = verbs.run(request, job, **form.cleaned_data)
            verbs.tell(request, [outcome])
            if outcome.execution:
                return HttpResponseRedirect(
                    reverse("admin:scheduler_jobexecution_change", args=[outcome.execution.pk])
                )
        context = {
            **self.admin_site.each_context(request),
            "title": _("Run with other parameters"),
            "subtitle": job.name,
            "opts": self.opts,
            "job": job,
            "form": form,
        }
        return TemplateResponse(request, "admin/scheduler/job/run_with.html", context)

    # --- The page of one job ------------------------------------------------------------------------

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        job: Job | None = kwargs.get("obj")
        if job is not None:
            job_columns.attach_newest([job])
            context |= {
                "job": job,
                "now": timezone.now(),
                "job_buttons": JobButtons(request.user).on_page(job),
                "show_delete": job.archived_at is not None,
                "recent": job.executions.order_by("-pk").defer("traceback", "parameters")[:8],
            }
        return super().render_change_form(request, context, *args, **kwargs)

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().change_view(request, object_id, *args, **kwargs)
        return live.only_news(request, response, "scheduler/job_news.html")

    def save_model(self, request: HttpRequest, obj: Job, form: forms.ModelForm[Job], change: bool) -> None:
        """Save what a person edited and nothing the scheduler writes, then run once if that was asked for."""
        if change:
            control.save_definition(obj, set(form.changed_data) - {"also_run_now"}, verbs.actor(request))
        else:
            obj.save()
        if form.cleaned_data.get("also_run_now"):
            verbs.require(request, verbs.RUN)
            verbs.tell(request, [verbs.run(request, obj)])

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> LogEntry:
        return audit.record(verbs.actor(request), obj, "audit_created")

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> LogEntry:
        """Write nothing: `control` has written the one audit row (R47)."""
        return None  # type: ignore[return-value]

    def has_change_permission(self, request: HttpRequest, obj: Job | None = None) -> bool:
        """Show an archived job, but do not let it be edited."""
        return super().has_change_permission(request, obj) and (obj is None or obj.archived_at is None)

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """Ask once more, then delete an archived job for good; of another, say that it is archived first (R42)."""
        verbs.require(request, verbs.DELETE)
        job = self.get_object(request, unquote(object_id))
        if job is None:
            raise Http404
        if request.method == "POST":
            return self._answer(request, verbs.purge(request, job))
        if job.archived_at is None:
            verbs.tell(
                request, [verbs.Outcome(messages.ERROR, verbs.refusal(job, NotArchived(job=job.name)))]
            )
            return HttpResponseRedirect(reverse("admin:scheduler_job_change", args=[job.pk]))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Delete for good"),
            "subtitle": job.name,
            "opts": self.opts,
            "job": job,
            "executions": job.executions.count(),
        }
        return TemplateResponse(request, "admin/scheduler/job/delete.html", context)
