"""What lies on the wall, as everybody in the room sees it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from cxplan.workshops.models import Group, Note, Phase, Session


@dataclass(frozen=True)
class Pile:
    """A group with its notes."""

    group: Group
    notes: list[Note] = field(default_factory=list)


@dataclass(frozen=True)
class Lane:
    """A part of the wall with a name, and what lies there; the lane without a key holds what is not placed yet."""

    key: str
    label: str
    piles: list[Pile] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)


@dataclass(frozen=True)
class Wall:
    """Groups with their notes, and the notes that lie by themselves."""

    piles: list[Pile]
    notes: list[Note]

    @property
    def count(self) -> int:
        return len(self.notes) + sum(len(pile.notes) for pile in self.piles)

    @property
    def loose(self) -> list[Note]:
        """The notes that are voted on and scored by themselves."""
        return [note for note in self.notes if not note.is_material]

    @property
    def targets(self) -> list[Note | Group]:
        """What is voted on and scored: groups, and notes by themselves."""
        return [*(pile.group for pile in self.piles), *self.loose]

    def lanes(self, phase: Phase) -> list[Lane]:
        """The same by the phase's lanes; what is on none of them comes last, under no name.

        What is there to be read waits for no lane: it is not shown as something that is still to be placed.
        """
        lanes = {lane["key"]: Lane(lane["key"], lane["label"]) for lane in phase.lanes}
        rest = Lane("", "")
        for pile in self.piles:
            lanes.get(pile.group.lane, rest).piles.append(pile)
        for note in self.notes:
            if note.lane in lanes or not note.is_material:
                lanes.get(note.lane, rest).notes.append(note)
        return [*lanes.values(), *([rest] if rest.piles or rest.notes else [])]


def wall(session: Session) -> Wall:
    """What everybody may see, in three queries at most. Who wrote a note comes along (``participant``)."""
    notes = Note.objects.of(session).on_the_wall().select_related("participant__member", "phase").in_order()
    return _laid_out(Group.objects.of(session).in_order(), notes)


def _laid_out(groups: Iterable[Group], notes: Iterable[Note]) -> Wall:
    piles = {group.pk: Pile(group) for group in groups}
    loose = []
    for note in notes:
        if note.group_id in piles:
            piles[note.group_id].notes.append(note)
        else:
            loose.append(note)
    return Wall([pile for pile in piles.values() if pile.notes], loose)
