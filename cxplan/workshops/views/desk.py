"""The facilitator's desk: the clock, the course, the people, the wall. Every command can be sent by a plain form."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import TypeVar

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import reswap, retarget

from cxplan.kit.http import fragment, is_htmx
from cxplan.workshops.access import RoomRequest, in_room
from cxplan.workshops.domain import between, board, facilitate
from cxplan.workshops.domain.board import Gone, Stale, Target, VotedOn
from cxplan.workshops.domain.commands import Closed, Repeated, TooLate
from cxplan.workshops.forms.between import DeadlineForm
from cxplan.workshops.forms.room import (
    AsideForm,
    ChooseForm,
    ClockForm,
    CommandForm,
    DecisionForm,
    GroupForm,
    HandsForm,
    LaneForm,
    MovePhaseForm,
    NoteForm,
    PersonForm,
    PutForm,
    RenameForm,
    TurnForm,
)
from cxplan.workshops.models import Group
from cxplan.workspaces.models import Role

from .shown import for_desk

F = TypeVar("F", bound=CommandForm)


@in_room(Role.LEAD)
@never_cache
@require_GET
def page(request: RoomRequest) -> HttpResponse:
    """The whole desk, or for htmx what stands on it now."""
    if is_htmx(request):
        return _main(request)
    return render(request, "workshops/desk/page.html", for_desk(request))


@in_room(Role.LEAD)
@require_POST
def open_room(request: RoomRequest) -> HttpResponse:
    """Let people in."""
    return carried_out(request, CommandForm, lambda form: facilitate.open_session(request.room, name=form.name))


@in_room(Role.LEAD)
@require_POST
def close_room(request: RoomRequest) -> HttpResponse:
    """End the workshop; it can be opened again."""
    return carried_out(request, CommandForm, lambda form: facilitate.close_session(request.room, name=form.name))


@in_room(Role.LEAD)
@require_POST
def turn(request: RoomRequest) -> HttpResponse:
    """To another phase."""
    return carried_out(
        request, TurnForm, lambda form: facilitate.turn(request.room, form.cleaned_data["phase"], name=form.name)
    )


@in_room(Role.LEAD)
@require_POST
def take_back(request: RoomRequest) -> HttpResponse:
    """The turn just made."""
    return carried_out(request, CommandForm, lambda form: facilitate.take_back_turn(request.room, name=form.name))


@in_room(Role.LEAD)
@require_POST
def clock(request: RoomRequest) -> HttpResponse:
    """More time or less, or the clock stood still or let run."""

    def act(form: ClockForm) -> object:
        if form.cleaned_data["act"] == "pause":
            return facilitate.pause(request.room, name=form.name)
        if form.cleaned_data["act"] == "resume":
            return facilitate.resume(request.room, name=form.name)
        return facilitate.extend(request.room, form.cleaned_data["minutes"], name=form.name)

    return carried_out(request, ClockForm, act)


@in_room(Role.LEAD)
@require_POST
def move_phase(request: RoomRequest) -> HttpResponse:
    """A phase one place earlier or later in the agenda."""
    return carried_out(
        request,
        MovePhaseForm,
        lambda form: facilitate.move_phase(
            request.room, form.cleaned_data["phase"], form.cleaned_data["place"], name=form.name
        ),
    )


@in_room(Role.LEAD)
@require_POST
def person(request: RoomRequest) -> HttpResponse:
    """Take somebody's seat, or give it back."""

    def act(form: PersonForm) -> None:
        do = facilitate.let_back if form.cleaned_data["back"] else facilitate.remove
        do(request.room, form.cleaned_data["participant"], name=form.name)

    return carried_out(request, PersonForm, act)


@in_room(Role.LEAD)
@require_POST
def write_for_room(request: RoomRequest) -> HttpResponse:
    """A note of somebody who says it aloud; it is as hidden as the others."""
    return carried_out(
        request,
        NoteForm,
        lambda form: board.write_note(
            request.room,
            form.cleaned_data["phase"],
            None,
            text=form.cleaned_data["text"],
            paper=form.cleaned_data["paper"],
            lane=form.cleaned_data.get("lane", ""),
            name=form.name,
        ),
    )


@in_room(Role.LEAD)
@require_POST
def aside(request: RoomRequest) -> HttpResponse:
    """Take notes off the wall, or put them back."""
    return carried_out(
        request,
        AsideForm,
        lambda form: facilitate.set_aside(
            request.room,
            form.cleaned_data["notes"],
            aside=not form.cleaned_data["back"],
            by=request.member,
            name=form.name,
        ),
    )


@in_room(Role.LEAD)
@require_POST
def make_group(request: RoomRequest) -> HttpResponse:
    """Of the notes that are ticked; what is ticked with a group goes to it."""
    return carried_out(
        request,
        GroupForm,
        lambda form: board.make_group(
            request.room,
            form.cleaned_data["notes"],
            groups=form.cleaned_data["groups"],
            label=form.cleaned_data["label"],
            name=form.name,
        ),
    )


@in_room(Role.LEAD)
@require_POST
def put_into(request: RoomRequest) -> HttpResponse:
    """The ticked notes into a group, or out of theirs."""
    return carried_out(
        request,
        PutForm,
        lambda form: board.put_into(
            request.room, form.cleaned_data["notes"], form.cleaned_data["group"], name=form.name
        ),
    )


@in_room(Role.LEAD)
@require_POST
def put_on_lane(request: RoomRequest) -> HttpResponse:
    """The ticked notes on one of the phase's lanes."""
    return carried_out(
        request,
        LaneForm,
        lambda form: board.put_on_lane(
            request.room, form.cleaned_data["notes"], form.cleaned_data["lane"], name=form.name
        ),
    )


