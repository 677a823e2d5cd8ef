from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from scheduler.admin import live, parameters, verbs
from scheduler.admin.base import BoundedPaginator, ReadOnlyModelAdmin
from scheduler.admin.execution_columns import ExecutionColumns, elapsed
from scheduler.models import Job, JobExecution, Status
from scheduler.models.attempt import attempts_of
from scheduler.waits import why_waiting

LOG_LINES = 500  # the newest; a page of more helps nobody


class JobFilter(admin.SimpleListFilter):
    title = _("job")
    parameter_name = "job"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(pk), name) for pk, name in Job.objects.values_list("pk", "name")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[JobExecution]) -> QuerySet[JobExecution]:
        value = self.value()
        if value is None:
            return queryset
        return queryset.filter(job_id=int(value)) if value.isdecimal() else queryset.none()


@admin.register(JobExecution)
class JobExecutionAdmin(ReadOnlyModelAdmin):
    search_fields = ("job_name", "error_message")
    search_help_text = _("Name of the job or text of the error")
    list_filter = ("status", JobFilter, "trigger", "created_at")
    list_select_related = ("requested_by",)
    list_per_page = 50
    list_fullwidth = True
    show_full_result_count = False
    paginator = BoundedPaginator
    actions = None
    has_history = True  # somebody may have cancelled it
    change_form_template = "admin/scheduler/jobexecution/change_form.html"

    def get_list_display(self, request: HttpRequest) -> Any:
        return ExecutionColumns(request).all()

    def get_queryset(self, request: HttpRequest) -> QuerySet[JobExecution]:
        return super().get_queryset(request).defer("traceback")  # long, and only its own page shows it

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        response = super().changelist_view(request, extra_context)
        return live.only_news(request, response, "scheduler/list_news.html")

    def get_urls(self) -> list[URLPattern]:
        cancel = self.admin_site.admin_view(require_POST(self.cancel_view))
        return [path("<int:pk>/cancel/", cancel, name="scheduler_jobexecution_cancel"), *super().get_urls()]

    def cancel_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        verbs.require(request, verbs.CANCEL)
        execution = get_object_or_404(JobExecution, pk=pk)
        verbs.tell(request, [verbs.cancel(request, execution, reason=verbs.reason(request))])
        return verbs.back(request, reverse("admin:scheduler_jobexecution_changelist"))

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        execution: JobExecution | None = kwargs.get("obj")
        if execution is not None:
            now = timezone.now()
            lines = list(execution.logs.order_by("-pk")[: LOG_LINES + 1])
            context |= {
                "execution": execution,
                "job": Job.objects.filter(pk=execution.job_id).first(),
                "now": now,
                "elapsed": elapsed(execution, now),
                "attempts": attempts_of(execution),
                "waiting_for": why_waiting(execution, now),
                "log_lines": lines[:LOG_LINES][::-1],
                "log_is_cut": len(lines) > LOG_LINES,
                "parameters": list(parameters.told(execution.job_type, execution.parameters)),
                "may_cancel": request.user.has_perm(verbs.CANCEL)
                and execution.is_active
                and execution.status != Status.CANCELLING,
            }
        return super().render_change_form(request, context, *args, **kwargs)

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().change_view(request, object_id, *args, **kwargs)
        return live.only_news(request, response, "scheduler/execution.html")
