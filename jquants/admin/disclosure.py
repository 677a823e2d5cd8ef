from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from jquants.admin.search import MarketSearch
from jquants.disclosure_files import DisclosureFiles, folder
from jquants.models import Disclosure, DisclosureFile, FileKind
from scheduler.admin import verbs
from scheduler.admin.base import BoundedPaginator
from scheduler.models import Job
from scheduler.presentation import words

VIEW = "jquants.view_disclosure"


@admin.register(Disclosure)
class DisclosureAdmin(MarketSearch):
    """The list of TDnet; a page has the files that are stored, and a button that fetches them."""

    day_field = "disclosed_on"
    list_display = ("disclosed_on", "disclosed_at", "code", "company_name", "title", "files")
    list_display_links = ("disclosed_on", "title")
    list_filter = ("disclosed_on",)
    fields = (
        "disclosed_on",
        "disclosed_at",
        "code",
        "company_name",
        "title",
        "disclosure_number",
        "status",
        "revision",
        "topic_codes",
        "files",
    )
    readonly_fields = ("topic_codes", "files")
    paginator = BoundedPaginator
    change_form_template = "admin/jquants/disclosure/change_form.html"

    @admin.display(description=gettext_lazy("kinds of files"))
    def files(self, disclosure: Disclosure) -> str:
        known = dict(FileKind.choices)
        return words.listed(known.get(kind, kind) for kind in disclosure.kinds)

    @admin.display(description=gettext_lazy("topics"))
    def topic_codes(self, disclosure: Disclosure) -> str:
        return words.listed(disclosure.topics) or "-"

    def get_urls(self) -> list[URLPattern]:
        fetch = self.admin_site.admin_view(require_POST(self.fetch_view))
        file = self.admin_site.admin_view(require_GET(self.file_view))
        return [
            path("<int:pk>/fetch/", fetch, name="jquants_disclosure_fetch"),
            path("<int:pk>/files/<str:kind>/", file, name="jquants_disclosure_file"),
            *super().get_urls(),
        ]

    def fetch_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Queue a run that fetches the files."""
        verbs.require(request, VIEW)
        verbs.require(request, verbs.RUN)
        disclosure = get_object_or_404(Disclosure, pk=pk)
        job = Job.objects.filter(job_type=DisclosureFiles.slug).order_by("pk").first()
        if job is None:
            messages.error(request, _("There is no job that fetches files; `manage.py migrate` creates it."))
        else:
            wanted = {"disclosure_number": disclosure.disclosure_number, "kinds": ""}
            verbs.tell(request, [verbs.run(request, job, parameters=wanted)])
        return verbs.back(request, reverse("admin:jquants_disclosure_change", args=[pk]))

    def file_view(self, request: HttpRequest, pk: int, kind: str) -> HttpResponseBase:
        verbs.require(request, VIEW)
        number = get_object_or_404(Disclosure, pk=pk).disclosure_number
        stored = get_object_or_404(DisclosureFile, disclosure_number=number, kind=kind)
        try:
            return FileResponse((folder() / stored.name).open("rb"), as_attachment=True)
        except FileNotFoundError:
            raise Http404(_("The file is not in its folder any more; fetch it again.")) from None

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        if disclosure := kwargs.get("obj"):
            stored = DisclosureFile.objects.filter(disclosure_number=disclosure.disclosure_number)
            context |= {
                "disclosure": disclosure,
                "files": stored,
                "may_fetch": request.user.has_perm(verbs.RUN),
            }
        return super().render_change_form(request, context, *args, **kwargs)
