"""How django-allauth meets this house: by invitation or as the first, in our words and in the reader's language."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.http import HttpRequest
from django.shortcuts import render
from django.utils import translation
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cxplan.kit.qr import qr
from cxplan.workspaces.domain import accounts, founding
from cxplan.workspaces.middleware import SPOKEN
from cxplan.workspaces.models import User

log = logging.getLogger(__name__)

TOO_MANY = gettext_lazy(
    "Too many wrong tries. Wait five minutes, then try again; the right password does not help before that."
)


class Doorkeeper(DefaultAccountAdapter):  # type: ignore[misc]  # allauth is untyped
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": gettext_lazy(
            "The e-mail address and the password do not belong together. Check both, or ask for a new password."
        ),
        "incorrect_code": gettext_lazy(
            "That code is not right, or it has been used. Wait for the next one in your app and write that."
        ),
        "incorrect_password": gettext_lazy("That is not your password. Nothing has changed: try again."),
        "enter_current_password": gettext_lazy("That is not your present password. Nothing has changed: try again."),
        "rate_limited": gettext_lazy("Too many tries in a short time. Wait a minute, then try again."),
        "too_many_login_attempts": TOO_MANY,
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return founding.sign_up_is_open()

    def is_safe_url(self, url: str) -> bool:
        try:
            return bool(super().is_safe_url(url))
        except ValueError:  # no address at all, such as http://[
            return False

    def login(self, request: HttpRequest, user: User) -> None:
        super().login(request, user)
        if user.language:
            request.session[SPOKEN] = user.language

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return "/account/"

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """In the language of whoever gets it; where the post is away, the page that asked says so."""
        user = context.get("user") or accounts.by_address(email)
        try:
            with translation.override((user and user.language) or translation.get_language()):
                super().send_mail(template_prefix, email, context)
        except OSError as error:  # what smtplib raises too
            log.exception("no e-mail went out: %s", template_prefix)
            page = render(self.request, "503_mail.html", status=HTTPStatus.SERVICE_UNAVAILABLE)
            raise ImmediateHttpResponse(page) from error

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """What was done is done: the notice of it must not undo the answer."""
        try:
            super().send_notification_mail(*args, **kwargs)
        except ImmediateHttpResponse:
            return


class SecondStep(DefaultMFAAdapter):  # type: ignore[misc]  # allauth is untyped
    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": Doorkeeper.error_messages["incorrect_code"],
    }

    def build_totp_svg(self, url: str) -> SafeString:
        return qr(url, label=_("QR code for an authenticator app; the key below says the same"))

    def generate_authenticator_name(self, user: User, type: str) -> str:
        number = len(accounts.keys(user).passkeys) + 1
        return _("Passkey %(number)s") % {"number": number}


class Introduction(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth is untyped
    """Sign-in at the organisation's own provider: opens accounts that are there, and makes none."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False
