"""How django-allauth meets this house: by invitation only, and in the reader's language."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from cxplan.workspaces.middleware import SPOKEN
from cxplan.workspaces.models import User


class Doorkeeper(DefaultAccountAdapter):  # type: ignore[misc]  # allauth is untyped
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False  # nobody comes in uninvited

    def is_safe_url(self, url: str) -> bool:
        try:
            return bool(super().is_safe_url(url))
        except ValueError:  # no address at all, such as http://[
            return False

    def login(self, request: HttpRequest, user: User) -> None:
        super().login(request, user)
        if user.language:
            request.session[SPOKEN] = user.language
