"""What the three screens show of a room; each part is fetched anew when the streams say that it changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cxplan.workshops.access import RoomRequest
from cxplan.workshops.domain import between, board, facilitate, ranks, scores
from cxplan.workshops.domain.commands import UNDO_FOR
from cxplan.workshops.domain.wall import Wall, wall
from cxplan.workshops.forms.between import DeadlineForm
from cxplan.workshops.forms.closing import AddressForm
from cxplan.workshops.forms.room import DecisionForm, NoteForm, PulseForm
from cxplan.workshops.models import (
    BALLOTS,
    Asked,
    Authors,
    Ballot,
    Group,
    Mode,
    Note,
    Participant,
    Phase,
    Pulse,
    Session,
    State,
)

Shown = dict[str, Any]

#: The words on the button that leads to a phase: they say what happens.
ONWARD: Final[dict[str, Promise]] = {
    Mode.READ: _("Start the reading"),
    Mode.WRITE: _("Start the silent writing"),
    Mode.REVEAL: _("Reveal the notes"),
    Mode.GROUP: _("Start the grouping"),
    Mode.PLACE: _("Start the placing"),
    Mode.SCORE: _("Start the scoring"),
    Mode.VOTE: _("Start the vote"),
    Mode.RANK: _("Start the ranking"),
    Mode.WRITE_TOGETHER: _("Start writing together"),
    Mode.DISCUSS: _("Start the discussion"),
    Mode.TEST: _("Start the test"),
    Mode.ASSIGN: _("Agree who and when"),
    Mode.DECIDE: _("Go to the decision"),
    Mode.CLOSE: _("Go to the close"),
}
#: What is left while it is open is closed by going on, and the button says so instead.
CLOSING: Final[dict[str, Promise]] = {
    Mode.VOTE: _("Close the vote"),
    Mode.RANK: _("Close the ranking"),
    Mode.SCORE: _("Close the scoring"),
}
#: From so many dots a number says how many are given, not a row of them.
MOST_DOTS: Final = 15
#: Words of the scores.
SCORES: Final = (
    (1, _("very low")),
    (2, _("low")),
    (3, _("middling")),
    (4, _("high")),
    (5, _("very high")),
)

#: The phases in which what lies on the wall is looked at as it lies.
ON_THE_WALL = frozenset({Mode.READ, Mode.REVEAL, Mode.GROUP, Mode.PLACE, Mode.WRITE_TOGETHER, Mode.DISCUSS, Mode.TEST})
#: The phases that lay what is on the wall in an order, once they are closed.
ORDERING = frozenset({Mode.VOTE, Mode.RANK})
#: The phases in which what was voted or ranked stands in order.
IN_ORDER = frozenset({Mode.DECIDE, Mode.ASSIGN, Mode.CLOSE})
#: The phases in which it is looked at what was scored, too.
AFTER_SCORES = IN_ORDER | {Mode.DISCUSS}


@dataclass(frozen=True)
class Clock:
    """A phase's time as the server sees it; a phone counts on from there, whatever its own clock says."""

    now: datetime
    ends_at: datetime | None
    left: int
    total: int

    @property
    def amount(self) -> str:
        """What is left, in a word."""
        return "plenty" if 3 * self.left > 2 * self.total else "half" if 3 * self.left > self.total else "little"

    @property
    def text(self) -> str:
        return f"{self.left // 60:02}.{self.left % 60:02}"


def clock(phase: Phase | None) -> Clock | None:
    """What is left of a phase, running or stood still; nothing before it has begun."""
    if phase is None or not phase.has_begun:
        return None
    now = timezone.now()
    left = phase.seconds_left or 0 if phase.ends_at is None else round((phase.ends_at - now).total_seconds())
    left = max(0, left)
    return Clock(now, phase.ends_at, left, max(left, phase.minutes * 60, 1))


