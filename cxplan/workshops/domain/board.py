"""What people do in a workshop: write, say that they are ready, group, give dots and scores, say how it felt.

Each is one command: it happens once however often it is sent, and what the room may see of it is told in fragments
that are the same for everybody.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from statistics import fmean, pstdev
from textwrap import shorten
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, Max, OuterRef, Q
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import override

from cxplan.live import publish
from cxplan.workshops.models import (
    Authors,
    Ballot,
    Group,
    Hands,
    Mode,
    Note,
    Paper,
    Participant,
    Phase,
    Pulse,
    Regrouping,
    Session,
)
from cxplan.workshops.models.board import LONGEST_NAME, BallotQuerySet

from .commands import UNDO_FOR, Closed, TooLate, command


class NotYours(Exception):
    """Somebody else wrote the note, or it lies open already; nothing was changed."""


class Gone(Closed):
    """What the command is about does not lie on the wall any more; nothing was changed."""


class VotedOn(Exception):
    """People have voted on what would lie there no more; nothing was changed."""


class NoDotsLeft(Exception):
    """All dots of the phase are given, or as many as one note may have; nothing was changed."""


class Stale(Exception):
    """Somebody else wrote it since; ``current`` is how it stands now."""

    def __init__(self, current: Note | Group) -> None:
        super().__init__(f"{current} is at version {current.version}")
        self.current = current


# Notes


def write_note(
    session: Session,
    phase: Phase,
    participant: Participant | None,
    *,
    text: str,
    paper: str = Paper.YELLOW,
    lane: str = "",
    name: UUID | None = None,
) -> Note:
    """A note of somebody's, in the phase that it was written for; of nobody's, where it was said aloud in the room.

    A phone that was out of reach may send it when the room has gone on: it comes to the wall then, late but whole.
    Raises ``Closed`` where that phase takes no notes, or has not begun.
    """
    with command(session, "notes", name) as current:
        there = current.phase if current.phase_id == phase.pk else Phase.objects.of(current).get(pk=phase.pk)
        if there is None or not there.writes or not there.has_begun:
            raise Closed
        if participant is None and there.authors == Authors.PRIVATE:  # what nobody else may read is nobody's to type
            raise Closed
        note = Note.objects.create(
            session=current,
            phase=there,
            participant=participant,
            text=text,
            paper=paper,
            lane=lane if lane in lane_keys(there) else "",
        )
        if not there.is_hidden:
            _tell(current, note, there, participant)
        return note


def edit_note(
    session: Session, note: Note, participant: Participant, *, text: str, version: int, name: UUID | None = None
) -> Note:
    """Other words on one's own note, until it lies open. Raises ``NotYours``, or ``Stale`` with what stands there."""
    with command(session, "notes", name) as current:
        there = _own(current, note, participant)
        if there.version != version:
            raise Stale(there)
        there.text, there.version = text, there.version + 1
        there.save(update_fields=["text", "version", "updated_at"])
        if not there.phase.is_hidden:
            _tell(current, there, there.phase, participant)
        return there


def throw_away(session: Session, note: Note, participant: Participant, *, name: UUID | None = None) -> None:
    """Take back one's own note while it can be edited; it is gone. Raises ``VotedOn`` where people have voted on it."""
    with command(session, "notes", name) as current:
        there = _own(current, note, participant)
        _keep_votes(current, notes=[there.pk], groups=[there.group_id])
        was_hidden = there.phase.is_hidden
        there.delete()
        if not was_hidden:
            publish.write(current.room_id, "wall")


def _own(session: Session, note: Note, participant: Participant) -> Note:
    """One's own note where it may still be changed: in the phase that it is written in."""
    there = Note.objects.of(session).select_related("phase").filter(pk=note.pk, participant=participant).first()
    if there is None or there.phase_id != session.phase_id:
        raise NotYours
    if there.set_aside_at is not None and not there.phase.is_hidden:  # before the reveal nobody is told of it
        raise NotYours
    return there


def _tell(session: Session, note: Note, phase: Phase, writer: Participant | None) -> None:
    named = str(writer) if writer is not None and phase.authors == Authors.NAMED else ""
    html = render_to_string("workshops/note/_item.html", {"note": note, "writer": named})
    publish.write(session.room_id, "note", html)


