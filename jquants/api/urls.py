from django.urls import include, path

from jquants.api.limits import MarketViewSet
from scheduler.api.urls import Router

router = Router()
router.register("", MarketViewSet, basename="market")

app_name = "market"
urlpatterns = [path("", include(router.urls))]
