"""The room on a phone: what the phase asks, what is one's own, and the commands of a participant.

A command answers htmx with what it changes on this phone, a plain browser with a redirect to the room. What cannot be
done any more is a 409 with the main part as it stands now, which keeps what was typed.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import reswap, retarget

from cxplan.kit.http import fragment, is_htmx
from cxplan.workshops.access import RoomRequest, guest_of, seated
from cxplan.workshops.domain import board, ranks, seats
from cxplan.workshops.domain.board import Gone, NoDotsLeft, NotYours, Stale, Target, VotedOn
from cxplan.workshops.domain.commands import Closed, Repeated, TimeIsUp
from cxplan.workshops.forms.room import (
    CommandForm,
    EditNoteForm,
    NoteForm,
    PulseForm,
    RankForm,
    ReadyForm,
    ScoreForm,
    TargetForm,
)
from cxplan.workshops.models import Note, Participant, Phase

from .shown import for_participant, ordered, voted, written


@seated
@never_cache
@require_GET
def page(request: RoomRequest) -> HttpResponse:
    """The whole room, or for htmx its main part: after each turn of the phase, and after a gap in the stream."""
    if is_htmx(request):
        return main_part(request)
    return render(request, "workshops/room/page.html", for_participant(request))


@seated
@require_POST
def take_seat(request: RoomRequest) -> HttpResponse:
    """A seat for a member of the workspace who came by a link, or who was here as a guest until they signed in."""
    if request.member is not None:
        seats.take_as_member(request.room, request.member, was=guest_of(request, request.room.pk))
    return redirect("workshops:room", request.room.pk)


@seated
@require_POST
def write(request: RoomRequest) -> HttpResponse:
    """A note. Where it is of the present phase, one's own notes are the answer: the wall hears of it by itself."""
    form = NoteForm(request.POST, session=request.room)
    if not form.is_valid():
        return main_part(request, status=HTTPStatus.UNPROCESSABLE_ENTITY, form=form)
    given = form.cleaned_data

    def act(seat: Participant) -> None:
        board.write_note(
            request.room,
            given["phase"],
            seat,
            text=given["text"],
            paper=given["paper"],
            lane=given.get("lane", ""),
            name=form.name,
        )

    return _carried_out(request, act, _own_notes if _is_on(request, given["phase"].pk) else None, form=form)


def _is_on(request: RoomRequest, phase: int) -> bool:
    return phase == request.room.phase_id


def _own_notes(request: RoomRequest) -> HttpResponse:
    return fragment(request, "workshops/room/_written.html", written(request))


@seated
@require_http_methods(["GET", "POST"])
def edit(request: RoomRequest, note: int) -> HttpResponse:
    """One's own note in its form, and its new words."""
    found = _own_note(request, note)
    started = {"text": found.text, "version": found.version}
    form = EditNoteForm(request.POST if request.method == "POST" else None, session=request.room, initial=started)
    if not form.is_valid():
        status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
        return _edit_form(request, found, form, status)
    given = form.cleaned_data
    try:
        return _carried_out(
            request,
            lambda seat: board.edit_note(
                request.room, found, seat, text=given["text"], version=given["version"], name=form.name
            ),
            _own_notes if _is_on(request, found.phase_id) else None,
        )
    except Stale as stale:
        form.add_error(
            "text", _("You changed this note elsewhere meanwhile. It says now: %(text)s") % {"text": stale.current}
        )
        form.data = {**form.data, "version": stale.current.version}  # saved again, it stands on what they saw
        return _edit_form(request, found, form, HTTPStatus.CONFLICT)


def _edit_form(request: RoomRequest, note: Note, form: EditNoteForm, status: int) -> HttpResponse:
    context = {"room": request.room, "note": note, "form": form}
    if not is_htmx(request):
        return render(request, "workshops/note/page.html", context, status=status)
    answer = fragment(request, "workshops/note/_form.html", context, status=status)
    return reswap(retarget(answer, f"#own-{note.pk}"), "innerHTML")


@seated
@require_POST
def throw_away(request: RoomRequest, note: int) -> HttpResponse:
    """Take back one's own note."""
    found, form = _own_note(request, note), CommandForm(request.POST, session=request.room)
    form.is_valid()
    return _carried_out(
        request,
        lambda seat: board.throw_away(request.room, found, seat, name=form.name),
        _own_notes if _is_on(request, found.phase_id) else None,
    )


def _own_note(request: RoomRequest, pk: int) -> Note:
    found = Note.objects.of(request.room).select_related("phase").filter(pk=pk, participant=request.seat).first()
    if found is None or request.seat is None:
        raise Http404
    return found