def meant_for(session: Session, phase: Phase, *modes: str) -> Phase:
    """The phase that a command was meant for, if the room is still in it, and it is one of these."""
    there = session.phase
    if there is None or there.pk != phase.pk or there.mode not in modes:
        raise Closed
    return there


def lane_keys(phase: Phase) -> list[str]:
    return [lane["key"] for lane in phase.lanes]


def be_ready(
    session: Session, phase: Phase, participant: Participant, *, ready: bool = True, name: UUID | None = None
) -> None:
    """Say that one is through with the present phase, or not yet."""
    with command(session, "ready", name) as current:
        if current.phase_id != phase.pk:
            raise Closed
        Participant.objects.of(current).filter(pk=participant.pk).update(ready_for=phase if ready else None)


# Groups


def make_group(
    session: Session,
    notes: Iterable[Note],
    *,
    groups: Iterable[Group] = (),
    label: str = "",
    name: UUID | None = None,
) -> Group:
    """What belongs together, under a name: the first note's words until somebody gives a better one.

    With groups among it, the first of them takes in the notes and the other groups. Raises ``VotedOn`` where
    something of it has votes of its own.
    """
    with command(session, "groups", name) as current:
        return _gather(current, notes, groups, label)


def propose(
    session: Session, phase: Phase, notes: Iterable[Note], groups: Iterable[Group], *, name: UUID | None = None
) -> Group:
    """What belongs together as a participant says, where the phase lets everybody say it. It stands as nobody's."""
    with command(session, "groups", name) as current:
        if not meant_for(current, phase, Mode.GROUP).participants_group:
            raise Closed
        return _gather(current, notes, groups, "")


def _gather(session: Session, notes: Iterable[Note], groups: Iterable[Group], label: str) -> Group:
    own = list(Note.objects.of(session).on_the_wall().filter(pk__in=[note.pk for note in notes]).in_order())
    gathered = list(Group.objects.of(session).filter(pk__in=[group.pk for group in groups]).in_order())
    if not own and not gathered:
        raise Gone
    _remember(session)
    left = {note.group_id for note in own} | {group.pk for group in gathered}
    moved = Q(pk__in=[note.pk for note in own]) | Q(group__in=gathered)
    if gathered:
        into = gathered[0]
        if label:
            into.name, into.version = label, into.version + 1
            into.save(update_fields=["name", "version", "updated_at"])
    else:
        last = Group.objects.of(session).aggregate(last=Max("position"))["last"]
        into = Group.objects.create(
            session=session,
            name=label or _called(own[0].text),
            lane=own[0].lane,
            position=0 if last is None else last + 1,
        )
    loose = [note.pk for note in own if note.group_id is None]
    Note.objects.of(session).filter(moved).update(group=into)
    _settle(session, loose, left - {into.pk})
    publish.write(session.room_id, "wall")
    return into


def _called(text: str) -> str:
    """What a group without a name is called: what its first note says, as many whole words of it as a name holds."""
    words = shorten(text, LONGEST_NAME, placeholder="…")
    return words if words != "…" else Truncator(text).chars(LONGEST_NAME)  # its first word alone is longer


def put_into(session: Session, notes: Iterable[Note], group: Group | None, *, name: UUID | None = None) -> None:
    """Put notes into a group, or with no group out of the one they are in; a group left empty is gone.

    Raises ``VotedOn`` where notes or such a group have votes of their own.
    """
    with command(session, "groups", name) as current:
        own = Note.objects.of(current).on_the_wall().filter(pk__in=[note.pk for note in notes])
        lay = dict(own.values_list("pk", "group_id"))
        if group is not None and not Group.objects.of(current).filter(pk=group.pk).exists():
            raise Closed
        _remember(current)
        Note.objects.of(current).filter(pk__in=list(lay)).update(group=group)
        loose = [pk for pk, before in lay.items() if before is None] if group else []
        _settle(current, loose, {*lay.values()} - {group.pk if group else None})
        publish.write(current.room_id, "wall")


def rename_group(session: Session, group: Group, *, label: str, version: int, name: UUID | None = None) -> Group:
    """Give a group a better name. Raises ``Stale`` where somebody else has."""
    with command(session, "groups", name) as current:
        there = Group.objects.of(current).filter(pk=group.pk).first()
        if there is None:
            raise Closed
        if there.version != version:
            raise Stale(there)
        there.name, there.version = label, there.version + 1
        there.save(update_fields=["name", "version", "updated_at"])
        Regrouping.objects.filter(session=current).delete()  # taken back, it would lose its name again
        publish.write(current.room_id, "wall")
        return there