@in_room(Role.LEAD)
@require_http_methods(["GET", "POST"])
def rename_group(request: RoomRequest, group: int) -> HttpResponse:
    """A group's name in its form, and the better one."""
    found = _group(request, group)
    started = {"label": found.name, "version": found.version}
    form = RenameForm(request.POST if request.method == "POST" else None, session=request.room, initial=started)
    if not form.is_valid():
        status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
        return _rename_form(request, found, form, status)
    given = form.cleaned_data
    try:
        board.rename_group(request.room, found, label=given["label"], version=given["version"], name=form.name)
    except Repeated:
        pass
    except Stale as stale:
        form.add_error(
            "label",
            _("Somebody else named it meanwhile: %(name)s. Save again to keep yours.") % {"name": stale.current},
        )
        form.data = {**form.data, "version": stale.current.version}  # saved again, it stands on what they saw
        return _rename_form(request, found, form, HTTPStatus.CONFLICT)
    except Gone:
        return _refused(request, _("Choose from the list: what was chosen is not there any more."))
    except Closed:
        return _refused(request, _("The group is not there any more."))
    return _main(request) if is_htmx(request) else redirect("workshops:desk", request.room.pk)


def _rename_form(request: RoomRequest, group: Group, form: RenameForm, status: int) -> HttpResponse:
    context = {"room": request.room, "group": group, "form": form}
    if not is_htmx(request):
        return render(request, "workshops/group/page.html", context, status=status)
    return reswap(
        retarget(fragment(request, "workshops/group/_form.html", context, status=status), "#dialog"), "innerHTML"
    )


@in_room(Role.LEAD)
@require_POST
def dissolve(request: RoomRequest, group: int) -> HttpResponse:
    """Lay a group's notes out again."""
    found = _group(request, group)
    return carried_out(request, CommandForm, lambda form: board.dissolve(request.room, found, name=form.name))


def _group(request: RoomRequest, pk: int) -> Group:
    found = Group.objects.of(request.room).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@in_room(Role.LEAD)
@require_POST
def choose(request: RoomRequest) -> HttpResponse:
    """What the workshop decides for."""

    def act(form: ChooseForm) -> None:
        if form.target is not None:
            board.choose(request.room, form.target, chosen=form.cleaned_data["chosen"], name=form.name)

    return carried_out(request, ChooseForm, act)


@in_room(Role.LEAD)
@require_POST
def enter_hands(request: RoomRequest) -> HttpResponse:
    """How many hands went up for a group or a note."""

    def act(form: HandsForm) -> None:
        given = form.cleaned_data
        board.enter_hands(request.room, given["phase"], form.target or Target(), count=given["count"], name=form.name)

    return carried_out(
        request, HandsForm, act, closed=_("The vote is closed or has gone on: the hands were not stored.")
    )


@in_room(Role.LEAD)
@require_POST
def write_decision(request: RoomRequest) -> HttpResponse:
    """What is decided and why, as it is said in the room."""
    return carried_out(
        request,
        DecisionForm,
        lambda form: board.write_decision(request.room, form.cleaned_data["reason"].strip(), name=form.name),
    )


@in_room(Role.LEAD)
@require_POST
def reopen(request: RoomRequest) -> HttpResponse:
    """A vote that was closed."""
    return carried_out(
        request, TurnForm, lambda form: facilitate.reopen(request.room, form.cleaned_data["phase"], name=form.name)
    )


# Between meetings


@in_room(Role.LEAD)
@require_POST
def move_deadline(request: RoomRequest) -> HttpResponse:
    """Earlier or later; a vote that is over opens again."""
    return carried_out(
        request,
        DeadlineForm,
        lambda form: between.move_deadline(request.room, form.cleaned_data["deadline"], name=form.name),
    )


@in_room(Role.LEAD)
@require_POST
def end(request: RoomRequest) -> HttpResponse:
    """Before the deadline."""
    return carried_out(request, CommandForm, lambda form: between.end(request.room, name=form.name))


@in_room(Role.LEAD)
@require_POST
def begin(request: RoomRequest) -> HttpResponse:
    """The meeting for which notes are being collected."""

    def act(form: CommandForm) -> None:
        between.end(request.room)
        facilitate.open_session(request.room, name=form.name)

    return carried_out(request, CommandForm, act)


def carried_out(request: RoomRequest, of: type[F], act: Callable[[F], object], *, closed: str = "") -> HttpResponse:
    """Read the form, carry out the command, and show the desk as it stands now; ``closed`` says why it cannot be."""
    form = of(request.POST, session=request.room)
    if not form.is_valid():
        return _refused(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
    try:
        act(form)
    except Repeated:
        pass
    except TooLate:
        return _refused(
            request, _("It is too late to take this back. Turn to the phase you want, or put things where they belong.")
        )
    except VotedOn:
        return _refused(
            request,
            _(
                "People have voted on this, so nothing was regrouped and no vote is lost. "
                "What says the same can be chosen together at the decision."
            ),
        )
    except Gone:
        return _refused(request, _("Choose from the list: what was chosen is not there any more."))
    except Closed:
        return _refused(request, closed or _("The workshop is not open, so nothing was changed. Open it first."))
    return _main(request) if is_htmx(request) else redirect("workshops:desk", request.room.pk)


def _refused(request: RoomRequest, why: str) -> HttpResponse:
    messages.error(request, why)
    return _main(request, status=HTTPStatus.CONFLICT)


def _main(request: RoomRequest, *, status: int = HTTPStatus.OK) -> HttpResponse:
    request.room.refresh_from_db()
    if is_htmx(request):
        return fragment(request, "workshops/desk/_main.html", for_desk(request), status=status)
    return render(request, "workshops/desk/page.html", for_desk(request), status=status)
