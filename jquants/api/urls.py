"""The paths of the market's data, each with and without a trailing slash."""

from django.urls import include, path, re_path

from jquants.api import views
from jquants.api.backfills import Backfills
from jquants.api.coverage import CoverageView
from jquants.api.limits import MarketViewSet
from scheduler.api.urls import Router
from scheduler.api.views.roots import add_entrance

router = Router()
router.register("", MarketViewSet, basename="market")

app_name = "market"
urlpatterns = [
    re_path(r"^$", views.MarketRoot.as_view(), name="root"),
    re_path(r"^datasets/?$", views.Tables.as_view(), name="tables"),
    re_path(r"^datasets/(?P<slug>[\w-]+)/?$", views.OneTable.as_view(), name="table"),
    re_path(r"^datasets/(?P<slug>[\w-]+)/rows/?$", views.Rows.as_view(), name="rows"),
    re_path(r"^issues/?$", views.Issues.as_view(), name="issues"),
    re_path(r"^issues/(?P<code>[0-9A-Za-z]{4,5})/?$", views.OneIssue.as_view(), name="issue"),
    re_path(r"^bars/?$", views.Bars.as_view(), name="bars"),
    re_path(r"^calendar/?$", views.Calendar.as_view(), name="calendar"),
    re_path(r"^coverage/?$", CoverageView.as_view(), name="coverage"),
    re_path(r"^backfills/?$", Backfills.as_view(), name="backfills"),
    re_path(r"^statements/?$", views.Statements.as_view(), name="statements"),
    path("", include(router.urls)),
]
add_entrance("market", "market:root")