def dissolve(session: Session, group: Group, *, name: UUID | None = None) -> None:
    """Lay the notes of a group out again, each by itself. Raises ``VotedOn`` where the group has votes."""
    with command(session, "groups", name) as current:
        _keep_votes(current, groups=[group.pk])
        _remember(current)
        Group.objects.of(current).filter(pk=group.pk).delete()
        publish.write(current.room_id, "wall")


def put_on_lane(session: Session, notes: Iterable[Note], lane: str, *, name: UUID | None = None) -> None:
    """Place notes on one of the phase's lanes."""
    with command(session, "groups", name) as current:
        if current.phase is None or lane not in lane_keys(current.phase):
            raise Closed
        Note.objects.of(current).on_the_wall().filter(pk__in=[note.pk for note in notes]).update(lane=lane)
        publish.write(current.room_id, "wall")


def _remember(session: Session) -> None:
    """How the groups lie before a change. Three queries."""
    grouped = Note.objects.of(session).exclude(group=None).values_list("pk", "group_id")
    groups = Group.objects.of(session).values_list("pk", "name", "lane", "position", "is_chosen")
    before = {"groups": [list(group) for group in groups], "notes": dict(grouped)}
    Regrouping.objects.bulk_create(
        [Regrouping(session=session, at=timezone.now(), before=before)],
        update_conflicts=True,
        unique_fields=["session"],
        update_fields=["at", "before"],
    )


def regrouped_at(session: Session) -> datetime | None:
    """When somebody changed the groups last, if that can be taken back."""
    return Regrouping.objects.filter(session=session).values_list("at", flat=True).first()


def take_back_grouping(session: Session, *, name: UUID | None = None) -> None:
    """Lay the groups as they lay before the latest change.

    Raises ``TooLate`` after ``UNDO_FOR``, and ``VotedOn`` where people have voted on what came of the change.
    """
    with command(session, "groups", name) as current:
        last = Regrouping.objects.filter(session=current, at__gt=timezone.now() - UNDO_FOR).first()
        if last is None:
            raise TooLate
        groups = [
            Group(session=current, pk=pk, name=called, lane=lane, position=position, is_chosen=chosen)
            for pk, called, lane, position, chosen in last.before["groups"]
        ]
        Group.objects.bulk_create(
            groups, update_conflicts=True, unique_fields=["pk"], update_fields=["name", "lane", "position", "is_chosen"]
        )
        grouped = {int(note): group for note, group in last.before["notes"].items()}
        moved = [note for note in Note.objects.of(current) if note.group_id != grouped.get(note.pk)]
        gone = Group.objects.of(current).exclude(pk__in=[group.pk for group in groups])
        loose = [note.pk for note in moved if note.group_id is None]
        _keep_votes(current, notes=loose, groups=gone.values_list("pk", flat=True))
        for note in moved:
            note.group_id = grouped.get(note.pk)
        Note.objects.bulk_update(moved, ["group"])
        gone.delete()
        last.delete()
        publish.write(current.room_id, "wall")


def _settle(session: Session, loose: Iterable[int], left: Iterable[int | None]) -> None:
    """After notes that lay ``loose`` went into a group, and others ``left`` theirs: what is empty goes."""
    empty = Group.objects.of(session).filter(pk__in=[pk for pk in left if pk], notes=None)
    _keep_votes(session, notes=loose, groups=empty.values_list("pk", flat=True))
    empty.delete()


def _keep_votes(session: Session, *, notes: Iterable[int] = (), groups: Iterable[int | None] = ()) -> None:
    """Raise ``VotedOn`` where these notes, which are to lie by themselves no more, or these groups have votes.

    A vote is for what lay there: it is neither dropped nor counted for something else. While one goes on, nothing is
    regrouped once anybody has voted: by what is refused nobody shall learn what has votes. One query.
    """
    these = Q(note__in=list(notes)) | Q(group__in=[pk for pk in groups if pk]) | Q(phase__closed_at=None)
    given = Q(these, phase__session=OuterRef("pk"))
    votes = Exists(Ballot.objects.filter(given)) | Exists(Hands.objects.filter(given))
    if Session.objects.filter(votes, pk=session.pk).exists():
        raise VotedOn


