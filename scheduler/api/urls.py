"""The paths of the API, each with and without a trailing slash: a redirect would lose a body."""

from django.contrib.auth.decorators import login_required
from django.urls import include, path, re_path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView
from rest_framework.routers import SimpleRouter

from scheduler.api.views import ApiRoot, ExecutionViewSet, JobViewSet, SchedulerViewSet, UnknownPath


class Router(SimpleRouter):
    def __init__(self) -> None:
        super().__init__()
        self.trailing_slash = "/?"


router = Router()
router.register("", SchedulerViewSet, basename="scheduler")
router.register("jobs", JobViewSet, basename="job")
router.register("executions", ExecutionViewSet, basename="execution")

app_name = "api"
urlpatterns = [
    re_path(r"^$", ApiRoot.as_view(), name="root"),
    re_path(r"^schema/?$", SpectacularAPIView.as_view(), name="schema"),
    re_path(r"^docs/?$", login_required(SpectacularSwaggerView.as_view(url_name="api:schema")), name="docs"),
    re_path(r"^scheduler/?$", ApiRoot.as_view(name="Scheduler")),
    path("scheduler/", include(router.urls)),
    re_path(r"", UnknownPath.as_view()),
]