def frame(room: Session) -> Shown:
    """What all three screens have: the phase, its place in the agenda, and the clock as the server sees it.

    ``room`` comes with its streams, read in one query with its phase: nothing that happens after it is missed.
    """
    phases = list(Phase.objects.of(room).in_order())
    place = next((number for number, each in enumerate(phases, 1) if each.pk == room.phase_id), 0)
    return {
        "room": room,
        "calm": room.is_calm,
        "phase": room.phase,
        "phases": phases,
        "place": place,
        "following": phases[place] if 0 < place < len(phases) else None,
        "clock": clock(room.phase) if room.deadline is None else None,
        "is_poll": _is_poll(room),
    }


def _is_poll(room: Session) -> bool:
    """Whether it is a vote between meetings: nobody meets for it, neither before its deadline nor after."""
    return room.deadline is not None and room.phase is not None and not room.phase.writes


def _lying(room: Session, phase: Phase) -> Shown:
    """The wall, by the phase's lanes where it has some."""
    lying = wall(room)
    return {"wall": lying, "lanes": lying.lanes(phase) if phase.lanes else None}


def for_participant(request: RoomRequest, **forms: Any) -> Shown:
    """What one phone shows: what the phase asks of it, and what is its own."""
    room, seat, phase = request.room, request.seat, request.room.phase
    shown: Shown = {**frame(room), "seat": seat, "facilitates": request.facilitates}
    shown["calm"] = room.is_calm or (seat is not None and seat.is_calm)
    if seat is not None and room.state == State.PLANNED:
        return shown | {"has_written": Note.objects.of(room).filter(participant=seat).exists()}
    if seat is None or phase is None:
        return shown
    if room.deadline is not None and not room.is_open:
        return shown | _over(room, phase, seat)
    shown["is_ready"] = seat.ready_for_id == phase.pk
    shown["has_thumb"] = room.deadline is None or phase.mode != Mode.SCORE  # between meetings nobody waits for others
    if phase.mode == Mode.CLOSE or not room.is_open:
        shown["pulse"] = getattr(seat, "pulse", None)
        if seat.member_id is None:
            shown["address_form"] = forms.get("address_form") or AddressForm(session=room)
        shown["pulse_form"] = forms.get("pulse_form") or PulseForm(session=room, initial=_said(shown["pulse"]))
    if not room.is_open or _stands_in_order(shown):
        return shown | _outcome(room, phase) | scored(shown)
    if phase.mode in AFTER_SCORES:
        shown |= scored(shown)
    if phase.writes:
        shown["form"] = forms.get("form") or NoteForm(session=room, initial={"phase": phase, "paper": _paper(seat)})
        shown |= written(request)
        if not phase.is_hidden:
            shown |= _lying(room, phase)
    elif phase.mode in ON_THE_WALL:
        shown |= _lying(room, phase)
    elif phase.mode == Mode.VOTE:
        shown |= _ballot_paper(room, phase, seat)
    elif phase.mode == Mode.RANK:
        shown |= _ranking(room, phase, seat)
    elif phase.mode == Mode.SCORE and phase.closed_at:
        shown |= scored(shown)
    elif phase.mode == Mode.SCORE:
        shown |= {"sheet": _score_sheet(room, phase, seat), "scores": SCORES}
    return shown


def written(request: RoomRequest) -> Shown:
    """One's own notes of the phase."""
    room = request.room
    own = list(Note.objects.of(room).filter(phase=room.phase, participant=request.seat).in_order())
    return {"room": room, "own_notes": own}


def _stands_in_order(shown: Shown) -> bool:
    """Whether this is a phase for what was voted or ranked; a discussion is one, too, once there is such a thing."""
    phase: Phase = shown["phase"]
    if phase.mode == Mode.DISCUSS:
        return any(each.mode in ORDERING and each.closed_at for each in shown["phases"])
    return phase.mode in IN_ORDER


def _outcome(room: Session, phase: Phase) -> Shown:
    """What the latest vote or ranking came to; where there was none, what lies on the wall."""
    latest = _latest_order(room)
    found = _results(room, latest)
    if not found:
        return _lying(room, phase)
    without = [each for each in found if not each.count and not each.target.is_chosen]
    return {"results": found, "without": without, "is_ranking": latest is not None and latest.mode == Mode.RANK}


