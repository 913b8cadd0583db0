"""The URL map: one include per app."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from cxplan.workspaces.views.account import to_account
from cxplan.workspaces.views.joining import sign_up
from cxplan.workspaces.views.language import set_language
from cxplan.workspaces.views.sign_in import sign_in

urlpatterns: list[URLPattern | URLResolver] = [
    path("accounts/login/", sign_in, name="account_login"),
    path("accounts/2fa/", to_account, name="mfa_index"),
    path("accounts/2fa/webauthn/", to_account, name="mfa_list_webauthn"),
    path("accounts/sessions/", to_account, name="usersessions_list"),
    path("accounts/3rdparty/", to_account, name="socialaccount_connections"),
    path("accounts/signup/", sign_up, name="account_signup"),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("i18n/setlang/", set_language, name="set_language"),
    path("", include("cxplan.kit.urls")),
    path("", include("cxplan.workspaces.urls")),
    path("", include("cxplan.workshops.urls")),
    path("", include("roadmap.urls")),
]

handler400 = "cxplan.kit.views.bad_request"
handler500 = "cxplan.kit.views.server_error"
