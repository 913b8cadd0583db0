"""Time in words, and nothing that moves or sounds: for everybody in a room, or for oneself."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from cxplan.kit.http import fragment, is_htmx
from cxplan.workshops.access import RoomRequest, in_room, seated
from cxplan.workshops.domain import facilitate, seats
from cxplan.workshops.forms.room import CalmForm
from cxplan.workspaces.models import Role

from .desk import carried_out
from .shown import for_participant


@in_room(Role.LEAD)
@require_POST
def for_everybody(request: RoomRequest) -> HttpResponse:
    """On all screens of the room."""
    return carried_out(
        request,
        CalmForm,
        lambda form: facilitate.keep_calm(request.room, calm=form.cleaned_data["calm"], name=form.name),
    )


@seated
@require_POST
def for_oneself(request: RoomRequest) -> HttpResponse:
    """On the phone of whoever asks."""
    form = CalmForm(request.POST, session=request.room)
    form.is_valid()
    if request.seat is not None:
        seats.keep_calm(request.seat, calm=bool(form.cleaned_data.get("calm")))
    if is_htmx(request):
        return fragment(request, "workshops/room/_main.html", for_participant(request))
    return redirect("workshops:room", request.room.pk)
