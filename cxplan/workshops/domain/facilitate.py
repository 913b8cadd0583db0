"""What whoever leads a workshop does: plan, open, turn the phases, keep the time, set aside, close."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone

from cxplan.live import publish
from cxplan.live.models import Stream
from cxplan.workshops.models import BALLOTS, Authors, Mode, Note, Participant, Phase, Session, State
from cxplan.workspaces.domain import audit
from cxplan.workspaces.models import AuditEvent, Member, Workspace

from .commands import UNDO_FOR, Closed, TooLate, command

#: A clock can be set to so many minutes at most.
LONGEST: Final = timedelta(hours=8)
#: What the phases before a phase of these leave behind lies open in it.
SHOWING: Final = frozenset(Mode) - {Mode.READ, Mode.WRITE, Mode.DISCUSS, Mode.TEST}


@dataclass(frozen=True)
class PhasePlan:
    """A phase before there is a session: the fields of ``Phase``."""

    mode: str
    title: str
    question: str = ""
    instruction: str = ""
    script: str = ""
    minutes: int = 5
    authors: str = Authors.HIDDEN
    lanes: Sequence[dict[str, str]] = ()
    dots: int | None = None
    most_per_note: int | None = None
    scales: Sequence[dict[str, str]] = ()
    participants_group: bool = False


@dataclass(frozen=True)
class Brought:
    """Something from outside that lies on the wall from the start; ``ref`` names where it came from.

    ``is_material``: it is there to be read and to lean on, not to be voted on.
    """

    text: str
    ref: str
    lane: str = ""
    is_material: bool = False


@dataclass(frozen=True)
class Plan:
    """A workshop before it is there."""

    title: str
    language: str
    phases: Sequence[PhasePlan]
    brought: Sequence[Brought] = field(default=())


def plan(workspace: Workspace, by: Member, planned: Plan) -> Session:
    """A workshop with its agenda and what is brought to it. Raises ``ValueError`` for an agenda without a phase."""
    if not planned.phases:
        raise ValueError("a workshop has at least one phase")
    with transaction.atomic():
        room, desk = Stream.objects.create(), Stream.objects.create()
        session = Session.objects.create(
            workspace=workspace,
            title=planned.title,
            language=planned.language,
            facilitator=by,
            room=room,
            desk=desk,
        )
        phases = Phase.objects.bulk_create(
            Phase(
                session=session,
                position=place,
                mode=each.mode,
                title=each.title,
                question=each.question,
                instruction=each.instruction,
                script=each.script,
                minutes=each.minutes,
                authors=each.authors,
                lanes=list(each.lanes),
                dots=each.dots,
                most_per_note=each.most_per_note,
                scales=list(each.scales),
                participants_group=each.participants_group,
            )
            for place, each in enumerate(planned.phases)
        )
        Note.objects.bulk_create(
            Note(
                session=session,
                phase=phases[0],
                position=place,
                text=each.text,
                ref=each.ref,
                lane=each.lane,
                is_material=each.is_material,
            )
            for place, each in enumerate(planned.brought, 1)  # after what people write themselves
        )
        return session


def open_session(session: Session, *, name: UUID | None = None) -> Session:
    """Let people in, to the first phase; its clock starts. An open workshop stays as it is.

    A closed one opens again where it was, with another code. Raises ``Closed`` where a vote ended at its deadline: it
    opens again with another one.
    """
    with command(session, "session", name, while_open=False) as current:
        if current.state == State.OPEN:
            return current
        if current.deadline is not None:
            raise Closed
        first = current.phase or current.phases.in_order().first()
        current.state, current.phase = State.OPEN, first
        current.opened_at = current.opened_at or timezone.now()
        current.closed_at = None
        _give_code(current)
        if first is not None:
            _start(first)
        publish.write(current.room_id, "phase")
        return current


def _give_code(session: Session) -> None:
    """Six digits that no open workshop has; drawn again in the rare case that one has."""
    for _attempt in range(20):
        session.code = f"{secrets.randbelow(10**6):06}"
        try:
            with transaction.atomic():
                session.save(update_fields=["state", "phase", "opened_at", "closed_at", "code", "updated_at"])
        except IntegrityError:
            continue
        return
    raise RuntimeError("no free code was found in 20 draws")


def close_session(session: Session, *, name: UUID | None = None) -> Session:
    """End the workshop: its code leads nowhere from now on; what was made stays."""
    with command(session, "session", name, while_open=False) as current:
        return close(current) if current.state == State.OPEN else current


def close(current: Session) -> Session:
    """Inside a command: reveal what is hidden, count what was voted, and let nobody in any more."""
    now = timezone.now()
    _reveal_before(current, None, now)
    Phase.objects.of(current).filter(mode__in=BALLOTS, closed_at=None).update(closed_at=now)
    Phase.objects.of(current).update(ends_at=None, seconds_left=None)
    current.state, current.code, current.closed_at = State.CLOSED, "", now
    current.save(update_fields=["state", "code", "closed_at", "updated_at"])
    publish.write(current.room_id, "phase")
    return current


# Phases


def turn(session: Session, phase: Phase, *, name: UUID | None = None) -> Session:
    """Go on to a phase, forward or back; what it builds on is revealed, and a vote that is left is counted.

    Raises ``Closed`` where the workshop is not open, or goes on between meetings.
    """
    with command(session, "phase", name) as current:
        if current.is_between:
            raise Closed
        if current.phase_id == phase.pk:
            return current
        now = timezone.now()
        before = current.phase
        if before is not None:
            _stop(before, now)
        phase.refresh_from_db()
        if phase.mode in SHOWING:
            _reveal_before(current, phase, now)
        _start(phase)
        current.turned_from, current.turned_at, current.phase = before, now, phase
        current.save(update_fields=["turned_from", "turned_at", "phase", "updated_at"])
        publish.write(current.room_id, "phase")
        return current


def take_back_turn(session: Session, *, name: UUID | None = None) -> Session:
    """Undo the latest turn: what it revealed is hidden again, what it closed is open, and its clock goes on.

    Raises ``TooLate`` after ``UNDO_FOR``.
    """
    with command(session, "phase", name) as current:
        turned_at, before, after = current.turned_at, current.turned_from, current.phase
        if turned_at is None or before is None or timezone.now() - turned_at > UNDO_FOR:
            raise TooLate
        if after is not None:
            _stop(after, timezone.now(), counted=False)
        own = Phase.objects.of(current)
        own.filter(revealed_at=turned_at).update(revealed_at=None)
        own.filter(closed_at=turned_at).update(closed_at=None)
        before.refresh_from_db()
        _start(before)
        current.phase, current.turned_at, current.turned_from = before, None, None
        current.save(update_fields=["phase", "turned_at", "turned_from", "updated_at"])
        publish.write(current.room_id, "phase")
        return current


def _reveal_before(session: Session, phase: Phase | None, now: datetime) -> None:
    """Lay open what was written in the hidden phases before this one, or in all of them."""
    hidden = Phase.objects.of(session).filter(mode=Mode.WRITE, revealed_at=None)
    if phase is not None:
        hidden = hidden.filter(position__lt=phase.position)
    hidden.update(revealed_at=now)


def _start(phase: Phase) -> None:
    """Let a phase's clock run: what was left of it, or all its minutes."""
    left = timedelta(minutes=phase.minutes) if phase.seconds_left is None else timedelta(seconds=phase.seconds_left)
    phase.ends_at, phase.seconds_left = timezone.now() + left, None
    phase.save(update_fields=["ends_at", "seconds_left"])


