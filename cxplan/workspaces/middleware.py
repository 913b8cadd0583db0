"""The reader's own language, how long a session lasts, the doors that close, and what is written down of it."""

import logging
import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Final

from django.conf import settings
from django.contrib.auth import SESSION_KEY, logout
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import check_for_language
from django_htmx.http import HttpResponseClientRedirect
from redis.exceptions import RedisError
from requests import RequestException

from cxplan.kit.middleware import asking_page
from cxplan.workspaces.access import COMES_BACK_TO, SecondStepMissing
from cxplan.workspaces.domain import audit, demo
from cxplan.workspaces.models import AuditEvent, Member, User

GetResponse = Callable[[HttpRequest], HttpResponse]

#: Where the session keeps the language: read on each request, and asks no query of its own.
SPOKEN: Final = "language"
#: When somebody signed in, and the last day that they were there, in seconds since 1970.
BEGAN, SEEN = "began", "seen"
DAY: Final = 24 * 3600

log = logging.getLogger(__name__)


def own_language(get_response: GetResponse) -> GetResponse:
    """Prefer the language of the reader's profile to the one their browser or a cookie asks for."""

    def middleware(request: HttpRequest) -> HttpResponse:
        language = request.session.get(SPOKEN)
        if language and check_for_language(language):
            translation.activate(language)
            request.LANGUAGE_CODE = language
        return get_response(request)

    return middleware


def now() -> int:
    return int(time.time())


def bounded_sessions(get_response: GetResponse) -> GetResponse:
    """End a session so long after its sign-in; until then a day on which somebody is there puts its end off.

    The session is read on each request anyhow, and written once a day.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        session = request.session
        if SESSION_KEY in session:
            began = session.setdefault(BEGAN, now())
            if now() - began > settings.SESSION_ENDS_AFTER:
                logout(request)
            elif now() - session.get(SEEN, began) > DAY:
                session[SEEN] = now()
        return get_response(request)

    return middleware


class Watch:
    """Lets every request through, and has its say where a view begins or fails."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)


class Refusals(Watch):
    """Writes every refusal (403) of a view into the audit trail, whichever rule it was, after its transaction."""

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        if not isinstance(exception, PermissionDenied):
            return
        member: Member | None = getattr(request, "member", None)
        user = request.user if isinstance(request.user, User) else None
        view = request.resolver_match.view_name if request.resolver_match else ""
        audit.write(
            AuditEvent.ACCESS_REFUSED,
            workspace=member.workspace if member else None,
            actor=member,
            user=user,
            # Only the address of a page of a workspace: others may hold a key
            about=request.path if member else "",
            details={"method": request.method, "view": view},
        )


class ClosedDoor(Watch):
    """Says that sign-in is closed where something that it needs is away.

    Without the store of the rate limits nobody can be let try; without the organisation's own provider, not there.
    """

    PAGES: Final = ((RedisError, "503_sign_in.html"), (RequestException, "socialaccount/authentication_error.html"))

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        page = next((page for kind, page in self.PAGES if isinstance(exception, kind)), "")
        if not page or not request.path.startswith("/accounts/"):
            return None
        log.error("sign-in is closed: %s", exception)
        return render(request, page, status=HTTPStatus.SERVICE_UNAVAILABLE)


class SecondSteps(Watch):
    """Lead whoever lacks the second step that a workspace asks for to where it is set up, and remember the page."""

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, SecondStepMissing):
            return None
        request.session[COMES_BACK_TO] = asking_page(request)
        there = reverse("workspaces:second_step")
        return HttpResponseClientRedirect(there) if getattr(request, "htmx", None) else HttpResponseRedirect(there)


class SharedAccounts(Watch):
    """Everybody who looks around the demo shares its people: what they sign in with is nobody's to change."""

    def process_view(self, request: HttpRequest, view: Callable[..., HttpResponseBase], *_: Any) -> HttpResponse | None:
        match = request.resolver_match
        if not settings.DEMO or match is None or match.url_name in ("account_login", "account_logout"):
            return None
        if not request.path.startswith("/accounts/") or not isinstance(request.user, User):
            return None
        return HttpResponseRedirect(reverse("workspaces:account")) if demo.is_shared(request.user) else None
