"""What a scoring came to as a ranking, and what one person gave."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cxplan.workshops.models import Ballot, Group, Note, Participant, Phase, Session

from . import board
from .board import Key, Score
from .wall import wall


@dataclass(frozen=True)
class Scored:
    """A group or a note with its scores, by the names of the scales."""

    target: Note | Group
    key: Key
    scores: Mapping[str, Score]

    @property
    def first(self) -> Score | None:
        return next(iter(self.scores.values()), None)


def in_order(session: Session, phase: Phase) -> list[Scored]:
    """What was scored in a phase, the highest mean on its first scale first; nothing before it is closed."""
    if phase.closed_at is None:
        return []
    given, lying = board.scored(Ballot.objects.of(phase)), wall(session)
    found = [
        Scored(target, key, {scale["label"]: own[scale["key"]] for scale in phase.scales if scale["key"] in own})
        for target, key in board.keyed(lying.targets)
        for own in [given.get(key, {})]
    ]
    return sorted(found, key=lambda each: -(each.first.mean if each.first else 0))


def own(phase: Phase, participant: Participant) -> dict[Key, list[tuple[str, int]]]:
    """What somebody gave, by target: the name of the scale, and the score."""
    labels = {scale["key"]: scale["label"] for scale in phase.scales}
    found: dict[Key, list[tuple[str, int]]] = {}
    for ballot in Ballot.objects.of(phase).scores().filter(participant=participant).order_by("pk"):
        given = labels.get(ballot.scale, ballot.scale), ballot.value or 0
        found.setdefault((ballot.note_id, ballot.group_id), []).append(given)
    return found