def _stop(phase: Phase, now: datetime, *, counted: bool = True) -> None:
    """Stand a phase's clock still, for when somebody comes back to it; a vote that is left is counted."""
    if phase.ends_at is not None:
        phase.seconds_left = max(0, round((phase.ends_at - now).total_seconds()))
        phase.ends_at = None
    if counted and phase.mode in BALLOTS and phase.closed_at is None:
        phase.closed_at = now
    phase.save(update_fields=["ends_at", "seconds_left", "closed_at"])


def reopen(session: Session, phase: Phase, *, name: UUID | None = None) -> None:
    """Let people vote again where a vote was closed."""
    with command(session, "phase", name) as current:
        Phase.objects.of(current).filter(pk=phase.pk).update(closed_at=None)
        publish.write(current.room_id, "phase")


def move_phase(session: Session, phase: Phase, place: int, *, name: UUID | None = None) -> None:
    """Put a phase at a place of the agenda, counted from 0; the others make room."""
    with command(session, "agenda", name, while_open=False) as current:
        others = [each for each in Phase.objects.of(current).in_order() if each.pk != phase.pk]
        others.insert(max(0, min(place, len(others))), phase)
        for position, each in enumerate(others):
            each.position = position
        Phase.objects.bulk_update(others, ["position"])


def let_group(session: Session, phase: Phase, *, everybody: bool, name: UUID | None = None) -> None:
    """Let everybody say what belongs together in a phase, or the facilitator alone."""
    with command(session, "phase", name) as current:
        Phase.objects.of(current).filter(pk=phase.pk).update(participants_group=everybody)
        publish.write(current.room_id, "phase")


