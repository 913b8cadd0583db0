"""A workshop with three people in it, walked from phase to phase by the commands that the room itself uses."""

from __future__ import annotations

from typing import Any

from cxplan.workshops.domain import board, facilitate, ranks, seats
from cxplan.workshops.domain.board import Target
from cxplan.workshops.models import Group, Note, Participant, Phase
from roadmap.domain import harvest, workshops
from roadmap.domain.harvest import Outcome, Pick
from roadmap.models import Finding
from roadmap.steps import BY_NUMBER
from tests.cast import Cast
from tests.make import make


class Room:
    """A workshop with three people in it, walked from phase to phase."""

    def __init__(self, cast: Cast, number: int) -> None:
        self.cast, self.number = cast, number
        self.agenda = BY_NUMBER[number].agenda
        self.opening = workshops.open_workshop(
            cast.programme, number, self.agenda, facilitator=cast.alice, title="Workshop"
        )
        self.session = self.opening.session
        facilitate.open_session(self.session)
        self.people: list[Participant] = [
            seats.take_as_member(self.session, cast.alice).participant,
            seats.take_as_member(self.session, cast.bob).participant,
            seats.take_as_guest(self.session, "Guest").participant,
        ]

    def go(self, mode: str) -> Phase:
        phase = next(each for each in self.session.phases.in_order() if each.mode == mode)
        facilitate.turn(self.session, phase)
        phase.refresh_from_db()
        return phase

    def write(self, *texts: str, lane: str = "", by: int = 0) -> list[Note]:
        phase = self.go("write")
        return [board.write_note(self.session, phase, self.people[by], text=text, lane=lane) for text in texts]

    def group(self, label: str, *notes: Note) -> Group:
        self.go("group")
        return board.make_group(self.session, notes, label=label)

    def vote(self, *dots: tuple[int, Note | Group]) -> None:
        phase = self.go("vote")
        for person, target in dots:
            board.give_dot(self.session, phase, self.people[person], aim(target))

    def rank(self, *orders: tuple[int, *tuple[Note | Group, ...]]) -> None:
        """Each a person, and the order that they make."""
        phase = self.go("rank")
        for person, *targets in orders:
            for target in targets:
                ranks.move(self.session, phase, self.people[person], aim(target), ranks.Move.LAST)

    def score(self, target: Note | Group, **values: tuple[int, ...]) -> None:
        phase = self.go("score")
        for scale, given in values.items():
            for person, value in zip(self.people, given, strict=False):
                board.give_score(self.session, phase, person, aim(target), scale=scale, value=value)

    def outcomes(self) -> list[Outcome]:
        self.go("decide")
        return harvest.outcomes(self.opening, self.agenda)

    def pick(self, name: str, **given: Any) -> Pick:
        outcome = next(one for one in self.outcomes() if one.name == name)
        return Pick(outcome, given.pop("text", outcome.name), **{"lane": outcome.lane, **given})

    def harvest(self, *picks: Pick, reason: str = "It hurts most.", **given: Any) -> harvest.Harvest:
        return harvest.harvest(self.opening, self.agenda, picks, reason=reason, by=self.cast.alice, **given)


def aim(target: Note | Group) -> Target:
    return Target(group=target.pk) if isinstance(target, Group) else Target(note=target.pk)


def gap_room(cast: Cast) -> Room:
    """Two gaps of two notes each, one single note; votes 3, 1 and 1."""
    make(Finding, cast.programme, text="The bill is read twice")
    room = Room(cast, 6)
    one, two, three = room.write("The bill is beyond understanding", "Nobody explains the bill", "Left in the dark")
    alone, lost = room.write("Passed from desk to desk", "The door is hard to find", by=1)
    brought = Note.objects.of(room.session).exclude(ref="").get()
    bill = room.group("The bill is right and yet beyond understanding", one, two, brought)
    dark = room.group("Left in the dark", three, alone)
    room.vote((0, bill), (1, bill), (2, bill), (0, dark), (1, lost))
    room.score(bill, severity=(5, 4, 5))
    return room
