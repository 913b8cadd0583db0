"""What allauth and Django tell of sign-ins and credentials: it is written down, and sessions are made anew.

The only signals of the house: the libraries have no other way to tell.
"""

from __future__ import annotations

from typing import Any

from allauth.account import signals as account
from allauth.mfa import signals as mfa
from allauth.mfa.models import Authenticator
from allauth.socialaccount import signals as social
from django.contrib.auth import signals as auth
from django.dispatch import receiver
from django.http import HttpRequest

from cxplan.workspaces.domain import accounts, audit
from cxplan.workspaces.middleware import BEGAN, now
from cxplan.workspaces.models import AuditEvent, User

# Coming and going


@receiver(auth.user_logged_in)
def began(*, request: HttpRequest, user: User, **_: Any) -> None:
    request.session[BEGAN] = now()
    audit.write(AuditEvent.SIGNED_IN, workspace=None, user=user)


@receiver(auth.user_logged_out)
def ended(*, user: User | None, **_: Any) -> None:
    if user is not None:
        audit.write(AuditEvent.SIGNED_OUT, workspace=None, user=user)


@receiver(auth.user_login_failed)
def refused(*, credentials: dict[str, Any], **_: Any) -> None:
    """By a wrong password; whom it was tried for is kept only where they have an account."""
    audit.write(AuditEvent.SIGN_IN_REFUSED, workspace=None, user=accounts.by_address(credentials.get("email", "")))


@receiver(mfa.authentication_failed)
def refused_second(*, user: User, **_: Any) -> None:
    audit.write(AuditEvent.SIGN_IN_REFUSED, workspace=None, user=user, details={"how": "code"})


# What they sign in with


def _changed(request: HttpRequest, user: User, how: str) -> None:
    """Write it down, and give the browser that did it a new key: one that was stolen before opens nothing."""
    audit.write(AuditEvent.CREDENTIALS_CHANGED, workspace=None, user=user, details={"how": how})
    if request.user == user:
        old = request.session.session_key
        request.session.cycle_key()
        accounts.follow(old, request.session.session_key)


@receiver([account.password_changed, account.password_set])
def password_changed(*, request: HttpRequest, user: User, **_: Any) -> None:
    _changed(request, user, "password")
    accounts.end_other_visits(user, here=request.session.session_key)


@receiver(account.password_reset)
def password_reset(*, request: HttpRequest, user: User, **_: Any) -> None:
    """By the link in an e-mail: whoever was signed in with the old one is out."""
    _changed(request, user, "password")
    accounts.end_other_visits(user, here=None)


@receiver(account.email_changed)
def address_changed(*, request: HttpRequest, user: User, **_: Any) -> None:
    _changed(request, user, "address")


@receiver(mfa.authenticator_added)
def key_added(*, request: HttpRequest, user: User, authenticator: Authenticator, **_: Any) -> None:
    _changed(request, user, f"{authenticator.type}_added")


@receiver(mfa.authenticator_removed)
def key_removed(*, request: HttpRequest, user: User, authenticator: Authenticator, **_: Any) -> None:
    _changed(request, user, f"{authenticator.type}_removed")


@receiver(mfa.authenticator_reset)
def codes_made_anew(*, request: HttpRequest, user: User, **_: Any) -> None:
    _changed(request, user, "recovery_codes_added")


@receiver(social.social_account_added)
def provider_tied(*, request: HttpRequest, sociallogin: Any, **_: Any) -> None:
    _changed(request, sociallogin.user, "provider_added")
