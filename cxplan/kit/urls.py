from django.urls import path

from cxplan.kit import views

app_name = "kit"
urlpatterns = [
    path("theme/", views.theme, name="theme"),
    path("dev/components/", views.components, name="components"),
]
