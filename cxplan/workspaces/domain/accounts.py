"""Accounts: the people who can sign in, and by what."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import models, transaction
from django.utils import timezone

from cxplan.workspaces.models import Member, User

BROWSERS = (("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


# Who they are


def speak(user: User, language: str) -> None:
    """Remember the language that somebody chose, for their next sign-in."""
    if user.language != language:
        user.language = language
        user.save(update_fields=["language"])


@transaction.atomic
def introduce(user: User, *, name: str, language: str) -> None:
    """Take a new name and language; in the workspaces where they stood under the old name they follow it."""
    old = User.objects.values_list("name", flat=True).get(pk=user.pk)
    user.name, user.language = name, language
    user.save(update_fields=["name", "language"])
    if old != name:
        members = Member.objects.present().filter(user=user, name=old)
        members.update(name=name, version=models.F("version") + 1, updated_at=timezone.now())


@transaction.atomic
def trust_address(user: User) -> None:
    """Take the address as confirmed: whoever gave it knows it, or came by a link that was sent there."""
    addresses = EmailAddress.objects.filter(user=user)
    addresses.exclude(email=user.email).delete()
    EmailAddress.objects.update_or_create(user=user, email=user.email, defaults={"verified": True, "primary": True})


def make(*, email: str, name: str, password: str, language: str) -> User:
    """An account for somebody whose address is known. Raises ``IntegrityError`` where the address has one."""
    return User.objects.create_user(email, password, name=name, language=language)


def by_address(email: str) -> User | None:
    return User.objects.filter(email__iexact=email).first()


# What they sign in with


@dataclass
class Keys:
    """What somebody has set up besides a password."""

    app: Authenticator | None = None
    passkeys: list[Authenticator] = field(default_factory=list)
    codes_left: int = 0

    def __bool__(self) -> bool:
        return bool(self.app or self.passkeys)


def keys(user: User) -> Keys:
    found = Keys()
    for authenticator in Authenticator.objects.filter(user=user).order_by("created_at", "pk"):
        if authenticator.type == Authenticator.Type.TOTP:
            found.app = authenticator
        elif authenticator.type == Authenticator.Type.WEBAUTHN:
            found.passkeys.append(authenticator)
        else:
            found.codes_left = len(authenticator.wrap().get_unused_codes())
    return found


def has_second_step(user: User) -> bool:
    """Whether a password alone does not let them in."""
    types = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
    return bool(Authenticator.objects.filter(user=user, type__in=types).exists())


def waiting_address(user: User) -> str:
    """The new address that they have not confirmed yet."""
    return EmailAddress.objects.filter(user=user, verified=False).values_list("email", flat=True).first() or ""


@dataclass(frozen=True)
class Link:
    """An account at the organisation's own provider that opens this one."""

    pk: int
    provider: str
    since: datetime


def links(user: User) -> list[Link]:
    """What of the provider opens somebody's account, while there is a provider."""
    offered = settings.SOCIALACCOUNT_PROVIDERS.get("openid_connect", {}).get("APPS", [])
    names = {app["provider_id"]: app["name"] for app in offered}
    return [
        Link(pk=tied.pk, provider=names[tied.provider], since=tied.date_joined)
        for tied in SocialAccount.objects.filter(user=user, provider__in=names).order_by("pk")
    ]


# Where they are signed in


@dataclass(frozen=True)
class Visit:
    """One browser that is signed in."""

    pk: int
    browser: str
    system: str
    address: str
    since: datetime
    is_this: bool


def visits(user: User, *, here: str | None) -> list[Visit]:
    """Where somebody is signed in: the browser whose session is ``here`` first, then the latest."""
    alive = Session.objects.filter(expire_date__gt=timezone.now()).values("session_key")
    found = [
        Visit(
            pk=session.pk,
            browser=_first(BROWSERS, session.user_agent),
            system=_first(SYSTEMS, session.user_agent),
            address=session.ip,
            since=session.created_at,
            is_this=session.session_key == here,
        )
        for session in UserSession.objects.filter(user=user, session_key__in=alive).order_by("-created_at", "-pk")
    ]
    return sorted(found, key=lambda visit: not visit.is_this)


def end_visit(user: User, pk: int, *, here: str | None) -> bool:
    """Sign somebody out of one of their other browsers, on the server."""
    return _end(UserSession.objects.filter(user=user, pk=pk).exclude(session_key=here))


def end_other_visits(user: User, *, here: str | None) -> bool:
    return _end(UserSession.objects.filter(user=user).exclude(session_key=here))


@transaction.atomic
def _end(sessions: models.QuerySet[UserSession]) -> bool:
    keys = list(sessions.values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    sessions.delete()
    return bool(keys)


def follow(old: str | None, new: str | None) -> None:
    """Keep a visit that goes on under another key."""
    UserSession.objects.filter(session_key=old).update(session_key=new)


def _first(words: tuple[tuple[str, str], ...], text: str) -> str:
    return next((name for sign, name in words if sign in text), "")
