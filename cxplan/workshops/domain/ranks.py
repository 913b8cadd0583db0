"""The ranking: everybody's own order of what lies on the wall, and what these come to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from operator import attrgetter
from statistics import fmean
from typing import Final
from uuid import UUID

from cxplan.workshops.models import Ballot, Group, Mode, Note, Participant, Phase, Session

from .board import Gone, Key, Target, keyed, meant_for
from .commands import Closed, command
from .wall import Wall, wall

#: From so high a place on the gaps below it are closed.
MOST_PLACES: Final = 1000


class Move(StrEnum):
    """What somebody does with a card in their own order."""

    LAST = "last"
    FIRST = "first"
    UP = "up"
    DOWN = "down"
    OUT = "out"


@dataclass(frozen=True)
class Order:
    """Somebody's own order of what lies on the wall, and what is not in it."""

    wall: Wall
    ranked: list[Note | Group]
    rest: list[Note | Group]


def move(
    session: Session, phase: Phase, participant: Participant, target: Target, to: Move, *, name: UUID | None = None
) -> Order:
    """Change somebody's own order; returns how it is now.

    What is in it is not put last again, and what is not in it any more is not moved: another tab was quicker.
    Raises ``Closed`` where the ranking is over, ``Gone`` where the target is.
    """
    with command(session, "ballots", name) as current:
        there = meant_for(current, phase, Mode.RANK)
        if there.closed_at is not None:
            raise Closed
        lying = wall(current)
        on_the_wall = {key for _target, key in keyed(lying.targets)}
        key = target.note, target.group
        if key not in on_the_wall:
            raise Gone
        own = list(Ballot.objects.of(there).ranks().filter(participant=participant))
        at = next((number for number, each in enumerate(own) if _key(each) == key), None)
        if at is None and to == Move.LAST:
            if own and (own[-1].place or 0) >= MOST_PLACES:
                _number(own)
            last = own[-1].place or 0 if own else 0
            ballot = Ballot.objects.create(participant=participant, phase=there, place=last + 1, **target.lookup)
            own.append(ballot)
        elif at is not None and to == Move.OUT:
            own.pop(at).delete()
        elif at is not None and to != Move.LAST:
            shown = [number for number, each in enumerate(own) if _key(each) in on_the_wall]
            own.insert(_aim(shown, at, to), own.pop(at))
            _number(own)
        return _order(lying, own)


def _aim(shown: list[int], at: int, to: Move) -> int:
    """Where in an order a move leads, past what its owner does not see any more."""
    here = shown.index(at)
    return shown[{Move.FIRST: 0, Move.UP: max(here - 1, 0), Move.DOWN: min(here + 1, len(shown) - 1)}[to]]


def _number(own: list[Ballot]) -> None:
    """Give the ballots of an order their places, in one statement."""
    changed = [ballot for place, ballot in enumerate(own, 1) if ballot.place != place]
    for place, ballot in enumerate(own, 1):
        ballot.place = place
    Ballot.objects.bulk_update(changed, ["place"])


def _key(ballot: Ballot) -> Key:
    return ballot.note_id, ballot.group_id


def _order(lying: Wall, own: Iterable[Ballot]) -> Order:
    left = {key: target for target, key in keyed(lying.targets)}
    ranked = [target for ballot in own if (target := left.pop(_key(ballot), None)) is not None]
    return Order(lying, ranked, list(left.values()))


def own_order(phase: Phase, participant: Participant, lying: Wall) -> Order:
    """Somebody's own order as it stands. One query."""
    return _order(lying, Ballot.objects.of(phase).ranks().filter(participant=participant))


@dataclass(frozen=True)
class Ranked:
    """A group or a note with what its places came to; ``place`` is shared by those that are even.

    So many ``people`` have it in their order, ``firsts`` of them as the first; ``mean`` is its mean place there.
    """

    target: Note | Group
    points: int
    people: int
    mean: float | None
    firsts: int
    place: int
    is_tie: bool

    @property
    def count(self) -> int:
        return self.points

    @property
    def is_group(self) -> bool:
        return isinstance(self.target, Group)


def points(places: Iterable[int], of: int) -> int:
    """What places come to among so many targets: the first is worth them all, each after it one less.

    It is the count of Jean-Charles de Borda, "Mémoire sur les élections au scrutin", Histoire de l'Académie royale
    des sciences, Paris 1781. What somebody left out of their order is worth nothing.
    """
    return sum(of - place + 1 for place in places)


def in_order(phase: Phase, lying: Wall) -> list[Ranked]:
    """What a ranking came to, the most points first; even ones share a place, in the order of the wall. One query.

    Counted anew each time, among what lies on the wall now: what has left it moves the rest of each order up.
    """
    targets = keyed(lying.targets)
    given: dict[Key, list[int]] = {key: [] for _target, key in targets}
    for _participant, own in groupby(Ballot.objects.of(phase).ranks(), attrgetter("participant_id")):
        lying_there = [key for ballot in own if (key := _key(ballot)) in given]
        for place, key in enumerate(lying_there, 1):
            given[key].append(place)
    found = sorted(((target, given[key]) for target, key in targets), key=lambda row: -points(row[1], len(targets)))
    counts = [points(places, len(targets)) for _target, places in found]
    return [
        Ranked(
            target=target,
            points=count,
            people=len(places),
            mean=fmean(places) if places else None,
            firsts=places.count(1),
            place=counts.index(count) + 1,
            is_tie=counts.count(count) > 1 and count > 0,
        )
        for (target, places), count in zip(found, counts, strict=True)
    ]