# Ballots


#: What a ballot is for, as its row has it: a note, or a group.
Key = tuple[int | None, int | None]


@dataclass(frozen=True)
class Target:
    """What a ballot is for: a group, or a note that is in none."""

    note: int | None = None
    group: int | None = None

    @property
    def lookup(self) -> dict[str, Any]:
        return {"note_id": self.note, "group_id": self.group}


def votable(session: Session) -> Q:
    """The notes that are voted on by themselves: on the wall, in no group, and not there to be read alone."""
    return Q(session=session, group=None, set_aside_at=None, is_material=False)


def give_dot(
    session: Session, phase: Phase, participant: Participant, target: Target, *, name: UUID | None = None
) -> Ballot:
    """One more dot of somebody's. Raises ``NoDotsLeft``; ``Closed`` where the vote is over, ``Gone`` for no target."""
    with command(session, "ballots", name) as current:
        there = meant_for(current, phase, Mode.VOTE)
        if there.closed_at is not None:
            raise Closed
        _must_be_there(current, target)
        given = list(Ballot.objects.of(there).dots().filter(participant=participant))
        on_target = sum((each.note_id, each.group_id) == (target.note, target.group) for each in given)
        quota = there.dots or 0
        free = sorted(set(range(1, quota + 1)) - {each.slot for each in given})
        if not free or on_target >= (there.most_per_note or quota):
            raise NoDotsLeft
        return Ballot.objects.create(participant=participant, phase=there, slot=free[0], quota=quota, **target.lookup)


def take_dot_back(
    session: Session, phase: Phase, participant: Participant, target: Target | None, *, name: UUID | None = None
) -> None:
    """One dot less on a target; without one, the latest that was given."""
    with command(session, "ballots", name) as current:
        there = meant_for(current, phase, Mode.VOTE)
        if there.closed_at is not None:
            raise Closed
        given = Ballot.objects.of(there).dots().filter(participant=participant)
        if target is not None:
            given = given.filter(**target.lookup)
        latest = given.order_by("-pk").first()
        if latest is not None:
            latest.delete()


def enter_hands(session: Session, phase: Phase, target: Target, *, count: int, name: UUID | None = None) -> None:
    """How many hands the facilitator counts for a target, in place of what was entered before; none takes it away.

    Raises ``Closed`` where the vote is over, ``Gone`` where the target is.
    """
    with command(session, "ballots", name) as current:
        there = meant_for(current, phase, Mode.VOTE)
        if there.closed_at is not None:
            raise Closed
        _must_be_there(current, target)
        if count:
            Hands.objects.update_or_create(phase=there, **target.lookup, defaults={"count": count})
        else:
            Hands.objects.of(there).filter(**target.lookup).delete()


def give_score(
    session: Session,
    phase: Phase,
    participant: Participant,
    target: Target,
    *,
    scale: str,
    value: int,
    name: UUID | None = None,
) -> None:
    """Somebody's score from 1 to 5 of a target on one of the phase's scales; a later one takes the earlier's place."""
    with command(session, "ballots", name) as current:
        there = meant_for(current, phase, Mode.SCORE)
        known = scale in [each["key"] for each in there.scales]
        if there.closed_at is not None or not known:
            raise Closed
        _must_be_there(current, target)
        own = {"participant": participant, "phase": there, "scale": scale, **target.lookup}
        if not Ballot.objects.filter(**own).update(value=value):  # the command has the room for itself: nobody races it
            Ballot.objects.create(**own, value=value)


def _must_be_there(session: Session, target: Target) -> None:
    groups = Group.objects.of(session).filter(pk=target.group or 0)
    notes = Note.objects.of(session).on_the_wall().filter(votable(session), pk=target.note or 0)
    if not (groups if target.group is not None else notes).exists():
        raise Gone


@dataclass(frozen=True)
class Result:
    """A group or a note with what was given to it; ``place`` is shared by those that are even.

    ``dots`` came from the phones of so many ``people``, ``hands`` went up in the room.
    """

    target: Note | Group
    dots: int
    people: int
    hands: int
    place: int
    is_tie: bool

    @property
    def count(self) -> int:
        return self.dots + self.hands

    @property
    def is_group(self) -> bool:
        return isinstance(self.target, Group)