def _said(pulse: Pulse | None) -> Shown:
    return {"value": pulse.value, "word": pulse.word} if pulse else {}


def _paper(seat: Participant) -> str:
    """The colour that somebody wrote on last."""
    latest = (
        Note.objects.of(seat.session).filter(participant=seat).order_by("-pk").values_list("paper", flat=True).first()
    )
    return latest or "yellow"


def _over(room: Session, phase: Phase, seat: Participant | None = None) -> Shown:
    """What a vote between meetings came to, and what somebody gave themselves. Nothing until it is counted."""
    if phase.closed_at is None or phase.writes:
        return {}
    if phase.mode == Mode.SCORE:
        own = scores.own(phase, seat) if seat else {}
        means = scores.in_order(room, phase)
        return {"means": means, "gave_scores": [(each.target, own[each.key]) for each in means if each.key in own]}
    found = _outcome(room, phase)
    if phase.mode == Mode.RANK:
        return found | ({"own_order": ranks.own_order(phase, seat, wall(room)).ranked} if seat else {})
    dots = board.own_dots(phase, seat) if seat else {}
    voted: list[board.Result] = found.get("results", [])
    gave = [(each.target, dots.get(("group" if each.is_group else "note", each.target.pk), 0)) for each in voted]
    return found | {"gave_dots": [(target, count) for target, count in gave if count]}


OwnDots = dict[tuple[str, int], int]


def _ballot_paper(room: Session, phase: Phase, seat: Participant) -> Shown:
    if phase.closed_at:
        return _outcome(room, phase)
    given, lying = board.own_dots(phase, seat), wall(room)
    piles = [_row("group", pile.group.pk, given) | {"target": pile.group, "notes": pile.notes} for pile in lying.piles]
    notes = [_row("note", note.pk, given) | {"target": note} for note in lying.loose]
    return {"ballot": [*piles, *notes], **_dots(phase, given)}


def voted(request: RoomRequest, phase: Phase, target: board.Target) -> Shown:
    """One's own dots on a target, and how many are left."""
    given = board.own_dots(phase, request.seat) if request.seat else {}
    kind, pk = ("group", target.group) if target.group else ("note", target.note or 0)
    return {"room": request.room, "phase": phase, "row": _row(kind, pk, given), **_dots(phase, given)}


def _row(kind: str, pk: int, given: OwnDots) -> Shown:
    own = given.get((kind, pk), 0)
    return {"kind": kind, "pk": pk, "name": f"{kind}-{pk}", "own": own, "dots": range(own)}


def _dots(phase: Phase, given: OwnDots) -> Shown:
    """What is left of a phase's dots, and how many may go to one target."""
    quota, spent = phase.dots or 0, sum(given.values())
    left = max(0, quota - spent)
    return {
        "spent": spent,
        "dots_left": left,
        "dots": [number < left for number in range(quota)],
        "most": phase.most_per_note or quota,
        "in_numbers": quota > MOST_DOTS,
    }


def _ranking(room: Session, phase: Phase, seat: Participant) -> Shown:
    own = ranks.own_order(phase, seat, wall(room))
    return _outcome(room, phase) | {"own_order": own.ranked} if phase.closed_at else _cards(own)


def ordered(request: RoomRequest, phase: Phase, target: board.Target, now: ranks.Order | None = None) -> Shown:
    """One's own order, and what is said of the card that was moved; ``now`` is how the order was found last."""
    room = request.room
    if now is None and request.seat is not None:
        now = ranks.own_order(phase, request.seat, wall(room))
    shown: Shown = {"room": room, "phase": phase, **(_cards(now) if now else {})}
    moved = [card for card in shown.get("ranked", []) if card["key"] == (target.note, target.group)]
    return shown | {"moved": moved[0] if moved else None}