# Time


def extend(session: Session, minutes: int, *, name: UUID | None = None) -> Phase:
    """Give the present phase more time, or with a negative number less. Raises ``Closed`` where nothing goes on."""
    with command(session, "timer", name) as current:
        phase, now = _present(current), timezone.now()
        step = timedelta(minutes=minutes)
        if phase.ends_at is not None:
            phase.ends_at = min(max(max(phase.ends_at, now) + step, now), now + LONGEST)
        else:
            phase.seconds_left = max(0, (phase.seconds_left or 0) + minutes * 60)
        return _told(current, phase)


def pause(session: Session, *, name: UUID | None = None) -> Phase:
    """Stand the clock still."""
    with command(session, "timer", name) as current:
        phase, now = _present(current), timezone.now()
        if phase.ends_at is not None:
            phase.seconds_left = max(0, round((phase.ends_at - now).total_seconds()))
            phase.ends_at = None
        return _told(current, phase)


def resume(session: Session, *, name: UUID | None = None) -> Phase:
    """Let the clock run on."""
    with command(session, "timer", name) as current:
        phase = _present(current)
        if phase.ends_at is None:
            phase.ends_at = timezone.now() + timedelta(seconds=phase.seconds_left or 0)
            phase.seconds_left = None
        return _told(current, phase)


def _present(session: Session) -> Phase:
    if session.phase is None or session.is_between:
        raise Closed
    return session.phase


def _told(session: Session, phase: Phase) -> Phase:
    phase.save(update_fields=["ends_at", "seconds_left"])
    publish.write(session.room_id, "timer")
    return phase


def keep_calm(session: Session, *, calm: bool, name: UUID | None = None) -> None:
    """Show everybody the time in words, with nothing that moves or sounds, or in digits again."""
    with command(session, "phase", name, while_open=False) as current:
        current.is_calm = calm
        current.save(update_fields=["is_calm", "updated_at"])
        publish.write(current.room_id, "phase")


# People and notes


def remove(session: Session, participant: Participant, *, name: UUID | None = None) -> None:
    """Take somebody's seat: out within two seconds. What they wrote stays."""
    with command(session, "people", name, while_open=False) as current:
        Participant.objects.of(current).filter(pk=participant.pk, removed_at=None).update(removed_at=timezone.now())
        publish.recheck(current.room_id)


def let_back(session: Session, participant: Participant, *, name: UUID | None = None) -> None:
    """Give a seat back to whoever was removed."""
    with command(session, "people", name, while_open=False) as current:
        Participant.objects.of(current).filter(pk=participant.pk).update(removed_at=None)


def look_through(session: Session, phase: Phase, *, by: Member, name: UUID | None = None) -> list[Note]:
    """The hidden notes of a phase, for a facilitator who looks for what must not come to light. It is written down.

    Raises ``Closed`` where nothing is hidden, or what is hidden is its writers' own for good.
    """
    with command(session, "look", name) as current:
        there = Phase.objects.of(current).get(pk=phase.pk)
        if not there.is_hidden or there.authors == Authors.PRIVATE:
            raise Closed
        audit.write(AuditEvent.MODERATED, workspace=current.workspace, actor=by, about=current.title)
        return list(Note.objects.of(current).filter(phase=there, set_aside_at=None).in_order())


def set_aside(
    session: Session, notes: Iterable[Note], *, aside: bool = True, by: Member | None = None, name: UUID | None = None
) -> None:
    """Take notes off the wall, or put them back; they are kept. With hidden ones it is written down who did."""
    with command(session, "notes", name) as current:
        own = Note.objects.of(current).filter(pk__in=[note.pk for note in notes])
        changed = list(own.select_related("phase"))
        own.update(set_aside_at=timezone.now() if aside else None, version=F("version") + 1)
        if any(not note.phase.is_hidden for note in changed):
            publish.write(current.room_id, "wall")
        if by is not None and any(note.phase.is_hidden for note in changed):
            how = {"how": "set_aside" if aside else "put_back"}
            audit.write(AuditEvent.MODERATED, workspace=current.workspace, actor=by, about=current.title, details=how)


def ready_counts(session: Session) -> tuple[int, int]:
    """How many are ready for what comes next, of how many who have a seat."""
    seated = Participant.objects.of(session).seated()
    ready = Q(ready_for=session.phase_id) if session.phase_id else Q(pk=None)
    return seated.filter(ready).count(), seated.count()
