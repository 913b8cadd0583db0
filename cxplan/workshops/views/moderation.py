"""Looking through what is hidden before the reveal: a deliberate act that is written down; nobody else sees of it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from cxplan.kit.http import fragment, is_htmx
from cxplan.workshops.access import RoomRequest, in_room
from cxplan.workshops.domain import facilitate
from cxplan.workshops.domain.commands import Closed, Repeated
from cxplan.workshops.forms.room import AsideForm, TurnForm
from cxplan.workspaces.models import Role


@in_room(Role.LEAD)
@never_cache
@require_POST
def look(request: RoomRequest) -> HttpResponse:
    """The hidden notes of a phase, once: whoever looks again does it again."""
    form = TurnForm(request.POST, session=request.room)
    if not form.is_valid() or request.member is None:
        return _nothing(request)
    try:
        notes = facilitate.look_through(request.room, form.cleaned_data["phase"], by=request.member, name=form.name)
    except (Closed, Repeated):
        return _nothing(request)
    context = {"room": request.room, "notes": notes}
    if is_htmx(request):
        return fragment(request, "workshops/desk/_hidden_form.html", context)
    return render(request, "workshops/desk/hidden.html", context)


def _nothing(request: RoomRequest) -> HttpResponse:
    messages.error(request, _("Nothing is hidden here any more. Look at the wall."))
    return redirect("workshops:desk", request.room.pk)


@in_room(Role.LEAD)
@require_POST
def aside(request: RoomRequest) -> HttpResponse:
    """A hidden note set aside or put back where it was read; for a plain browser that ends the looking."""
    form = AsideForm(request.POST, session=request.room)
    if not form.is_valid():
        return _nothing(request)
    is_aside, notes = not form.cleaned_data["back"], form.cleaned_data["notes"]
    try:
        facilitate.set_aside(request.room, notes, aside=is_aside, by=request.member, name=form.name)
    except Repeated:
        pass
    except Closed:
        return _nothing(request)
    if is_htmx(request):
        context = {"room": request.room, "note": notes[0], "is_aside": is_aside}
        return fragment(request, "workshops/desk/_hidden_note.html", context)
    messages.success(request, _("Set aside, and written to the audit trail.") if is_aside else _("Put back."))
    return redirect("workshops:desk", request.room.pk)
