"""The back room for whoever runs the installation; the product's own pages are elsewhere."""

from typing import Any

from allauth.account.decorators import secure_admin_login
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.http import HttpRequest

from cxplan.workspaces.domain import accounts
from cxplan.workspaces.models import Member, Team, User, Workspace

# One door, with one set of rate limits.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]


# allauth would show the secrets of people's apps, where they sign in from, and settings that are the environment's.
for model in (Authenticator, UserSession, SocialAccount, SocialApp, SocialToken):
    admin.site.unregister(model)


@admin.register(Authenticator)
class SecondSteps(admin.ModelAdmin[Authenticator]):
    """Removed for whoever has lost both the phone and the recovery codes; nobody sees what is in it."""

    list_display = ("user", "type", "created_at", "last_used_at")
    list_filter = ("type",)
    search_fields = ("user__email", "user__name")
    fields = readonly_fields = ("user", "type", "created_at", "last_used_at")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


@admin.register(User)
class Users(UserAdmin[User]):
    ordering = ("email",)
    list_display = ("email", "name", "is_active", "is_staff")
    list_filter = ("is_active", "is_staff")
    search_fields = ("email", "name")
    readonly_fields = ("last_login",)
    fieldsets = (
        (None, {"fields": ("email", "password", "name", "language", "last_login")}),
        (None, {"fields": ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")}),
    )
    add_fieldsets = ((None, {"fields": ("email", "name", "language", "usable_password", "password1", "password2")}),)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: Any) -> None:
        super().save_model(request, obj, form, change)
        accounts.trust_address(obj)


@admin.register(Workspace)
class Workspaces(admin.ModelAdmin[Workspace]):
    list_display = ("name", "slug")
    search_fields = ("name", "slug")


@admin.register(Team)
class Teams(admin.ModelAdmin[Team]):
    list_display = ("name", "workspace")
    list_filter = ("workspace",)


@admin.register(Member)
class Members(admin.ModelAdmin[Member]):
    list_display = ("name", "workspace", "role", "is_approver", "user")
    list_filter = ("workspace", "role")
    search_fields = ("name", "user__email")
    autocomplete_fields = ("user", "workspace")