@seated
@require_POST
def be_ready(request: RoomRequest) -> HttpResponse:
    """Through with the phase, or not yet."""
    form = ReadyForm(request.POST, session=request.room)
    if not form.is_valid():
        return main_part(request, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    phase, is_ready = form.cleaned_data["phase"], form.cleaned_data["ready"]
    shown = {"room": request.room, "phase": phase, "is_ready": is_ready}
    return _carried_out(
        request,
        lambda seat: board.be_ready(request.room, phase, seat, ready=is_ready, name=form.name),
        lambda request: fragment(request, "workshops/room/_ready.html", shown),
    )


@seated
@require_POST
def give_dot(request: RoomRequest) -> HttpResponse:
    """A dot for a group or a note."""
    form = TargetForm(request.POST, session=request.room)
    if not form.is_valid() or form.target is None:
        return _gone(request)
    phase, target = form.cleaned_data["phase"], form.target
    return _carried_out(
        request,
        lambda seat: board.give_dot(request.room, phase, seat, target, name=form.name),
        partial(_own_dots, phase=phase, target=target),
    )


@seated
@require_POST
def take_dot(request: RoomRequest) -> HttpResponse:
    """A dot taken back: from what is named, or the latest, wherever that lies."""
    form = TargetForm(request.POST, session=request.room)
    if not form.is_valid():
        return _gone(request)
    phase, target = form.cleaned_data["phase"], form.target
    return _carried_out(
        request,
        lambda seat: board.take_dot_back(request.room, phase, seat, target, name=form.name),
        partial(_own_dots, phase=phase, target=target) if target else None,
    )


def _own_dots(request: RoomRequest, *, phase: Phase, target: Target) -> HttpResponse:
    return fragment(request, "workshops/room/_voted.html", voted(request, phase, target))


@seated
@require_POST
def score(request: RoomRequest) -> HttpResponse:
    """A score from 1 to 5; the phone shows already what it sent."""
    form = ScoreForm(request.POST, session=request.room)
    if not form.is_valid() or form.target is None:
        return _gone(request)
    given, target = form.cleaned_data, form.target
    return _carried_out(
        request,
        lambda seat: board.give_score(
            request.room, given["phase"], seat, target, scale=given["scale"], value=given["value"], name=form.name
        ),
        lambda request: HttpResponse(status=HTTPStatus.NO_CONTENT),
    )


@seated
@require_POST
def rank(request: RoomRequest) -> HttpResponse:
    """A card put into one's own order, moved in it, or taken out of it; the whole order is the answer."""
    form = RankForm(request.POST, session=request.room)
    if not form.is_valid() or form.target is None:
        return _gone(request)
    phase, target, to = form.cleaned_data["phase"], form.target, form.cleaned_data["move"]
    now: list[ranks.Order] = []
    return _carried_out(
        request,
        lambda seat: now.append(ranks.move(request.room, phase, seat, target, to, name=form.name)),
        lambda request: fragment(request, "workshops/room/_ranking.html", ordered(request, phase, target, *now)),
    )


@seated
@require_POST
def pulse(request: RoomRequest) -> HttpResponse:
    """How it was."""
    form = PulseForm(request.POST, session=request.room)
    if not form.is_valid():
        return main_part(request, status=HTTPStatus.UNPROCESSABLE_ENTITY, pulse_form=form)
    given = form.cleaned_data
    return _carried_out(
        request,
        lambda seat: board.say_how_it_was(request.room, seat, value=given["value"], word=given["word"], name=form.name),
    )


def _carried_out(
    request: RoomRequest,
    act: Callable[[Participant], object],
    answer: Callable[[RoomRequest], HttpResponse] | None = None,
    *,
    form: NoteForm | None = None,
) -> HttpResponse:
    """Do it and answer with what it changes on this phone alone; without ``answer``, with the main part.

    What was done before is done. What cannot be done says why, and keeps what was typed.
    """
    if request.seat is None:
        messages.error(request, _("Take a seat in the workshop first."))
        return main_part(request, status=HTTPStatus.CONFLICT)
    try:
        act(request.seat)
    except Repeated:
        pass
    except NoDotsLeft:
        messages.error(request, _("No dot is left to give here. Take one back from somewhere first."))
        return main_part(request, status=HTTPStatus.CONFLICT)
    except (NotYours, VotedOn):
        messages.error(request, _("This note lies open now and can no longer be changed. Nothing was lost."))
        return main_part(request, status=HTTPStatus.CONFLICT)
    except Gone:
        return _gone(request)
    except TimeIsUp:
        messages.error(request, _("The time is over, so this was not stored. What you sent before it counts."))
        return main_part(request, status=HTTPStatus.CONFLICT, form=form)
    except Closed:
        messages.error(request, _("The workshop has gone on, so this was not stored. What you typed is still here."))
        return main_part(request, status=HTTPStatus.CONFLICT, form=form)
    if not is_htmx(request):
        return redirect("workshops:room", request.room.pk)
    return answer(request) if answer else main_part(request)


def _gone(request: RoomRequest) -> HttpResponse:
    messages.error(request, _("What you chose is not there any more. Look at what lies there now."))
    return main_part(request, status=HTTPStatus.CONFLICT)


def main_part(request: RoomRequest, *, status: int = HTTPStatus.OK, **forms: Any) -> HttpResponse:
    """The main part as it stands now; for a plain browser the whole page."""
    request.room.refresh_from_db()
    if request.seat is not None:
        request.seat.refresh_from_db(fields=["ready_for"])
    context = for_participant(request, **{name: form for name, form in forms.items() if form is not None})
    if is_htmx(request):
        return fragment(request, "workshops/room/_main.html", context, status=status)
    return render(request, "workshops/room/page.html", context, status=status)
