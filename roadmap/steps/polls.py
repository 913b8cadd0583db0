"""What a team can be asked between meetings, and on which step's page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from roadmap.domain.agenda import Agenda
from roadmap.models import Opening
from roadmap.models.workshops import Poll

from .agenda import agenda
from .catalogue import BY_NUMBER


@dataclass(frozen=True)
class Asking:
    """One way to ask: about the records of which kind, on the page of which step."""

    poll: Poll
    number: int
    kind: str

    @property
    def agenda(self) -> Agenda:
        return agenda(f"poll_{self.poll}")


POLLS: Final = {
    each.poll: each
    for each in (
        Asking(Poll.SEVERITY, 6, "gap"),
        Asking(Poll.SUPPORT, 7, "pillar"),
        Asking(Poll.DOTS, 7, "pillar"),
    )
}


def agenda_of(opening: Opening) -> Agenda:
    """The agenda that a workshop was opened with, or a vote."""
    return POLLS[Poll(opening.poll)].agenda if opening.poll else BY_NUMBER[opening.step].agenda


def of_step(number: int) -> list[Asking]:
    """The ways to ask on a step's page."""
    return [asking for asking in POLLS.values() if asking.number == number]
