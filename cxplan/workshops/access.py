"""Who may be in a room: members of its workspace, and guests who hold the key of a seat.

Whoever is neither is sent to sign in, whether the room is there or not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import Any, Concatenate, Final, ParamSpec, cast
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from cxplan.kit.http import is_htmx
from cxplan.live.gateway import Listener
from cxplan.workshops.domain import seats
from cxplan.workshops.models import Participant, Session
from cxplan.workspaces.access import Access, Scope, SecondStepMissing, View, declare, signed_in
from cxplan.workspaces.domain import accounts
from cxplan.workspaces.models import Member, Role, User

P = ParamSpec("P")

#: A guest's cookie lives as long as a workshop and what may be read after it.
COOKIE_AGE: Final = 14 * 24 * 3600


class RoomRequest(HttpRequest):
    """In a room: ``seat`` is the reader's, if they have one; ``member`` is who they are in the workspace, if they are.

    ``facilitates``: whether they may lead it.
    """

    room: Session
    seat: Participant | None
    member: Member | None
    facilitates: bool
    htmx: HtmxDetails


def cookie_name(room: int | str) -> str:
    """The cookie that holds the key of a guest's seat; one for each workshop, and all begin as that of ``""``."""
    return f"{'__Host-' if settings.SECURE else ''}seat-{room}"


def in_room(least: Role) -> Callable[[Callable[Concatenate[RoomRequest, P], HttpResponseBase]], View]:
    """Open a view to members of the room's workspace from a role upwards, with the room on the request."""
    return _opened(least, guests=False)


def seated(view: Callable[Concatenate[RoomRequest, P], HttpResponseBase]) -> View:
    """Open a view to everybody who may be in the room: guests with a seat, and members of its workspace."""
    return _opened(Role.VIEWER, guests=True)(view)


def _opened(least: Role, *, guests: bool) -> Callable[[Callable[Concatenate[RoomRequest, P], HttpResponseBase]], View]:
    def wear(view: Callable[..., HttpResponseBase]) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, room: int, **kwargs: Any) -> HttpResponseBase:
            entering = cast(RoomRequest, request)
            entering.seat = entering.member = None
            entering.facilitates = False
            if isinstance(request.user, User):
                _enter_as_member(entering, request.user, room, least)
            elif not guests or not _enter_as_guest(entering, room):
                return _shown_out(entering, room)
            return view(entering, *args, **kwargs)

        declared = declare(guarded, Access(least, Scope.ROOM, guests=guests))
        return login_not_required(declared) if guests else declared

    return wear


def _shown_out(request: RoomRequest, room: int) -> HttpResponseBase:
    """Whoever holds a key that opens nothing any more is told so; everybody else may sign in."""
    if cookie_name(room) not in request.COOKIES:
        return redirect_to_login(request.get_full_path())
    messages.error(request, _("Your seat in this workshop is gone; what you wrote is kept. Ask the facilitator."))
    way_in = reverse("workshops:join")
    return HttpResponseClientRedirect(way_in) if is_htmx(request) else redirect(way_in)


def guest_of(request: HttpRequest, room: int, *beside: str) -> Participant | None:
    """The guest whose key the browser holds."""
    return seats.of_guest(room, request.COOKIES.get(cookie_name(room), ""), *beside)


def _beside(request: HttpRequest) -> tuple[str, ...]:
    """What a page wants beside the phase, by the same query: how far the streams had come before it read all else.

    A version that is read later would pass over what came in between, and the page would never hear of it.
    """
    return ("workspace", "room", "desk") if request.method == "GET" and not is_htmx(request) else ()


def _enter_as_guest(request: RoomRequest, room: int) -> bool:
    seat = guest_of(request, room, *_beside(request))
    if seat is not None:
        request.seat, request.room = seat, seat.session
    return seat is not None


def _enter_as_member(request: RoomRequest, user: User, room: int, least: Role) -> None:
    """Find the room, the membership and the seat in one query where there is a seat, else in two."""
    own = Q(member__user=user, member__left_at=None)
    seat = (
        Participant.objects.filter(own, session=room)
        .select_related(
            "session__phase", "session__workspace", "member", *(f"session__{each}" for each in _beside(request))
        )
        .first()
    )
    if seat is not None:
        request.room, request.member = seat.session, seat.member
        request.seat = seat if seat.removed_at is None else None
    else:
        found = Session.objects.select_related("phase", "workspace", "room", "desk").filter(pk=room).first()
        member = seats.member_of(found, user) if found else None
        if found is None or member is None:
            raise Http404
        request.room, request.member = found, member
    member = request.member
    if member is None or not member.may(least):
        raise PermissionDenied
    member.workspace = request.room.workspace  # spares the query
    request.facilitates = member.can_lead
    if request.room.workspace.requires_mfa and not accounts.has_second_step(user):
        raise SecondStepMissing


# The streams


def listeners(browsers: Sequence[Mapping[str, str]], stream: UUID) -> list[Listener | None]:
    """Who listens to a stream of a room at each of these browsers, or nobody where they may not.

    The gateway asks it twice a minute of everybody: guests, who may be many, by one query together.
    """
    held = [{value for name, value in each.items() if value and name.startswith(cookie_name(""))} for each in browsers]
    guests = seats.guests_at(stream, set().union(*held))
    return [
        next((Listener(f"p{guests[key]}") for key in keys if key in guests), None) or _member(cookies, stream)
        for cookies, keys in zip(browsers, held, strict=True)
    ]


def _member(cookies: Mapping[str, str], stream: UUID) -> Listener | None:
    own = Q(room__key=stream) | Q(desk__key=stream)
    found = Session.objects.select_related("workspace", "desk").filter(own).first()
    if found is None:
        return None
    is_desk = found.desk.key == stream
    member = signed_in(cookies, found.workspace)
    if member is None:
        return None
    if is_desk:
        return Listener("") if member.can_lead else None
    seat = Participant.objects.of(found).filter(member=member).first()
    if seat is not None:
        return Listener(f"p{seat.pk}") if seat.removed_at is None else None
    return Listener("")