def _cards(order: ranks.Order) -> Shown:
    """One's own order and the rest as cards, each with the number of its notes."""
    notes = {pile.group.pk: len(pile.notes) for pile in order.wall.piles}

    def card(target: Note | Group, place: int) -> Shown:
        kind = "group" if isinstance(target, Group) else "note"
        return {
            "target": target,
            "key": (None, target.pk) if kind == "group" else (target.pk, None),
            "kind": kind,
            "name": f"{kind}-{target.pk}",
            "notes": notes.get(target.pk, 0) if kind == "group" else 0,
            "place": place,
        }

    return {
        "ranked": [card(target, place) for place, target in enumerate(order.ranked, 1)],
        "unranked": [card(target, 0) for target in order.rest],
    }


def _score_sheet(room: Session, phase: Phase, seat: Participant) -> list[Shown]:
    given = {
        (ballot.note_id, ballot.group_id, ballot.scale): ballot.value
        for ballot in Ballot.objects.of(phase).scores().filter(participant=seat)
    }
    lying = wall(room)
    targets = [*((pile.group, True) for pile in lying.piles), *((note, False) for note in lying.loose)]
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


def _latest_order(room: Session) -> Phase | None:
    """The latest vote or ranking that was closed."""
    closed = Phase.objects.of(room).filter(mode__in=ORDERING, closed_at__isnull=False)
    return closed.select_related("session").order_by("-position").first()


def _results(room: Session, phase: Phase | None) -> list[board.Result] | list[ranks.Ranked]:
    """What a vote or a ranking came to; nothing where there was none."""
    if phase is None:
        return []
    return ranks.in_order(phase, wall(room)) if phase.mode == Mode.RANK else board.tally(phase)


def scored(shown: Shown) -> Shown:
    """What the latest scoring that was closed came to, in the order of the wall: mean, spread, and of how many."""
    closed = [phase for phase in shown["phases"] if phase.mode == Mode.SCORE and phase.closed_at]
    return {"scored": _by_scale(closed[-1], wall(shown["room"])) if closed else []}


def _by_scale(phase: Phase, lying: Wall) -> list[scores.Scored]:
    """Each target that somebody scored, with what it got on each scale."""
    return [each for each in scores.on_the_wall(phase, lying) if each.scores]


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
        "undo_left": _undo_left(room),
        "undo_for": int(UNDO_FOR.total_seconds()),
    }
    shown |= _onward(shown)
    if phase is None:
        return shown
    if phase.mode in IN_ORDER and room.is_open:
        shown["decision_form"] = DecisionForm(session=room, initial={"reason": room.reason})
    if room.deadline is not None:
        return shown | _between(room, phase)
    if phase.writes and phase.authors != Authors.PRIVATE and room.is_open:
        shown["said_aloud"] = NoteForm(session=room, initial={"phase": phase})
    if phase.is_hidden and room.is_open:
        shown["hidden"] = Note.objects.of(room).filter(phase=phase, set_aside_at=None).in_order()
        return shown
    shown["aside"] = Note.objects.of(room).exclude(set_aside_at=None).select_related("phase").in_order()
    if phase.mode in BALLOTS:
        shown["ballots"] = Ballot.objects.of(phase).count()
        shown["voters"] = Ballot.objects.of(phase).values("participant").distinct().count()
    if phase.mode in AFTER_SCORES or (phase.mode == Mode.SCORE and phase.closed_at) or not room.is_open:
        shown |= scored(shown)
    shown["chooses"] = phase.mode == Mode.DECIDE and room.is_open  # on the wall, where nothing was voted or ranked
    if _stands_in_order(shown) or (phase.mode in ORDERING and phase.closed_at) or not room.is_open:
        return shown | _outcome(room, phase)
    shown |= _lying(room, phase)
    shown["regrouped_left"] = _regrouped_left(room)
    if phase.mode == Mode.VOTE and not phase.closed_at:
        shown |= _hands(phase, shown["wall"])
    elif phase.mode == Mode.SCORE and not phase.closed_at:
        shown["answered"] = _by_scale(phase, shown["wall"])
    # What was brought is read first; and of what people have begun to vote on nothing is moved
    shown["regroups"] = phase.mode != Mode.READ and not shown.get("ballots") and not shown.get("hands_up")
    return shown


