"""The reader's own language, once they have signed in; and what is written down of those who are turned away."""

from collections.abc import Callable
from typing import Final

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import check_for_language

from cxplan.workspaces.domain import audit
from cxplan.workspaces.models import AuditEvent, Member, User

GetResponse = Callable[[HttpRequest], HttpResponse]

#: Where the session keeps the language: read on each request, and asks no query of its own.
SPOKEN: Final = "language"


def own_language(get_response: GetResponse) -> GetResponse:
    """Prefer the language of the reader's profile to the one their browser or a cookie asks for."""

    def middleware(request: HttpRequest) -> HttpResponse:
        language = request.session.get(SPOKEN)
        if language and check_for_language(language):
            translation.activate(language)
            request.LANGUAGE_CODE = language
        return get_response(request)

    return middleware


class Refusals:
    """Writes every refusal (403) of a view into the audit trail, whichever rule it was, after its transaction."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

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
