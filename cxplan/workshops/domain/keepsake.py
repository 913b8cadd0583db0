"""What somebody takes along from a workshop: their own notes, and what was decided."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cxplan.workshops.models import Mode, Note, Participant, Session, State


@dataclass(frozen=True)
class Keepsake:
    seat: Participant
    notes: Sequence[Note]

    @property
    def session(self) -> Session:
        return self.seat.session


def may_be_taken(session: Session) -> bool:
    """Whether the workshop is at its close, or over."""
    return session.state == State.CLOSED or (session.phase is not None and session.phase.mode == Mode.CLOSE)


def of_seat(pk: int) -> Keepsake | None:
    """Somebody's own notes in the order of the workshop, hidden and private ones too; nothing where there is none."""
    seat = Participant.objects.seated().select_related("session__phase", "member__user").filter(pk=pk).first()
    if seat is None or not may_be_taken(seat.session):
        return None
    own = Note.objects.of(seat.session).filter(participant=seat).select_related("phase")
    notes = list(own.order_by("phase__position", "pk"))
    return Keepsake(seat, notes) if notes else None
