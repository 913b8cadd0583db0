"""Who may open a page. Every view of the product wears `@access(…)` or a decorator built on it.

The decorator answers before the view runs: a stranger to the workspace gets the same 404 as for a workspace that is
not there, a member whose role is too low gets 403. It also declares what it asks for on the view itself, where the
generated permission test reads it; an undeclared view fails that test.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import wraps
from typing import Any, Concatenate, Final, Literal, ParamSpec, TypeVar, cast, overload

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.auth.decorators import login_not_required
from django.contrib.sessions.backends.db import SessionStore
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django_htmx.middleware import HtmxDetails

from cxplan.workspaces.domain import accounts
from cxplan.workspaces.models import Member, Role, User, Workspace

#: Where the session keeps the page that somebody was on the way to when a second step was asked of them.
COMES_BACK_TO: Final = "comes_back_to"

P = ParamSpec("P")
View = Callable[..., HttpResponseBase]
V = TypeVar("V", bound=View)


class Who(Enum):
    """Who may open a page that belongs to no workspace."""

    ANYONE = "anyone"
    SIGNED_IN = "signed in"


class Scope(Enum):
    """What the address of a page names, and the decorator loads."""

    NOTHING = "nothing"
    WORKSPACE = "workspace"
    PROGRAMME = "programme"
    ROOM = "room"


@dataclass(frozen=True)
class Access:
    """What a view asks of whoever opens it."""

    least: Who | Role
    scope: Scope = Scope.NOTHING
    #: Whether it also takes management's right to approve.
    approver: bool = False
    #: Whether it is for whoever wrote what the address names, and for leads.
    writer: bool = False
    #: Whether it is also for guests of the room that the address names.
    guests: bool = False


class SecondStepMissing(Exception):
    """The workspace lets in only those who sign in with a second step; they are sent to set one up."""


class SignedInRequest(HttpRequest):
    user: User
    htmx: HtmxDetails


class WorkspaceRequest(SignedInRequest):
    workspace: Workspace
    member: Member


@overload
def access(least: Literal[Who.ANYONE]) -> Callable[[Callable[Concatenate[HttpRequest, P], HttpResponseBase]], View]: ...
@overload
def access(
    least: Literal[Who.SIGNED_IN],
) -> Callable[[Callable[Concatenate[SignedInRequest, P], HttpResponseBase]], View]: ...
@overload
def access(least: Role) -> Callable[[Callable[Concatenate[WorkspaceRequest, P], HttpResponseBase]], View]: ...
def access(least: Who | Role) -> Callable[[Callable[..., HttpResponseBase]], View]:
    """Open a view to anyone, to whoever is signed in, or to members of its workspace from a role upwards.

    With a role, the view's address names the workspace as `workspace`; the view finds it and the reader's membership
    on the request.
    """
    if isinstance(least, Role):
        return _of_workspace(least)

    def wear(view: View) -> View:
        declared = declare(view, Access(least))
        return login_not_required(declared) if least is Who.ANYONE else declared

    return wear


def _of_workspace(least: Role) -> Callable[[View], View]:
    def wear(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, workspace: str, **kwargs: Any) -> HttpResponseBase:
            return view(enter(request, workspace, least), *args, **kwargs)

        return declare(guarded, Access(least, Scope.WORKSPACE))

    return wear


def enter(request: HttpRequest, slug: str, least: Role) -> WorkspaceRequest:
    """Put the workspace and the reader's membership on the request, in one query."""
    entering = cast(WorkspaceRequest, request)
    if not isinstance(request.user, User):  # LoginRequiredMiddleware has sent them to sign in
        raise PermissionDenied
    try:
        entering.member = (
            Member.objects.present().select_related("workspace").get(user=request.user, workspace__slug=slug)
        )
    except Member.DoesNotExist:
        raise Http404 from None
    entering.workspace = entering.member.workspace
    if not entering.member.may(least):
        raise PermissionDenied
    if entering.workspace.requires_mfa and not accounts.has_second_step(request.user):
        raise SecondStepMissing
    return entering


def signed_in(cookies: Mapping[str, str], workspace: Workspace) -> Member | None:
    """Whom a browser's cookies sign in to a workspace, without a request; a changed password has ended it."""
    visitor = HttpRequest()
    visitor.session = SessionStore(cookies.get(settings.SESSION_COOKIE_NAME) or None)
    user = get_user(visitor)
    if not isinstance(user, User):
        return None
    member = Member.objects.present().filter(user=user, workspace=workspace).first()
    if member is None or (workspace.requires_mfa and not accounts.has_second_step(user)):
        return None
    return member


def declare(view: V, access: Access) -> V:
    """Write on a view what it asks for."""
    view.access = access  # type: ignore[attr-defined]  # functions carry attributes
    return view


def declared(view: Callable[..., Any]) -> Access | None:
    """What a view asks for, if it says so."""
    found = getattr(view, "access", None)
    return found if isinstance(found, Access) else None


def here(request: HttpRequest) -> dict[str, Any]:
    """For templates: the workspace that the page is in, and the reader's membership there."""
    return {name: getattr(request, name) for name in ("workspace", "member") if hasattr(request, name)}
