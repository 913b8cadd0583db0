"""A workshop for tests, planned and opened by the commands that the product itself uses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cxplan.workshops.domain import facilitate, seats
from cxplan.workshops.domain.facilitate import Brought, PhasePlan, Plan
from cxplan.workshops.models import Mode, Participant, Phase, Session
from cxplan.workspaces.models import Member

GAPS: Sequence[PhasePlan] = (
    PhasePlan(Mode.READ, "Read the findings", minutes=8),
    PhasePlan(Mode.WRITE, "Silent writing", question="Where does the experience fall short most?", minutes=6),
    PhasePlan(Mode.REVEAL, "Reveal", minutes=3),
    PhasePlan(Mode.GROUP, "Grouping", minutes=15),
    PhasePlan(Mode.VOTE, "Vote", dots=3, most_per_note=2, minutes=5),
    PhasePlan(Mode.SCORE, "Scores", scales=({"key": "ease", "label": "Ease"},), minutes=5),
    PhasePlan(Mode.DECIDE, "Decision", minutes=10),
    PhasePlan(Mode.CLOSE, "Close", minutes=3),
)


def planned(by: Member, phases: Sequence[PhasePlan] = GAPS, *, brought: Sequence[Brought] = ()) -> Session:
    return facilitate.plan(by.workspace, by, Plan("Gap workshop", "en", phases, brought))


def opened(by: Member, phases: Sequence[PhasePlan] = GAPS, **more: Any) -> Session:
    return facilitate.open_session(planned(by, phases, **more))


def phase(session: Session, mode: str) -> Phase:
    found = Phase.objects.of(session).filter(mode=mode).first()
    assert found
    return found


def go_to(session: Session, mode: str) -> Phase:
    """Turn to the first phase of a mode."""
    there = phase(session, mode)
    facilitate.turn(session, there)
    session.refresh_from_db()
    return phase(session, mode)


def guest(session: Session, nickname: str = "") -> Participant:
    return seats.take_as_guest(session, nickname).participant
