"""What a scoring came to, as it lies and in order, and what one person gave."""

from __future__ import annotations

from dataclasses import dataclass

from cxplan.workshops.models import Ballot, Group, Note, Participant, Phase, Session

from . import board
from .board import Key, Score
from .wall import Wall, wall


@dataclass(frozen=True)
class Scored:
    """A group or a note with the names of the phase's scales, and what it got on each."""

    target: Note | Group
    key: Key
    scales: tuple[tuple[str, Score | None], ...]

    @property
    def scores(self) -> dict[str, Score]:
        """What somebody gave, by the names of the scales."""
        return {label: score for label, score in self.scales if score}

    @property
    def first(self) -> Score | None:
        return next(iter(self.scores.values()), None)


def on_the_wall(phase: Phase, lying: Wall) -> list[Scored]:
    """Everything that is scored, as it lies."""
    given = board.scored(Ballot.objects.of(phase))
    return [
        Scored(target, key, tuple((scale["label"], given.get(key, {}).get(scale["key"])) for scale in phase.scales))
        for target, key in board.keyed(lying.targets)
    ]


def in_order(session: Session, phase: Phase) -> list[Scored]:
    """What was scored in a phase, the highest mean on its first scale first; nothing before it is closed."""
    if phase.closed_at is None:
        return []
    return sorted(on_the_wall(phase, wall(session)), key=lambda each: -(each.first.mean if each.first else 0))


def own(phase: Phase, participant: Participant) -> dict[Key, list[tuple[str, int]]]:
    """What somebody gave, by target: the name of the scale, and the score."""
    labels = {scale["key"]: scale["label"] for scale in phase.scales}
    found: dict[Key, list[tuple[str, int]]] = {}
    for ballot in Ballot.objects.of(phase).scores().filter(participant=participant).order_by("pk"):
        given = labels.get(ballot.scale, ballot.scale), ballot.value or 0
        found.setdefault((ballot.note_id, ballot.group_id), []).append(given)
    return found
