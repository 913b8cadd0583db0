"""Joining a workshop from a phone: by the QR code or the six digits on the screen, without an account."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Final

from allauth.core.internal import ratelimit  # the public one cannot give back what was no wrong guess
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from redis.exceptions import RedisError

from cxplan.workshops.access import COOKIE_AGE, cookie_name, guest_of
from cxplan.workshops.domain import seats
from cxplan.workshops.forms.joining import CodeForm, SeatForm
from cxplan.workshops.models import Session
from cxplan.workspaces.access import Who, access
from cxplan.workspaces.models import Member, User

#: Guesses are counted, joining is not: sixty phones behind one address come in at once.
GUESS: Final = "guess_code"

log = logging.getLogger(__name__)


@access(Who.ANYONE)
@never_cache
@require_http_methods(["GET", "POST"])
def by_code(request: HttpRequest) -> HttpResponse:
    """The six digits, and a nickname if one likes. Wrong digits are counted by address, and altogether."""
    form = CodeForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _show(request, form)
    try:
        guess = ratelimit.consume(request, app="allauth.account", action=GUESS, key="everybody")
    except RedisError:
        log.warning("codes are not tried: the store of the limits is away")
        return _refuse(request, form, _away(), HTTPStatus.SERVICE_UNAVAILABLE)
    if guess is None:
        return _refuse(request, form, _too_many(), HTTPStatus.TOO_MANY_REQUESTS)
    found = seats.find_by_code(form.cleaned_data["code"])
    if found is None:
        form.add_error("code", _("No open workshop has this code. Look at the screen, or ask the facilitator."))
        return _show(request, form)
    guess.rollback()  # it was no guess
    return _seat(request, found, form.cleaned_data["nickname"])


@access(Who.ANYONE)
@never_cache
@require_http_methods(["GET", "POST"])
def by_token(request: HttpRequest, token: str) -> HttpResponse:
    """Where the QR code leads: one field. Whoever has a seat goes straight to it."""
    found = seats.find_by_token(token)
    if found is None:
        return render(request, "workshops/join/closed.html", status=HTTPStatus.GONE)
    if _has_seat(request, found):
        return redirect("workshops:room", found.pk)
    form = SeatForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _show(request, form, room=found)
    return _seat(request, found, form.cleaned_data["nickname"])


def _show(request: HttpRequest, form: SeatForm, room: Session | None = None) -> HttpResponse:
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    member = _member(request, room) if room else None
    return _page(request, form, room=room, as_member=member, status=status)


def _refuse(request: HttpRequest, form: CodeForm, why: str, status: HTTPStatus) -> HttpResponse:
    form.add_error(None, why)
    return _page(request, form, room=None, as_member=None, status=status)


def _page(request: HttpRequest, form: SeatForm, *, status: HTTPStatus, **shown: object) -> HttpResponse:
    context = {"form": form, "names_stay": seats.NAMES_STAY.days, **shown}
    return render(request, "workshops/join/page.html", context, status=status)


def _too_many() -> str:
    return _("Too many wrong codes came from here. Wait a minute, or scan the QR code on the screen.")


def _away() -> str:
    return _("Codes cannot be checked just now. Scan the QR code on the screen, or try again in a minute.")


def _has_seat(request: HttpRequest, room: Session) -> bool:
    if guest_of(request, room.pk):
        return True
    member = _member(request, room)
    return member is not None and room.participants.seated().filter(member=member).exists()


def _member(request: HttpRequest, room: Session) -> Member | None:
    """Who the visitor is in the room's workspace, if they are signed in and belong to it."""
    return seats.member_of(room, request.user) if isinstance(request.user, User) else None


def _seat(request: HttpRequest, room: Session, nickname: str) -> HttpResponse:
    """Give a seat: a member's to whoever is one, a guest's key in a cookie to everybody else."""
    response = redirect("workshops:room", room.pk)
    member = _member(request, room)
    if member is not None:
        seats.take_as_member(room, member, was=guest_of(request, room.pk))
        return response
    if guest_of(request, room.pk):
        return response
    seat = seats.take_as_guest(room, nickname)
    response.set_cookie(
        cookie_name(room.pk),
        seat.key,
        max_age=COOKIE_AGE,
        secure=settings.SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response
