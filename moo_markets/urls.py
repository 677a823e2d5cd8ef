from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

handler400 = "scheduler.api.faults.bad_request"
handler500 = "scheduler.api.faults.server_error"
urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index")),
    path("", include("scheduler.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("admin/", admin.site.urls),
    path("api/auth/", include("rest_framework.urls")),
    path("api/market/", include("jquants.api.urls")),
    path("api/", include("scheduler.api.urls")),  # answers every path below it: other apps' go before
]
