"""What people say of the twelve steps."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone

from cxplan.workspaces.models import Member
from roadmap.models import Programme, StepStatus

from .records import writing

STEP_COUNT = 12


@dataclass(frozen=True)
class Standing:
    """How a step stands: what was said, and the programme's revision when it was called done."""

    state: str = "not_started"
    revision: int = 0


def standings(programme: Programme) -> dict[int, Standing]:
    """Every step's standing by number; an unmentioned step is not started."""
    said = StepStatus.objects.filter(programme=programme)
    found = {status.number: Standing(status.state, status.revision) for status in said}
    return {number: found.get(number, Standing()) for number in range(1, STEP_COUNT + 1)}


def set_state(programme: Programme, number: int, state: str, *, by: Member) -> None:
    """Write down what a person says of a step, and at which revision of the programme."""
    with writing(programme, by) as held:
        StepStatus.objects.update_or_create(
            programme=held,
            number=number,
            defaults={"state": state, "by": by, "at": timezone.now(), "revision": held.revision + 1},
        )