def tally(phase: Phase) -> list[Result]:
    """What a vote came to, dots and hands together; even ones share a place, in the order of the wall.

    Counted anew each time. Three queries for the targets, one for the ballots and one for the hands.
    """
    given = Ballot.objects.of(phase).dots().values("note_id", "group_id")
    rows = given.annotate(count=Count("pk"), people=Count("participant", distinct=True))
    counted: dict[Key, tuple[int, int]] = {
        (row["note_id"], row["group_id"]): (row["count"], row["people"]) for row in rows
    }
    raised = hands(phase)
    groups: list[Note | Group] = [*Group.objects.of(phase.session).in_order().prefetch_related("notes")]
    notes = Note.objects.of(phase.session).on_the_wall().filter(votable(phase.session)).in_order()
    found = [(target, *counted.get(key, (0, 0)), raised.get(key, 0)) for target, key in keyed([*groups, *notes])]
    found.sort(key=lambda row: -(row[1] + row[3]))
    counts = [dots + up for _target, dots, _people, up in found]
    return [
        Result(
            target=target,
            dots=dots,
            people=people,
            hands=up,
            place=counts.index(dots + up) + 1,
            is_tie=counts.count(dots + up) > 1 and dots + up > 0,
        )
        for target, dots, people, up in found
    ]


def hands(phase: Phase) -> dict[Key, int]:
    """How many hands went up for each target."""
    return {(each.note_id, each.group_id): each.count for each in Hands.objects.of(phase)}


def keyed(targets: Iterable[Note | Group]) -> list[tuple[Note | Group, Key]]:
    """Each with the key that its ballots bear."""
    return [(each, (None, each.pk) if isinstance(each, Group) else (each.pk, None)) for each in targets]


@dataclass(frozen=True)
class Score:
    """What people gave on one scale: mean, standard deviation, and how many they were."""

    mean: float
    spread: float
    n: int


def scored(ballots: BallotQuerySet) -> dict[Key, dict[str, Score]]:
    """What scores came to, by target and scale; nobody's own value. One query."""
    given: dict[Key, dict[str, list[int]]] = {}
    for note, group, scale, value in ballots.scores().values_list("note_id", "group_id", "scale", "value"):
        given.setdefault((note, group), {}).setdefault(scale, []).append(value or 0)
    return {
        key: {scale: Score(fmean(values), pstdev(values), len(values)) for scale, values in scales.items()}
        for key, scales in given.items()
    }


def own_dots(phase: Phase, participant: Participant) -> dict[tuple[str, int], int]:
    """How many dots somebody has given to each target, by ``("group" | "note", id)``."""
    found: dict[tuple[str, int], int] = {}
    for ballot in Ballot.objects.of(phase).dots().filter(participant=participant):
        key = ("group", ballot.group_id) if ballot.group_id else ("note", ballot.note_id or 0)
        found[key] = found.get(key, 0) + 1
    return found


# Decision and close


def choose(session: Session, target: Target, *, chosen: bool = True, name: UUID | None = None) -> None:
    """Mark a group or a note as one that the workshop decides for, or not. Raises ``Gone`` where it is not there."""
    with command(session, "decision", name) as current:
        groups = Group.objects.of(current).filter(pk=target.group or 0)
        notes = Note.objects.of(current).on_the_wall().filter(pk=target.note or 0)
        if not (groups if target.group is not None else notes).update(is_chosen=chosen):
            raise Gone
        publish.write(current.room_id, "wall")


def write_decision(session: Session, reason: str, *, name: UUID | None = None) -> None:
    """What the room decides and why, as it is said aloud; told to everybody in the room's language."""
    with command(session, "decision", name) as current:
        current.reason = reason
        current.save(update_fields=["reason", "updated_at"])
        with override(current.language):
            html = render_to_string("workshops/_decision.html", {"room": current})
        publish.write(current.room_id, "decision", html)


def say_how_it_was(
    session: Session, participant: Participant, *, value: int, word: str = "", name: UUID | None = None
) -> Pulse:
    """How the workshop felt, 1 to 5 and a word; said again, it takes the place of what was said before."""
    with command(session, "pulse", name, while_open=False):
        pulse, _made = Pulse.objects.update_or_create(participant=participant, defaults={"value": value, "word": word})
        return pulse
