"""What belongs together: what participants say of it where they may, and the facilitator's way back."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cxplan.kit.http import is_htmx
from cxplan.workshops.access import RoomRequest, in_room, seated
from cxplan.workshops.domain import board, facilitate
from cxplan.workshops.domain.board import Gone, VotedOn
from cxplan.workshops.domain.commands import Closed, Repeated
from cxplan.workshops.forms.room import CommandForm, LetGroupForm, ProposeForm
from cxplan.workspaces.models import Role

from .desk import carried_out
from .room import main_part


@seated
@require_POST
def propose(request: RoomRequest) -> HttpResponse:
    """What a participant ticked goes together at once; nobody is told who ticked it."""
    form = ProposeForm(request.POST, session=request.room)
    if request.seat is None:
        return _refused(request, _("Take a seat in the workshop first."))
    if not form.is_valid():
        return _refused(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
    given = form.cleaned_data
    try:
        board.propose(request.room, given["phase"], given["notes"], given["groups"], name=form.name)
    except Repeated:
        pass
    except VotedOn:
        return _refused(
            request, _("People have voted on this, so nothing was regrouped and no vote is lost. Say it aloud.")
        )
    except Gone:
        return _refused(request, _("What you chose is not there any more. Look at what lies there now."))
    except Closed:
        return _refused(request, _("The facilitator groups the notes now, so nothing was changed. Say it aloud."))
    return main_part(request) if is_htmx(request) else redirect("workshops:room", request.room.pk)


def _refused(request: RoomRequest, why: str) -> HttpResponse:
    messages.error(request, why)
    return main_part(request, status=HTTPStatus.CONFLICT)


@in_room(Role.LEAD)
@require_POST
def let_group(request: RoomRequest) -> HttpResponse:
    """Everybody may group in this phase, or the facilitator alone."""

    def act(form: LetGroupForm) -> None:
        given = form.cleaned_data
        facilitate.let_group(request.room, given["phase"], everybody=given["everybody"], name=form.name)

    return carried_out(request, LetGroupForm, act)


@in_room(Role.LEAD)
@require_POST
def take_back(request: RoomRequest) -> HttpResponse:
    """The latest change of the groups, whoever made it."""
    return carried_out(request, CommandForm, lambda form: board.take_back_grouping(request.room, name=form.name))
