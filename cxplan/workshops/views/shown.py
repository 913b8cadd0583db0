"""What the three screens show of a room; each part is fetched anew when the streams say that it changed."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils import timezone

from cxplan.workshops.access import RoomRequest
from cxplan.workshops.domain import board, facilitate
from cxplan.workshops.domain.wall import wall
from cxplan.workshops.forms.room import NoteForm, PulseForm
from cxplan.workshops.models import Ballot, Mode, Note, Participant, Phase, Session

Shown = dict[str, Any]

#: The phases in which what lies on the wall is looked at as it lies.
ON_THE_WALL = frozenset({Mode.READ, Mode.REVEAL, Mode.GROUP, Mode.PLACE, Mode.WRITE_TOGETHER, Mode.DISCUSS, Mode.TEST})
#: The phases in which what was voted stands in order.
IN_ORDER = frozenset({Mode.DECIDE, Mode.ASSIGN, Mode.CLOSE})


def frame(room: Session) -> Shown:
    """What all three screens have: the phase, its place in the agenda, and the clock as the server sees it."""
    phases = list(Phase.objects.of(room).in_order())
    place = next((number for number, each in enumerate(phases, 1) if each.pk == room.phase_id), 0)
    return {
        "room": room,
        "phase": room.phase,
        "phases": phases,
        "place": place,
        "following": phases[place] if 0 < place < len(phases) else None,
        "now": timezone.now(),
    }


def for_participant(request: RoomRequest, **forms: Any) -> Shown:
    """What one phone shows: what the phase asks of it, and what is its own."""
    room, seat, phase = request.room, request.seat, request.room.phase
    shown: Shown = {**frame(room), "seat": seat, "facilitates": request.facilitates}
    if seat is None or phase is None:
        return shown
    shown["is_ready"] = seat.ready_for_id == phase.pk
    if phase.writes:
        shown["form"] = forms.get("form") or NoteForm(
            session=room, initial={"phase": phase, "paper": _paper(seat)}, prefix=None
        )
        shown["own_notes"] = Note.objects.of(room).filter(phase=phase, participant=seat).in_order()
        if not phase.is_hidden:
            shown["wall"] = wall(room)
    elif phase.mode in ON_THE_WALL:
        shown["wall"] = wall(room)
    elif phase.mode == Mode.VOTE:
        shown |= _ballot_paper(phase, seat)
    elif phase.mode == Mode.SCORE:
        shown["sheet"] = _score_sheet(phase, seat)
    if phase.mode in IN_ORDER:
        shown["results"] = results(room)
    if phase.mode == Mode.CLOSE or not room.is_open:
        shown["pulse"] = getattr(seat, "pulse", None)
        shown["pulse_form"] = forms.get("pulse_form") or PulseForm(session=room)
    return shown


def _paper(seat: Participant) -> str:
    """The colour that somebody wrote on last."""
    latest = (
        Note.objects.of(seat.session).filter(participant=seat).order_by("-pk").values_list("paper", flat=True).first()
    )
    return latest or "yellow"


def _ballot_paper(phase: Phase, seat: Participant) -> Shown:
    given = board.own_dots(phase, seat)
    lying = wall(phase.session)
    rows: list[Shown] = [
        *({"target": pile.group, "is_group": True, "notes": pile.notes} for pile in lying.piles),
        *({"target": note, "is_group": False, "notes": ()} for note in lying.notes),
    ]
    for row in rows:
        row["own"] = given.get(("group" if row["is_group"] else "note", row["target"].pk), 0)
    spent = sum(given.values())
    left = max(0, (phase.dots or 0) - spent)
    return {
        "ballot": rows,
        "spent": spent,
        "dots_left": left,
        "most": phase.most_per_note or phase.dots or 0,
        "results": board.tally(phase) if phase.closed_at else None,
    }


def _score_sheet(phase: Phase, seat: Participant) -> list[Shown]:
    given = {
        (ballot.note_id, ballot.group_id, ballot.scale): ballot.value
        for ballot in Ballot.objects.of(phase).scores().filter(participant=seat)
    }
    lying = wall(phase.session)
    targets = [*((pile.group, True) for pile in lying.piles), *((note, False) for note in lying.notes)]
    return [
        {
            "target": target,
            "is_group": is_group,
            "scales": [
                {
                    **scale,
                    "value": given.get(
                        (None, target.pk, scale["key"]) if is_group else (target.pk, None, scale["key"])
                    ),
                }
                for scale in phase.scales
            ],
        }
        for target, is_group in targets
    ]


def results(room: Session) -> list[board.Result]:
    """What the latest vote that was closed came to; the wall as it lies where there was none."""
    latest = (
        Phase.objects.of(room)
        .filter(mode=Mode.VOTE, closed_at__isnull=False)
        .select_related("session")
        .order_by("-position")
        .first()
    )
    return board.tally(latest) if latest else []


def for_desk(request: RoomRequest) -> Shown:
    """What the facilitator's screen shows. What is still hidden is counted here, and not shown."""
    room, phase = request.room, request.room.phase
    people = list(Participant.objects.of(room).select_related("member").in_order())
    seated = [person for person in people if person.removed_at is None]
    shown: Shown = {
        **frame(room),
        **joining(request),
        "people": people,
        "seated": seated,
        "ready": sum(person.ready_for_id == room.phase_id for person in seated) if room.phase_id else 0,
        "may_take_back": room.turned_at is not None
        and room.turned_from_id is not None
        and timezone.now() - room.turned_at <= facilitate.UNDO_FOR,
        "undo_for": int(facilitate.UNDO_FOR.total_seconds()),
    }
    if phase is None:
        return shown
    if phase.is_hidden:
        shown["hidden"] = Note.objects.of(room).filter(phase=phase, set_aside_at=None).in_order()
    else:
        shown["wall"] = wall(room)
        shown["aside"] = Note.objects.of(room).exclude(set_aside_at=None).select_related("phase").in_order()
    if phase.mode in (Mode.VOTE, Mode.SCORE):
        shown["ballots"] = Ballot.objects.of(phase).count()
        shown["voters"] = Ballot.objects.of(phase).values("participant").distinct().count()
        shown["results"] = board.tally(phase) if phase.closed_at and phase.mode == Mode.VOTE else None
    if phase.mode in IN_ORDER:
        shown["results"] = results(room)
    return shown


def for_screen(request: RoomRequest) -> Shown:
    """What the projector shows: nothing that is hidden, and counts that tell of nobody."""
    room, phase = request.room, request.room.phase
    shown: Shown = {**frame(room), **joining(request)}
    shown["ready"], shown["seated_count"] = facilitate.ready_counts(room)
    if phase is None:
        return shown
    shown["note_count"] = Note.objects.of(room).filter(set_aside_at=None, participant__isnull=False).count()
    if phase.mode in IN_ORDER or (phase.mode == Mode.VOTE and phase.closed_at):
        shown["results"] = results(room)
    elif not phase.is_hidden:
        shown["wall"] = wall(room)
    if phase.mode in (Mode.VOTE, Mode.SCORE):
        shown["voters"] = Ballot.objects.of(phase).values("participant").distinct().count()
    return shown


def joining(request: RoomRequest) -> Shown:
    """The way in, as it stands on the wall: an address to type with its code, and the one that the QR code holds."""
    room = request.room
    if not room.is_open:
        return {}
    address = request.build_absolute_uri(reverse("workshops:join"))
    return {
        "join_url": request.build_absolute_uri(reverse("workshops:join_by_token", args=[room.token])),
        "join_address": address.split("://", 1)[1].rstrip("/"),
        "code": f"{room.code[:3]} {room.code[3:]}",
    }
