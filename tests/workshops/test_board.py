"""Notes, groups and ballots: what each person may do, how often, and what the others see of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from cxplan.live.models import Event
from cxplan.workshops.domain import board, facilitate
from cxplan.workshops.domain.board import NoDotsLeft, NotYours, Score, Stale, Target, VotedOn
from cxplan.workshops.domain.commands import Closed, Repeated, TooLate
from cxplan.workshops.domain.facilitate import Brought, PhasePlan
from cxplan.workshops.domain.wall import wall
from cxplan.workshops.models import Authors, Ballot, Group, Hands, Mode, Note, Participant, Phase, Session
from tests.cast import Cast
from tests.workshops.rooms import go_to, guest, opened, phase

TOPICS = [Brought(text, f"gap:{number}") for number, text in enumerate(("Bills", "Outages", "Queues"), 1)]


@pytest.fixture
def session(cast: Cast) -> Session:
    return opened(cast.alice, brought=TOPICS)


@pytest.fixture
def ann(session: Session) -> Participant:
    return guest(session, "Ann")


@pytest.fixture
def ben(session: Session) -> Participant:
    return guest(session, "Ben")


def targets(session: Session) -> list[Target]:
    return [Target(note=note.pk) for note in Note.objects.of(session).in_order()]


def written(session: Session, by: Participant, text: str) -> Note:
    return board.write_note(session, phase(session, Mode.WRITE), by, text=text)


def told(session: Session) -> list[tuple[str, str]]:
    """What the room has heard."""
    return list(Event.objects.filter(stream=session.room_id).order_by("version").values_list("kind", "html"))


# Writing


def test_silent_writing_tells_the_room_nothing_and_the_desk_no_words(session: Session, ann: Participant) -> None:
    go_to(session, Mode.WRITE)
    before = told(session)
    note = written(session, ann, "Nobody tells why")
    board.edit_note(session, note, ann, text="Nobody tells me why", version=note.version)
    facilitate.set_aside(session, [note])
    facilitate.set_aside(session, [note], aside=False)
    board.be_ready(session, phase(session, Mode.WRITE), ann)
    board.throw_away(session, note, ann)
    assert told(session) == before
    at_the_desk = Event.objects.filter(stream=session.desk_id)
    assert at_the_desk.filter(kind="notes").count() == 5
    assert not at_the_desk.exclude(html="").exists()


def test_a_note_costs_three_queries_and_its_transaction(
    session: Session, ann: Participant, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    writing = go_to(session, Mode.WRITE)
    for number in range(2):
        with django_assert_num_queries(5):  # a savepoint in, the event, the session, the note, a savepoint out
            board.write_note(session, writing, ann, text=f"Note {number}")


def test_what_is_said_aloud_is_as_hidden_as_the_rest_and_nobody_s(session: Session, ann: Participant) -> None:
    writing = go_to(session, Mode.WRITE)
    before = told(session)
    note = board.write_note(session, writing, None, text="Said aloud")
    assert note not in wall(session).notes
    assert told(session) == before
    with pytest.raises(NotYours):
        board.edit_note(session, note, ann, text="Mine", version=1)
    go_to(session, Mode.REVEAL)
    assert note in wall(session).notes


def test_nobody_types_what_nobody_else_may_read(cast: Cast) -> None:
    private = opened(cast.alice, (PhasePlan(Mode.WRITE, "Mine", authors=Authors.PRIVATE),))
    with pytest.raises(Closed):
        board.write_note(private, phase(private, Mode.WRITE), None, text="For the room")


def test_a_note_with_a_name_is_told_at_once_with_its_writer(cast: Cast) -> None:
    phases = (PhasePlan(Mode.WRITE, "Together", authors=Authors.NAMED),)
    named = opened(cast.alice, phases)
    ann = guest(named, "Ann")
    note = written(named, ann, "<b>Bold</b>")
    ((_kind, _html), (kind, html)) = told(named)
    assert kind == "note"
    assert f'id="note-{note.pk}"' in html
    assert "&lt;b&gt;Bold&lt;/b&gt;" in html
    assert "Ann" in html


def test_a_note_without_a_name_is_told_without_its_writer(cast: Cast) -> None:
    nameless = opened(cast.alice, (PhasePlan(Mode.WRITE, "Together", authors=Authors.ANONYMOUS),))
    written(nameless, guest(nameless, "Ann"), "Seen at once")
    kind, html = told(nameless)[-1]
    assert kind == "note"
    assert "Seen at once" in html
    assert "Ann" not in html


def test_a_note_that_comes_twice_is_written_once(session: Session, ann: Participant) -> None:
    writing, name = go_to(session, Mode.WRITE), uuid4()
    board.write_note(session, writing, ann, text="Once", name=name)
    with pytest.raises(Repeated):
        board.write_note(session, writing, ann, text="Once", name=name)
    assert Note.objects.of(session).filter(text="Once").count() == 1


def test_a_note_that_was_out_of_reach_comes_late_but_whole(session: Session, ann: Participant) -> None:
    writing = go_to(session, Mode.WRITE)
    go_to(session, Mode.GROUP)
    board.write_note(session, writing, ann, text="From the tunnel")
    assert "From the tunnel" in [note.text for note in wall(session).notes]
    assert told(session)[-1][0] == "note"


def test_nothing_is_written_where_nobody_writes(session: Session, ann: Participant) -> None:
    with pytest.raises(Closed):
        board.write_note(session, phase(session, Mode.READ), ann, text="No")
    with pytest.raises(Closed):  # it has not begun
        written(session, ann, "No")
    go_to(session, Mode.WRITE)
    facilitate.close_session(session)
    with pytest.raises(Closed):
        written(session, ann, "No")


def test_only_the_writer_changes_a_note_and_only_while_it_is_written(
    session: Session, ann: Participant, ben: Participant
) -> None:
    go_to(session, Mode.WRITE)
    note = written(session, ann, "Mine")
    with pytest.raises(NotYours):
        board.edit_note(session, note, ben, text="Ben's", version=note.version)
    with pytest.raises(NotYours):
        board.throw_away(session, note, ben)
    go_to(session, Mode.REVEAL)
    with pytest.raises(NotYours):
        board.edit_note(session, note, ann, text="Too late", version=note.version)
    note.refresh_from_db()
    assert note.text == "Mine"


def test_an_edit_from_a_stale_page_is_told_so(session: Session, ann: Participant) -> None:
    go_to(session, Mode.WRITE)
    note = written(session, ann, "First")
    board.edit_note(session, note, ann, text="Second", version=1)
    with pytest.raises(Stale) as stale:
        board.edit_note(session, note, ann, text="Third", version=1)
    assert str(stale.value.current) == "Second"


def test_a_note_set_aside_is_off_the_wall_and_kept(session: Session) -> None:
    note = Note.objects.of(session).in_order()[0]
    facilitate.set_aside(session, [note])
    assert note not in wall(session).notes
    facilitate.set_aside(session, [note], aside=False)
    assert note in wall(session).notes


# Groups


def test_notes_are_grouped_split_and_laid_out_again(session: Session) -> None:
    bills, outages, queues = Note.objects.of(session).in_order()
    group = board.make_group(session, [outages, bills], label="In the dark")
    (pile,) = wall(session).piles
    assert (pile.group.name, pile.notes) == ("In the dark", [bills, outages])
    board.put_into(session, [queues], group)
    assert len(wall(session).piles[0].notes) == 3
    board.put_into(session, [bills], None)
    assert wall(session).notes == [bills]
    board.dissolve(session, group)
    assert wall(session).piles == []
    assert wall(session).count == 3


def test_a_group_left_empty_is_gone_and_one_without_a_name_says_what_its_first_note_says(session: Session) -> None:
    bills, outages, _queues = Note.objects.of(session).in_order()
    first = board.make_group(session, [bills])
    assert first.name == "Bills"
    second = board.make_group(session, [bills, outages])
    assert [pile.group for pile in wall(session).piles] == [second]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("We ring twice " * 12, f"{'We ring twice ' * 8}We ring…"),
        ("a" * 130, f"{'a' * 119}…"),
        ("So long that it just fits: " + "a" * 93, "So long that it just fits: " + "a" * 93),
    ],
    ids=["words", "one word", "fits"],
)
def test_a_group_without_a_name_is_called_by_whole_words(session: Session, text: str, name: str) -> None:
    note = Note.objects.of(session).in_order()[0]
    Note.objects.filter(pk=note.pk).update(text=text)
    assert board.make_group(session, [note]).name == name


def test_groups_take_in_notes_and_each_other(session: Session) -> None:
    bills, outages, queues = Note.objects.of(session).in_order()
    first, second = board.make_group(session, [bills], label="One"), board.make_group(session, [outages], label="Two")
    assert board.make_group(session, [queues], groups=[second, first]) == first
    (pile,) = wall(session).piles
    assert (pile.group.name, pile.notes) == ("One", [bills, outages, queues])
    assert list(Group.objects.of(session)) == [first]
    split = board.make_group(session, [queues], label="Alone")
    assert [pile.group for pile in wall(session).piles] == [first, split]


@pytest.mark.parametrize("act", ["gather", "put", "dissolve"])
def test_the_latest_change_of_the_groups_is_taken_back_for_ten_seconds(
    session: Session, monkeypatch: pytest.MonkeyPatch, act: str
) -> None:
    bills, outages, queues = Note.objects.of(session).in_order()
    first, second = board.make_group(session, [bills], label="One"), board.make_group(session, [outages], label="Two")
    before = [(pile.group.pk, pile.group.name, pile.notes) for pile in wall(session).piles]
    if act == "gather":
        board.make_group(session, [queues], groups=[first, second], label="All")
    elif act == "put":
        board.put_into(session, [bills], second)
    else:
        board.dissolve(session, second)
    board.take_back_grouping(session)
    assert [(pile.group.pk, pile.group.name, pile.notes) for pile in wall(session).piles] == before
    assert wall(session).notes == [queues]
    with pytest.raises(TooLate):  # once
        board.take_back_grouping(session)
    board.dissolve(session, first)
    monkeypatch.setattr(board, "UNDO_FOR", timedelta(0))
    with pytest.raises(TooLate):
        board.take_back_grouping(session)


def test_a_name_given_since_is_not_taken_back(session: Session) -> None:
    group = board.make_group(session, list(Note.objects.of(session)))
    board.rename_group(session, group, label="Better", version=1)
    with pytest.raises(TooLate):
        board.take_back_grouping(session)


def test_participants_group_where_the_phase_lets_them(session: Session) -> None:
    bills, outages, queues = Note.objects.of(session).in_order()
    grouping = go_to(session, Mode.GROUP)
    with pytest.raises(Closed):
        board.propose(session, grouping, [bills, outages], [])
    facilitate.let_group(session, grouping, everybody=True)
    group = board.propose(session, grouping, [bills, outages], [])
    assert group.name == "Bills"
    board.propose(session, grouping, [queues], [group])
    assert len(wall(session).piles[0].notes) == 3
    assert told(session)[-1] == ("wall", "")  # who did it stands nowhere
    go_to(session, Mode.VOTE)
    with pytest.raises(Closed):
        board.propose(session, grouping, [bills, outages], [])


def test_two_who_name_a_group_are_told_of_each_other(session: Session) -> None:
    group = board.make_group(session, list(Note.objects.of(session)))
    board.rename_group(session, group, label="Alice's", version=1)
    with pytest.raises(Stale):
        board.rename_group(session, group, label="Bob's", version=1)
    assert Group.objects.get(pk=group.pk).name == "Alice's"


def test_hidden_notes_cannot_be_grouped(session: Session, ann: Participant) -> None:
    go_to(session, Mode.WRITE)
    with pytest.raises(Closed):
        board.make_group(session, [written(session, ann, "Hidden")])


@pytest.mark.parametrize("by", ["dots", "hands"])
def test_what_people_have_voted_on_is_not_regrouped(session: Session, ann: Participant, by: str) -> None:
    bills, outages, queues = Note.objects.of(session).in_order()
    other = board.make_group(session, [queues], label="No votes")
    voted = board.make_group(session, [bills, outages], label="Voted on")
    voting = go_to(session, Mode.VOTE)
    if by == "dots":
        board.give_dot(session, voting, ann, Target(group=voted.pk))
    else:
        board.enter_hands(session, voting, Target(group=voted.pk), count=1)
    while_open: tuple[Callable[[], object], ...] = (lambda: board.dissolve(session, other),)
    afterwards: tuple[Callable[[], object], ...] = (
        lambda: board.dissolve(session, voted),
        lambda: board.make_group(session, [], groups=[other, voted]),
        lambda: board.put_into(session, [bills, outages], other),
        lambda: board.put_into(session, [bills, outages], None),
        lambda: board.make_group(session, [bills, outages]),
    )
    for act in while_open + afterwards:
        with pytest.raises(VotedOn):
            act()
    go_to(session, Mode.DECIDE)
    for act in afterwards:
        with pytest.raises(VotedOn):
            act()
    assert [(row.target, row.count) for row in board.tally(voting)] == [(voted, 1), (other, 0)]
    board.put_into(session, [bills], other)  # something of it is left, and so are its votes
    board.put_into(session, [bills, queues], voted)  # it takes in what has none
    assert [(row.target, row.count) for row in board.tally(voting)] == [(voted, 1)]


def test_a_note_with_votes_stays_by_itself_and_is_not_thrown_away(session: Session, ann: Participant) -> None:
    go_to(session, Mode.WRITE)
    note = written(session, ann, "Nobody tells why")
    voting = go_to(session, Mode.VOTE)
    board.give_dot(session, voting, ann, Target(note=note.pk))
    go_to(session, Mode.GROUP)
    bills = Note.objects.of(session).get(text="Bills")
    group = board.make_group(session, [bills])
    for act in (
        lambda: board.make_group(session, [note, bills]),
        lambda: board.put_into(session, [note], group),
    ):
        with pytest.raises(VotedOn):
            act()
    go_to(session, Mode.WRITE)
    with pytest.raises(VotedOn):
        board.throw_away(session, note, ann)
    assert Ballot.objects.of(voting).count() == 1


def test_a_regrouping_that_was_voted_on_since_is_not_taken_back(session: Session, ann: Participant) -> None:
    voting = go_to(session, Mode.VOTE)
    group = board.make_group(session, list(Note.objects.of(session)))
    board.give_dot(session, voting, ann, Target(group=group.pk))
    go_to(session, Mode.GROUP)
    with pytest.raises(VotedOn):
        board.take_back_grouping(session)
    assert [row.count for row in board.tally(voting)] == [1]


# Dots


def test_nobody_gives_more_dots_than_they_have_or_than_one_note_takes(session: Session, ann: Participant) -> None:
    voting = go_to(session, Mode.VOTE)
    bills, outages, queues = targets(session)
    board.give_dot(session, voting, ann, bills)
    board.give_dot(session, voting, ann, bills)
    with pytest.raises(NoDotsLeft):  # two at most on one
        board.give_dot(session, voting, ann, bills)
    board.give_dot(session, voting, ann, outages)
    with pytest.raises(NoDotsLeft):  # three in all
        board.give_dot(session, voting, ann, queues)
    board.take_dot_back(session, voting, ann, bills)
    board.give_dot(session, voting, ann, queues)
    assert board.own_dots(voting, ann) == {
        ("note", bills.note): 1,
        ("note", outages.note): 1,
        ("note", queues.note): 1,
    }


def test_the_database_itself_keeps_the_quota(session: Session, ann: Participant) -> None:
    voting, (bills, *_rest) = go_to(session, Mode.VOTE), targets(session)
    ballot = board.give_dot(session, voting, ann, bills)
    for wrong in (
        {"slot": 1, "quota": 3},  # taken
        {"slot": 4, "quota": 3},  # more than there are
        {"slot": 0, "quota": 3},
        {"slot": None, "quota": None},  # neither a dot nor a score
        {"slot": None, "quota": None, "value": 6},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Ballot.objects.create(participant=ann, phase=voting, note_id=bills.note, **wrong)
    with pytest.raises(IntegrityError), transaction.atomic():
        Ballot.objects.create(participant=ann, phase=voting, slot=2, quota=3)  # for nothing
    assert list(Ballot.objects.of(voting)) == [ballot]


def test_a_vote_that_is_closed_takes_no_dot_until_it_is_opened_again(session: Session, ann: Participant) -> None:
    voting, (bills, *_rest) = go_to(session, Mode.VOTE), targets(session)
    go_to(session, Mode.DECIDE)
    with pytest.raises(Closed):
        board.give_dot(session, voting, ann, bills)
    go_to(session, Mode.VOTE)
    with pytest.raises(Closed):
        board.give_dot(session, voting, ann, bills)
    facilitate.reopen(session, voting)
    assert board.give_dot(session, voting, ann, bills).slot == 1


def test_no_dot_is_given_to_what_is_not_on_the_wall(session: Session, cast: Cast, ann: Participant) -> None:
    elsewhere = opened(cast.alice, brought=TOPICS)
    voting, (bills, outages, _queues) = go_to(session, Mode.VOTE), targets(session)
    facilitate.set_aside(session, Note.objects.filter(pk=bills.note or 0))
    group = board.make_group(session, Note.objects.filter(pk=outages.note or 0))
    for target in (bills, outages, targets(elsewhere)[0], Target(group=group.pk + 1), Target()):
        with pytest.raises(Closed):
            board.give_dot(session, voting, ann, target)
    board.give_dot(session, voting, ann, Target(group=group.pk))


def test_what_is_there_to_be_read_is_voted_on_only_with_others(cast: Cast) -> None:
    finding = Brought("Nobody is told", "finding:1", is_material=True)
    session = opened(cast.alice, brought=[finding, Brought("Bills", "gap:1")])
    material, bills = Note.objects.of(session).in_order()
    voting, ann = go_to(session, Mode.VOTE), guest(session)
    assert wall(session).notes == [material, bills]
    assert wall(session).targets == [bills]
    with pytest.raises(Closed):
        board.give_dot(session, voting, ann, Target(note=material.pk))
    assert [row.target for row in board.tally(voting)] == [bills]
    group = board.make_group(session, [material, bills])
    board.give_dot(session, voting, ann, Target(group=group.pk))
    assert wall(session).targets == [group]


def test_even_results_share_a_place(session: Session, ann: Participant, ben: Participant) -> None:
    voting, (bills, outages, queues) = go_to(session, Mode.VOTE), targets(session)
    for who, target in ((ann, queues), (ben, queues), (ann, bills), (ben, outages)):
        board.give_dot(session, voting, who, target)
    rows = [(str(row.target), row.count, row.people, row.place, row.is_tie) for row in board.tally(voting)]
    assert rows == [("Queues", 2, 2, 1, False), ("Bills", 1, 1, 2, True), ("Outages", 1, 1, 2, True)]


def test_hands_in_the_room_count_as_dots_and_are_told_apart(session: Session, ann: Participant) -> None:
    voting, (bills, outages, queues) = go_to(session, Mode.VOTE), targets(session)
    board.give_dot(session, voting, ann, bills)
    board.enter_hands(session, voting, outages, count=7)
    board.enter_hands(session, voting, outages, count=3)  # counted again
    board.enter_hands(session, voting, bills, count=2)
    board.enter_hands(session, voting, queues, count=9)
    board.enter_hands(session, voting, queues, count=0)
    rows = [(str(row.target), row.dots, row.people, row.hands, row.place, row.is_tie) for row in board.tally(voting)]
    assert rows == [
        ("Bills", 1, 1, 2, 1, True),
        ("Outages", 0, 0, 3, 1, True),
        ("Queues", 0, 0, 0, 3, False),
    ]
    assert board.own_dots(voting, ann) == {("note", bills.note): 1}
    facilitate.close_session(session)
    session.delete()
    assert not Hands.objects.exists()


def test_hands_are_counted_while_the_vote_is_open_for_what_lies_on_the_wall(session: Session) -> None:
    voting, (bills, *_rest) = go_to(session, Mode.VOTE), targets(session)
    for target in (Target(), Target(note=(bills.note or 0) + 99)):
        with pytest.raises(Closed):
            board.enter_hands(session, voting, target, count=1)
    go_to(session, Mode.DECIDE)
    with pytest.raises(Closed):
        board.enter_hands(session, voting, bills, count=1)


def test_hands_say_nothing_to_the_room_and_come_once(session: Session) -> None:
    voting, (bills, *_rest) = go_to(session, Mode.VOTE), targets(session)
    before, name = told(session), uuid4()
    board.enter_hands(session, voting, bills, count=4, name=name)
    with pytest.raises(Repeated):
        board.enter_hands(session, voting, bills, count=5, name=name)
    assert told(session) == before
    assert board.hands(voting) == {(bills.note, None): 4}


def test_the_database_itself_keeps_one_count_of_hands_for_each_target(session: Session) -> None:
    voting, (bills, *_rest) = go_to(session, Mode.VOTE), targets(session)
    board.enter_hands(session, voting, bills, count=4)
    for wrong in ({"note_id": bills.note, "count": 1}, {"note_id": bills.note, "count": 0}, {"count": 1}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Hands.objects.create(phase=voting, **wrong)


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 1), st.integers(0, 2)), max_size=25))
def test_whatever_is_tapped_the_counts_are_those_of_a_plain_model(
    session: Session, ann: Participant, ben: Participant, taps: list[tuple[bool, int, int]]
) -> None:
    people, own = (ann, ben), [{0: 0, 1: 0, 2: 0}, {0: 0, 1: 0, 2: 0}]
    go_to(session, Mode.READ)
    voting, there = go_to(session, Mode.VOTE), targets(session)
    facilitate.reopen(session, voting)
    Ballot.objects.all().delete()
    for give, who, what in taps:
        if give:
            allowed = sum(own[who].values()) < 3 and own[who][what] < 2
            try:
                board.give_dot(session, voting, people[who], there[what])
            except NoDotsLeft:
                assert not allowed
            else:
                assert allowed
                own[who][what] += 1
        else:
            board.take_dot_back(session, voting, people[who], there[what])
            own[who][what] = max(0, own[who][what] - 1)
    counted = {row.target.pk: row.count for row in board.tally(voting)}
    assert [counted[target.note or 0] for target in there] == [own[0][what] + own[1][what] for what in range(3)]


# Scores, readiness, the end


def test_a_later_score_takes_the_place_of_the_earlier(session: Session, ann: Participant) -> None:
    scoring, (bills, *_rest) = go_to(session, Mode.SCORE), targets(session)
    for value in (2, 4):
        board.give_score(session, scoring, ann, bills, scale="ease", value=value)
    assert list(Ballot.objects.of(scoring).scores().values_list("value", flat=True)) == [4]
    with pytest.raises(Closed):
        board.give_score(session, scoring, ann, bills, scale="unknown", value=3)


def test_scores_come_to_a_mean_a_spread_and_a_number(session: Session, ann: Participant, ben: Participant) -> None:
    scoring, (bills, outages, _queues) = go_to(session, Mode.SCORE), targets(session)
    for who, target, value in ((ann, bills, 2), (ben, bills, 5), (ann, outages, 4)):
        board.give_score(session, scoring, who, target, scale="ease", value=value)
    assert board.scored(Ballot.objects.of(scoring)) == {
        (bills.note, None): {"ease": Score(3.5, 1.5, 2)},
        (outages.note, None): {"ease": Score(4.0, 0.0, 1)},
    }


def test_ready_is_for_one_phase(session: Session, ann: Participant, ben: Participant) -> None:
    writing = go_to(session, Mode.WRITE)
    board.be_ready(session, writing, ann)
    assert facilitate.ready_counts(session) == (1, 2)
    board.be_ready(session, writing, ann, ready=False)
    assert facilitate.ready_counts(session) == (0, 2)
    board.be_ready(session, writing, ben)
    go_to(session, Mode.REVEAL)
    assert facilitate.ready_counts(session) == (0, 2)
    with pytest.raises(Closed):
        board.be_ready(session, writing, ben)


def test_how_it_was_is_said_once_and_can_be_said_anew(session: Session, ann: Participant) -> None:
    facilitate.close_session(session)
    board.say_how_it_was(session, ann, value=2, word="Long")
    pulse = board.say_how_it_was(session, ann, value=4, word="Long, but good")
    assert (pulse.value, pulse.word) == (4, "Long, but good")


def test_lanes_take_what_is_put_on_them(cast: Cast) -> None:
    lanes = ({"key": "never", "label": "We never"}, {"key": "always", "label": "We always"})
    session = opened(cast.alice, (PhasePlan(Mode.PLACE, "Place", lanes=lanes),), brought=TOPICS)
    first, second, _third = Note.objects.of(session).in_order()
    board.put_on_lane(session, [first], "never")
    board.put_on_lane(session, [second], "always")
    with pytest.raises(Closed):
        board.put_on_lane(session, [second], "sometimes")
    there = Phase.objects.of(session).get()
    found = {lane.label: [note.text for note in lane.notes] for lane in wall(session).lanes(there)}
    assert found == {"We never": ["Bills"], "We always": ["Outages"], "": ["Queues"]}


def test_what_is_there_to_be_read_waits_for_no_lane(cast: Cast) -> None:
    """A persona is read before the notes are put on the journey, and has no stage of its own."""
    lanes = ({"key": "never", "label": "We never"},)
    read = [Brought("Emilia", "persona:1", is_material=True), Brought("A promise", "decision:1", "never", True)]
    session = opened(cast.alice, (PhasePlan(Mode.PLACE, "Place", lanes=lanes),), brought=[*read, *TOPICS[:1]])
    there = wall(session).lanes(Phase.objects.of(session).get())
    assert [(lane.label, [note.text for note in lane.notes]) for lane in there] == [
        ("We never", ["A promise"]),
        ("", ["Bills"]),
    ]