def _hands(phase: Phase, lying: Wall) -> Shown:
    """What hands are counted for in the room, with how many went up so far."""
    raised = board.hands(phase)
    rows = board.keyed(lying.targets)
    return {
        "hands": [{"target": target, "key": key, "count": raised.get(key, 0)} for target, key in rows],
        "hands_up": sum(raised.values()),
    }


def _between(room: Session, phase: Phase) -> Shown:
    """At the desk: until when, and from how many of those asked something has come; of what they gave, nothing."""
    until = timezone.localtime(room.deadline)
    return {
        "asked": Asked.objects.of(room).count(),
        "answered": between.answered(room),
        "deadline_form": DeadlineForm(session=room, initial={"deadline": until}),
        **({} if phase.writes else _over(room, phase) or {"wall": wall(room)}),
    }


def _undo_left(room: Session) -> int:
    """Seconds in which the latest turn can still be taken back."""
    if room.turned_at is None or room.turned_from_id is None or not room.is_open:
        return 0
    return max(0, int((room.turned_at + UNDO_FOR - timezone.now()).total_seconds()))


def _regrouped_left(room: Session) -> int:
    """Seconds in which the latest change of the groups can still be taken back."""
    at = board.regrouped_at(room) if room.is_open else None
    return max(0, int((at + UNDO_FOR - timezone.now()).total_seconds())) if at else 0


def _onward(shown: Shown) -> Shown:
    """The words of the button that goes on, and whether hidden notes come to light by it."""
    phase, following = shown["phase"], shown["following"]
    if phase is None or following is None:
        return {}
    closes = CLOSING.get(phase.mode) if phase.closed_at is None else None
    return {
        "onward": closes or ONWARD[following.mode],
        "reveals": phase.is_hidden
        and phase.authors != Authors.PRIVATE
        and following.mode in facilitate.SHOWING
        and following.mode != Mode.REVEAL,
    }


def for_screen(request: RoomRequest) -> Shown:
    """What the projector shows: nothing that is hidden, and counts that tell of nobody."""
    room, phase = request.room, request.room.phase
    shown: Shown = {**frame(room), **joining(request)}
    shown["ready"], shown["seated_count"] = facilitate.ready_counts(room)
    if phase is None or room.state == State.PLANNED or room.is_between:
        return shown
    # As on the desk: the wall, or what is hidden; of that the number does not tell whether something is set aside
    counted = Note.objects.of(room)
    shown["note_count"] = (counted.filter(phase=phase) if phase.is_hidden else counted.on_the_wall()).count()
    if phase.mode in BALLOTS:
        shown["voters"] = Ballot.objects.of(phase).values("participant").distinct().count()
    if phase.mode in AFTER_SCORES or (phase.mode == Mode.SCORE and phase.closed_at):
        shown |= scored(shown)
    if _stands_in_order(shown) or (phase.mode in ORDERING and phase.closed_at):
        return shown | _outcome(room, phase)
    return shown if phase.is_hidden else shown | _lying(room, phase)


def joining(request: RoomRequest) -> Shown:
    """The way in, as it stands on the wall: an address to type with its code, and the one that the QR code holds.

    That of a vote between meetings is the one that those asked get by mail: it is for members alone.
    """
    room = request.room
    if not room.is_open:
        return {}
    if _is_poll(room):
        return {"join_url": request.build_absolute_uri(reverse("workshops:room", args=[room.pk]))}
    address = request.build_absolute_uri(reverse("workshops:join"))
    return {
        "join_url": request.build_absolute_uri(reverse("workshops:join_by_token", args=[room.token])),
        "join_address": address.split("://", 1)[1].rstrip("/"),
        "code": f"{room.code[:3]} {room.code[3:]}".strip(),
    }
