"""What to do next, and the suggestions that a member put away.

One step is suggested at a time: the first that is begun, then the first that wants another look, then the first
that waits. A suggestion that was put away comes back once its step's state or checklist is another.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cxplan.workspaces.models import Member
from roadmap.models import Programme, PutAway

from .progress import Item, ShownState, standing

ORDER: tuple[ShownState, ...] = ("in_progress", "check_again", "not_started")


@dataclass(frozen=True, slots=True)
class Suggestions:
    """The steps still to be done, the best first: those to suggest, and those put away."""

    open: tuple[int, ...]
    away: tuple[int, ...]


def of_member(
    programme: Programme,
    member: Member,
    states: Mapping[int, ShownState],
    checklists: Mapping[int, Sequence[Item]],
) -> Suggestions:
    """What to suggest to a member. One query."""
    stood = dict(PutAway.objects.filter(programme=programme, member=member).values_list("number", "standing"))
    ranked = [number for state in ORDER for number in sorted(states) if states[number] == state]
    away = tuple(number for number in ranked if stood.get(number) == standing(states[number], checklists[number]))
    return Suggestions(tuple(number for number in ranked if number not in away), away)


def put_away(programme: Programme, number: int, *, by: Member, stands: str) -> None:
    """Suggest a step no more to a member, as long as it stands as it does."""
    PutAway.objects.update_or_create(programme=programme, member=by, number=number, defaults={"standing": stands})


def suggest(programme: Programme, *, by: Member, number: int | None = None) -> None:
    """Suggest a step to a member again, or every step."""
    own = PutAway.objects.filter(programme=programme, member=by)
    (own if number is None else own.filter(number=number)).delete()
