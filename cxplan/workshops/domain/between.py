"""Sessions that stay open for days: a vote, or a workshop that collects notes before its meeting.

There is no clock and no turn of phases: one phase is open until the deadline. Who was asked gets a mail with the way
in, and another a day before the end while nothing has come from them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from cxplan.live import publish
from cxplan.workshops.models import BALLOTS, Asked, Authors, Ballot, Mode, Note, Participant, Phase, Session, State
from cxplan.workspaces.models import Member

from . import facilitate
from .commands import Closed, command

#: So long before the end whoever has not taken part is reminded.
REMIND: Final = timedelta(days=1)
#: A mail that did not leave is tried again after so long.
TRY_AGAIN: Final = timedelta(minutes=1)
#: What people do by themselves, without a facilitator.
ALONE: Final = BALLOTS | {Mode.WRITE}


# Opening and ending


def phase_alone(session: Session) -> Phase | None:
    """The phase that can be open between meetings. One query."""
    return alone(list(Phase.objects.of(session).in_order()))


def alone(phases: Sequence[Phase]) -> Phase | None:
    """Of an agenda what people can do by themselves: a vote's only phase, else the first that is silent writing."""
    if len(phases) == 1:
        return phases[0] if phases[0].mode in ALONE else None
    return next((each for each in phases if each.mode == Mode.WRITE and each.authors == Authors.HIDDEN), None)


def open_until(session: Session, deadline: datetime, asked: Iterable[Member], *, name: UUID | None = None) -> Session:
    """Let people in until a deadline, without a facilitator, and note down whom to write to.

    Raises ``Closed`` where the session has begun already, or has nothing that people can do by themselves.
    """
    with command(session, "session", name, while_open=False) as current:
        phase = phase_alone(current)
        if current.state != State.PLANNED or phase is None:
            raise Closed
        if phase.mode != Mode.WRITE:  # a meeting has its day when it is held, not when notes are collected for it
            current.opened_at = timezone.now()
        current.state, current.phase = State.OPEN, phase
        _set(current, phase, deadline)
        current.save(update_fields=["state", "phase", "opened_at", "deadline", "updated_at"])
        Asked.objects.bulk_create([Asked(session=current, member=one) for one in asked], ignore_conflicts=True)
        publish.write(current.room_id, "phase")
        return current


def move_deadline(session: Session, deadline: datetime, *, name: UUID | None = None) -> Session:
    """Another deadline; a vote that is over opens again. Whoever was reminded of the old one is reminded anew.

    Raises ``Closed`` where there was no deadline.
    """
    with command(session, "session", name, while_open=False) as current:
        if current.deadline is None or current.phase is None:
            raise Closed
        current.state, current.closed_at = State.OPEN, None
        current.phase.closed_at = None
        _set(current, current.phase, deadline)
        current.save(update_fields=["state", "closed_at", "deadline", "updated_at"])
        Asked.objects.of(current).update(reminded_at=None)
        publish.write(current.room_id, "phase")
        return current


def end(session: Session, *, name: UUID | None = None) -> Session:
    """End what goes on between meetings, at its deadline or before: a vote is over, a workshop waits for its meeting.

    What goes on in a meeting, or is over, stays as it is.
    """
    with command(session, "session", name, while_open=False) as current:
        if not current.is_between or current.phase is None:
            return current
        if current.phase.mode != Mode.WRITE:
            return _close(current)
        _wait_for_meeting(current, current.phase)
        publish.write(current.room_id, "phase")
        return current


def end_overdue() -> int:
    """End every session whose time is over; returns how many."""
    due = list(Session.objects.overdue().order_by("pk"))
    for session in due:
        end(session)
    return len(due)


def _set(session: Session, phase: Phase, deadline: datetime) -> None:
    session.deadline = phase.ends_at = deadline
    phase.seconds_left = None
    phase.save(update_fields=["ends_at", "seconds_left", "closed_at"])


def _close(session: Session) -> Session:
    now = timezone.now()
    session.deadline = min(session.deadline or now, now)
    session.save(update_fields=["deadline"])
    return facilitate.close(session)


def _wait_for_meeting(session: Session, phase: Phase) -> None:
    """The notes stay, hidden; the phase has not begun yet."""
    phase.ends_at = phase.seconds_left = None
    phase.save(update_fields=["ends_at", "seconds_left"])
    session.state, session.phase, session.deadline = State.PLANNED, None, None
    session.save(update_fields=["state", "phase", "deadline", "updated_at"])


# Who was asked


def _silent() -> Q:
    """Nothing came from the member who was asked: neither a note in the open phase, nor a ballot."""
    theirs = Q(participant__session=OuterRef("session"), participant__member=OuterRef("member"))
    notes = Note.objects.filter(theirs, phase=OuterRef("session__phase"))
    return ~Exists(notes) & ~Exists(Ballot.objects.filter(theirs))


def answered(session: Session) -> int:
    """From how many people something has come: those who were asked, and whoever else came in. One query."""
    notes = Note.objects.filter(participant=OuterRef("pk"), phase=session.phase_id)
    ballots = Ballot.objects.filter(participant=OuterRef("pk"))
    return Participant.objects.of(session).filter(Exists(notes) | Exists(ballots)).count()


def letters_to_send() -> list[int]:
    """Whom the way in was not mailed yet, of sessions that are open."""
    waiting = _reachable().filter(mailed_at=None, asked_at__lt=timezone.now() - TRY_AGAIN)
    return list(waiting.order_by("pk").values_list("pk", flat=True))


def reminders_to_send() -> list[int]:
    """Who is to be reminded now: a day before the end, asked longer ago than that, and nothing has come from them."""
    due = _reachable().filter(
        _silent(),
        reminded_at=None,
        session__deadline__lte=timezone.now() + REMIND,
        mailed_at__lt=F("session__deadline") - REMIND,
    )
    return list(due.order_by("pk").values_list("pk", flat=True))


def _reachable() -> QuerySet[Asked]:
    """Those asked who have an account and are still in the workspace, while there is something to take part in."""
    here = Asked.objects.filter(member__user__is_active=True, member__left_at=None)
    return here.filter(session__state=State.OPEN, session__deadline__gt=timezone.now())


@contextmanager
def letter(pk: int, *, again: bool = False) -> Iterator[Asked | None]:
    """Hold what is to be mailed to somebody while it is sent; it counts as sent when the block ends well.

    Nothing where it was sent before, is being sent by another worker, or is not to be sent any more.
    """
    sent = "reminded_at" if again else "mailed_at"
    with transaction.atomic():
        mine = _reachable().filter(pk=pk, **{sent: None})
        if again:
            mine = mine.filter(_silent())
        related = mine.select_related("session__workspace", "session__phase", "session__facilitator", "member__user")
        found = related.select_for_update(of=("self",), skip_locked=True).first()
        yield found
        if found is not None:
            Asked.objects.filter(pk=pk).update(**{sent: timezone.now()})
