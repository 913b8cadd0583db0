"""The URL map: one include per app."""

from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.urls import URLPattern, URLResolver, include, path
from django.views.i18n import set_language

urlpatterns: list[URLPattern | URLResolver] = [
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("i18n/setlang/", login_not_required(set_language), name="set_language"),
    path("", include("cxplan.kit.urls")),
]

handler400 = "cxplan.kit.views.bad_request"
handler500 = "cxplan.kit.views.server_error"
