from django.urls import path

from cxplan.kit import health, metrics, views

app_name = "kit"
urlpatterns = [
    path("theme/", views.theme, name="theme"),
    path("healthz/", health.alive, name="alive"),
    path("readyz/", health.ready, name="ready"),
    path("metrics/", metrics.metrics, name="metrics"),
    path("dev/components/", views.components, name="components"),
]
