"""What a workshop made becomes records with their origin, once, with a decision; what lost is kept."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from cxplan.workshops.domain import board, facilitate
from cxplan.workshops.domain.board import Target
from cxplan.workshops.models import Group, Note
from cxplan.workspaces.models import Change
from journeys.models import Assessment, Journey, Stage, Touchpoint
from roadmap.domain import erasing, harvest, minutes, workshops
from roadmap.domain.loading import load
from roadmap.exchange.writing import write
from roadmap.models import (
    Action,
    Decision,
    Finding,
    Gap,
    HeldWorkshop,
    Insight,
    Lever,
    Metric,
    Opening,
    PersonalPillar,
    Pillar,
    SweetSpot,
    Tie,
    Vision,
    VisionCandidate,
)
from roadmap.steps import BY_NUMBER
from tests.cast import Cast
from tests.make import make
from tests.roadmap.room import Room, gap_room

pytestmark = pytest.mark.django_db


@pytest.fixture
def gaps(cast: Cast) -> Room:
    return gap_room(cast)


def test_the_result_is_in_order_with_ties_as_ties(gaps: Room) -> None:
    assert [(one.name, one.dots, one.place, one.is_tie) for one in gaps.outcomes()] == [
        ("The bill is right and yet beyond understanding", 3, 1, False),
        ("Left in the dark", 1, 2, True),
        ("The door is hard to find", 1, 2, True),
    ]


def test_hands_in_the_room_count_with_the_dots(gaps: Room) -> None:
    voting, dark = gaps.go("vote"), Group.objects.of(gaps.session).get(name="Left in the dark")
    facilitate.reopen(gaps.session, voting)
    board.enter_hands(gaps.session, voting, Target(group=dark.pk), count=4)
    first, *_rest = gaps.outcomes()
    assert (first.name, first.dots, first.hands, first.votes, first.place) == ("Left in the dark", 1, 4, 5, 1)
    rows = list(minutes.to_rows(minutes.of_opening(gaps.opening, gaps.agenda)))
    assert [(row["dots"], row["hands"]) for row in rows] == [(1, 4), (1, 4), (3, 0), (3, 0), (3, 0), (1, 0)]
    told = minutes.to_document(minutes.of_opening(gaps.opening, gaps.agenda))["result"]
    assert [(row["dots"], row["hands"]) for row in told] == [(1, 4), (3, 0), (1, 0)]


def test_a_ranking_orders_the_result_and_is_told_in_the_minutes(cast: Cast) -> None:
    room = Room(cast, 9)
    one, two, three, _coffee = room.write("Reminders", "The weekly letter", "The till", "Coffee", lane="culture")
    group = room.group("The register's reminders", one)
    room.rank((0, two, group, three), (1, group, two), (2, three))
    told = minutes.of_opening(room.opening, room.agenda)
    assert told.outcomes[0].place == 0, "nothing before it is closed"
    assert not told.has_ranked
    assert {(one.name, one.points, one.place, one.is_tie) for one in room.outcomes()} == {
        ("The register's reminders", 7, 1, True),
        ("The weekly letter", 7, 1, True),
        ("The till", 6, 3, False),
        ("Coffee", 0, 4, False),
    }
    assert [one.points for one in room.outcomes()] == [7, 7, 6, 0]
    told = minutes.of_opening(room.opening, room.agenda)
    rows = {row["note"]: row for row in minutes.to_rows(told)}
    till = rows["The till"]
    names = ("place", "points of the ranking", "ranked by", "mean place", "first for", "dots")
    assert [till[name] for name in names] == [3, 6, 2, 2, 1, None]
    assert [rows["Coffee"][name] for name in names] == [4, 0, 0, None, 0, None]
    document = {row["name"]: row["ranking"] for row in minutes.to_document(told)["result"]}
    assert document["The till"] == {"points": 6, "n": 2, "mean_place": 2, "firsts": 1}
    assert document["Coffee"] == {"points": 0, "n": 0, "mean_place": None, "firsts": 0}
    came = room.harvest(room.pick("The till"), room.pick("The weekly letter"))
    assert [lever.name for lever in came.made] == ["The till", "The weekly letter"]
    assert [item.mode for item in came.held.agenda.order_by("position")][4] == "rank"


def test_a_later_ranking_stands_before_the_votes_and_an_earlier_one_after_them(gaps: Room) -> None:
    names = [one.name for one in gaps.outcomes()]
    last = Note.objects.of(gaps.session).get(text="The door is hard to find")
    ranking = gaps.session.phases.create(mode="rank", title="Ranking", position=90)
    for position, expected in ((90, [names[2], names[0], names[1]]), (0, [names[0], names[2], names[1]])):
        gaps.session.phases.filter(pk=ranking.pk).update(position=position, closed_at=None)
        gaps.rank((0, last))
        assert [one.name for one in gaps.outcomes()] == expected


def test_a_group_becomes_a_gap_with_its_notes_its_evidence_and_its_severity(gaps: Room, cast: Cast) -> None:
    came = gaps.harvest(gaps.pick("The bill is right and yet beyond understanding", text="The bill is a riddle"))
    gap = Gap.objects.of(cast.programme).get()
    assert gap.title == "The bill is a riddle"
    assert gap.current == "The bill is beyond understanding. Nobody explains the bill."
    assert gap.severity == 5
    assert [finding.text for finding in gap.findings.all()] == ["The bill is read twice"]
    assert gap.from_note is not None
    assert gap.from_note.session == gaps.session
    assert came.made == (gap,)
    assert Change.objects.filter(table="roadmap_gap", record_id=gap.pk, actor=cast.alice).exists()


def test_the_decision_and_the_workshop_are_told(gaps: Room, cast: Cast) -> None:
    gaps.harvest(gaps.pick("Left in the dark"), customers=1)
    gap = Gap.objects.of(cast.programme).get()
    decision = Decision.objects.of(cast.programme).get()
    assert decision.about == [gap.exchange_id]
    assert decision.why == "It hurts most."
    assert "Left in the dark" in decision.text
    assert decision.by == cast.alice
    workshop = HeldWorkshop.objects.of(cast.programme).get()
    assert (workshop.step, workshop.participants, workshop.customers) == (6, 3, 1)
    assert workshop.held_on == timezone.localdate()
    assert [item.mode for item in workshop.agenda.order_by("position")][:2] == ["read", "write_hidden"]
    plan = load(cast.programme)
    assert [one.title for one in plan.workshops] == ["Workshop"]
    assert write(plan)["gaps"][0]["title"] == "Left in the dark"


def test_a_second_harvest_makes_nothing_twice(gaps: Room, cast: Cast) -> None:
    picks = [gaps.pick("Left in the dark")]
    gaps.harvest(*picks)
    again = gaps.harvest(*picks)
    assert again.made == ()
    assert Gap.objects.of(cast.programme).count() == 1
    assert Decision.objects.of(cast.programme).count() == 1
    assert HeldWorkshop.objects.of(cast.programme).count() == 1
    assert [one.made is not None for one in gaps.outcomes()] == [False, True, False]
    more = gaps.harvest(gaps.pick("The door is hard to find"), reason="Second thoughts.")
    assert len(more.made) == 1
    assert Decision.objects.of(cast.programme).count() == 2
    assert HeldWorkshop.objects.of(cast.programme).count() == 1


def test_what_lost_stays_on_the_wall(gaps: Room) -> None:
    before = Note.objects.of(gaps.session).count()
    gaps.harvest(gaps.pick("Left in the dark"))
    assert Note.objects.of(gaps.session).count() == before
    assert "The door is hard to find" in [one.name for one in gaps.outcomes()]


def test_nothing_chosen_is_no_harvest(gaps: Room, cast: Cast) -> None:
    with pytest.raises(harvest.NothingChosen):
        gaps.harvest()
    assert not HeldWorkshop.objects.of(cast.programme).exists()


def test_what_is_hidden_or_set_aside_is_not_harvested(cast: Cast) -> None:
    room = Room(cast, 6)
    secret, rude = room.write("Still hidden", "Rude")
    assert harvest.outcomes(room.opening, room.agenda) == []
    room.go("reveal")
    facilitate.set_aside(room.session, [rude])
    assert [one.name for one in room.outcomes()] == [secret.text]


def test_nothing_is_told_of_a_vote_that_goes_on(cast: Cast) -> None:
    room = Room(cast, 6)
    one, two = room.write("One", "Two")
    room.go("reveal")
    room.vote((0, two), (1, two))
    assert [(each.name, each.dots) for each in harvest.outcomes(room.opening, room.agenda)] == [("One", 0), ("Two", 0)]
    room.score(one, severity=(5, 5))
    assert all(not each.scores for each in harvest.outcomes(room.opening, room.agenda))
    assert [(each.name, each.dots, bool(each.scores)) for each in room.outcomes()] == [
        ("Two", 2, False),
        ("One", 0, True),
    ]


def test_findings_stand_under_the_theme_of_their_group(cast: Cast) -> None:
    room = Room(cast, 2)
    one, two = room.write("They wish for one number", "They wish for a name", lane="wish")
    (lone,) = room.write("The best moment was a thank-you", lane="best")
    room.group("A person to turn to", one, two)
    room.harvest(room.pick("A person to turn to"), room.pick(lone.text))
    found = {finding.text: finding.theme.name for finding in Finding.objects.of(cast.programme) if finding.theme}
    assert found == {
        "They wish for one number": "A person to turn to",
        "They wish for a name": "A person to turn to",
        "The best moment was a thank-you": "Paras hetki",
    }


def test_the_winning_sentence_becomes_the_vision_and_the_others_are_kept(cast: Cast) -> None:
    room = Room(cast, 3)
    won, lost, _unloved = room.write("In 2031 they smile", "In 2031 they stay", "In 2031 they pay")
    room.go("reveal")
    room.vote((0, won), (1, won), (2, lost))
    room.harvest(room.pick("In 2031 they smile", text="In 2031 our customers smile"))
    kept = [(one.text, one.votes, one.chosen) for one in VisionCandidate.objects.of(cast.programme).in_order()]
    assert kept == [("In 2031 our customers smile", 2, True), ("In 2031 they stay", 1, False)]
    assert Vision.objects.of(cast.programme).get().statement == "In 2031 our customers smile"


def test_a_vision_that_has_words_keeps_them(cast: Cast) -> None:
    make(Vision, cast.programme, statement="In 2030 they rest")
    room = Room(cast, 3)
    room.write("In 2031 they smile")
    room.go("reveal")
    room.harvest(room.pick("In 2031 they smile"))
    assert Vision.objects.of(cast.programme).get().statement == "In 2030 they rest"


@pytest.mark.parametrize(
    ("number", "lane", "model", "field"),
    [
        (4, "pain", Insight, "kind"),
        (7, "never", Pillar, "kind"),
        (8, "product", Action, "bucket"),
        (9, "culture", Lever, "kind"),
    ],
)
def test_the_lane_says_what_kind_of_record_it_is(cast: Cast, number: int, lane: str, model: Any, field: str) -> None:
    room = Room(cast, number)
    (note,) = room.write("One of these", lane=lane)
    room.go("decide")
    room.harvest(room.pick("One of these"))
    record = model.objects.of(cast.programme).get()
    assert getattr(record, field) == lane
    assert record.from_note == note


def test_a_metric_takes_its_kind_from_where_it_was_placed(cast: Cast) -> None:
    room = Room(cast, 11)
    (note,) = room.write("Share of bills understood")
    room.go("place")
    board.put_on_lane(room.session, [note], "proportion")
    room.harvest(room.pick("Share of bills understood"))
    assert Metric.objects.of(cast.programme).get().kind == "proportion"


def test_pillars_lean_on_gaps_and_count_their_dots(cast: Cast) -> None:
    gap = make(Gap, cast.programme, title="Left in the dark")
    room = Room(cast, 7)
    (note,) = room.write("We tell the reason first", lane="always")
    room.go("group")
    room.vote((0, note), (0, note), (1, note))
    room.harvest(room.pick(note.text, links={"gaps": [gap.pk]}))
    pillar = Pillar.objects.of(cast.programme).get()
    assert (pillar.votes, pillar.state, list(pillar.gaps.all())) == (3, "proposed", [gap])


def test_an_action_leaves_with_a_name_and_a_date(cast: Cast) -> None:
    gap, pillar = make(Gap, cast.programme), make(Pillar, cast.programme)
    room = Room(cast, 8)
    (note,) = room.write("Call back within the hour", lane="acute")
    room.go("group")
    room.score(note, impact=(5, 4, 4), effort=(1, 2))
    due = date(2026, 12, 24)
    room.harvest(room.pick(note.text, links={"gaps": [gap.pk], "pillars": [pillar.pk]}, owner=cast.bob, due=due))
    action = Action.objects.of(cast.programme).get()
    assert (action.owner, action.due, action.impact, action.effort) == (cast.bob, due, 4, 2)
    assert [list(action.gaps.all()), list(action.pillars.all())] == [[gap], [pillar]]
    assert Tie.objects.of(cast.programme).filter(person=cast.bob).exists(), "an export names the owner"


def test_touchpoints_are_placed_and_scored_once(cast: Cast) -> None:
    stage = make(Stage, cast.programme, name="Reach")
    known = make(Touchpoint, cast.programme, name="The bill", stage=stage)
    make(Assessment, cast.programme, touchpoint=known, importance=1)
    room = Room(cast, 5)
    (new,) = room.write("The door")
    room.go("place")
    board.put_on_lane(room.session, [new], str(stage.pk))
    brought = Note.objects.of(room.session).get(ref=f"touchpoint:{known.pk}")
    five = ("importance", "expectation", "effectiveness", "ease", "emotion")
    for target in (new, brought):
        room.score(target, **dict.fromkeys(five, (4, 2, 3)))
    room.harvest(room.pick("The door"), room.pick("The bill"))
    room.harvest(room.pick("The door"), room.pick("The bill"), reason="Again.")
    door = Touchpoint.objects.of(cast.workspace).get(name="The door")
    assert (door.stage, door.journey) == (stage, known.journey)
    for point in (door, known):
        latest = Assessment.objects.of(cast.workspace).get(touchpoint=point, latest=True)
        assert (latest.importance, latest.emotion, latest.n, latest.source) == (3, 3, 3, "workshop")
        assert latest.spread == pytest.approx(0.816)
        assert latest.on == timezone.localdate()
    assert Assessment.objects.of(cast.workspace).count() == 3
    assert Touchpoint.objects.of(cast.workspace).count() == 2


def test_what_stands_in_the_plan_already_is_told_so(cast: Cast) -> None:
    """What was brought to the wall is not offered anew; what became a touchpoint is not offered a second time."""
    bill = make(Touchpoint, cast.programme, name="The bill", journey=make(Journey, cast.programme))
    Touchpoint.objects.filter(pk=bill.pk).update(created_at=timezone.now() - timedelta(days=1))
    room = Room(cast, 5)
    room.write("The door")
    room.go("place")
    assert {one.name: one.made for one in room.outcomes()} == {"The door": None, "The bill": bill}
    room.harvest(room.pick("The door"))
    door = Touchpoint.objects.of(cast.workspace).get(name="The door")
    assert {one.name: one.made for one in room.outcomes()} == {"The door": door, "The bill": bill}
    assert {one.name: one.is_new for one in room.outcomes()} == {"The door": True, "The bill": False}


def test_a_decision_about_what_stands_in_the_plan_already_is_kept(cast: Cast) -> None:
    """The room may choose just the sweet spots there are; that is decided then, and why is kept."""
    spot = make(SweetSpot, cast.programme, touchpoint=make(Touchpoint, cast.programme, name="First"))
    room = Room(cast, 10)
    with pytest.raises(harvest.NothingChosen):
        room.harvest(reason="We hear of it daily.")
    note = Note.objects.of(room.session).get(ref=f"touchpoint:{spot.touchpoint_id}")
    Note.objects.filter(pk=note.pk).update(is_chosen=True)
    room.harvest(room.pick("First"), reason="We hear of it daily.")
    assert SweetSpot.objects.of(cast.programme).get() == spot
    assert Decision.objects.of(cast.programme).get().why == "We hear of it daily."


def test_a_journey_is_begun_where_there_is_none(cast: Cast) -> None:
    room = Room(cast, 5)
    room.write("The door")
    room.go("place")
    room.harvest(room.pick("The door"))
    assert Touchpoint.objects.of(cast.workspace).get().journey.name == cast.programme.name


def test_sweet_spots_keep_the_order_of_the_room(cast: Cast) -> None:
    first = make(Touchpoint, cast.programme, name="First")
    second = make(Touchpoint, cast.programme, name="Second")
    room = Room(cast, 10)
    notes = {note.text: note for note in Note.objects.of(room.session)}
    room.vote((0, notes["Second"]), (1, notes["Second"]), (2, notes["First"]))
    assert [one.name for one in room.outcomes()] == ["Second", "First"]
    room.harvest(room.pick("Second"), room.pick("First"), reason="We hear of it daily.")
    spots = SweetSpot.objects.of(cast.programme).order_by("rank")
    assert [(spot.touchpoint, spot.rank, spot.reason) for spot in spots] == [
        (second, 1, "We hear of it daily."),
        (first, 2, "We hear of it daily."),
    ]


def test_personal_pillars_go_to_their_writers_and_leave_the_room(cast: Cast) -> None:
    room = Room(cast, 12)
    (mine,) = room.write("guess in silence", lane="never", by=1)
    (guests,) = room.write("listen to the end", lane="always", by=2)
    room.go("decide")
    assert room.outcomes() == [], "nobody sees what is somebody's own"
    facilitate.close_session(room.session)
    assert harvest.outcomes(room.opening, room.agenda) == []
    room.harvest(reason="We look again in March.")
    pillar = PersonalPillar.objects.of(cast.programme).get()
    assert (pillar.person, pillar.kind, pillar.statement) == (cast.bob, "never", "guess in silence")
    assert pillar.visibility == "private"
    assert not Note.objects.filter(pk=mine.pk).exists()
    assert Note.objects.filter(pk=guests.pk).exists()
    told = Change.objects.filter(table="roadmap_personalpillar").values_list("after", flat=True)
    assert all("guess in silence" not in str(after) for after in told)
    decision = Decision.objects.of(cast.programme).get()
    assert (decision.about, decision.why) == ([], "We look again in March.")
    room.harvest(reason="Again.")
    assert PersonalPillar.objects.of(cast.programme).count() == 1


def test_private_notes_go_with_their_writer(cast: Cast) -> None:
    room = Room(cast, 12)
    room.write("guess in silence", lane="never", by=1)
    room.write("listen to the end", lane="always", by=0)
    assert cast.bob.user
    erasing.erase(cast.bob.user)
    left = Note.objects.of(room.session).exclude(participant=None)
    assert [note.text for note in left] == ["listen to the end"]


def test_the_next_workshop_opens_with_what_the_last_one_promised(cast: Cast) -> None:
    assert workshops.promised(cast.programme) is None
    room = Room(cast, 8)
    room.write("Call back within the hour", lane="acute")
    room.go("decide")
    due = date(2026, 12, 24)
    room.harvest(room.pick("Call back within the hour", owner=cast.bob, due=due))
    last = workshops.promised(cast.programme)
    assert last is not None
    assert [(action.title, action.owner, action.due) for action in last.actions] == [
        ("Call back within the hour", cast.bob, due)
    ]
    opening = workshops.open_workshop(cast.programme, 6, BY_NUMBER[6].agenda, facilitator=cast.alice, title="The next")
    first = Note.objects.of(opening.session).in_order()[0]
    assert first.text.startswith("Viimeksi lupasimme: ")
    assert first.ref == f"decision:{last.opening.decision_id}"
    assert all(one.name != first.text for one in harvest.outcomes(opening, BY_NUMBER[6].agenda))


def test_a_promise_about_no_record_is_told_in_its_own_words(cast: Cast) -> None:
    """The roll-out decides on a day to look again, and that day is what the next workshop opens with."""
    room = Room(cast, 12)
    room.go("decide")
    room.harvest(reason="We look again on 15 January.")
    opening = workshops.open_workshop(cast.programme, 6, BY_NUMBER[6].agenda, facilitator=cast.alice, title="The next")
    assert Note.objects.of(opening.session).in_order()[0].text == "Viimeksi lupasimme: We look again on 15 January."


def test_a_record_cannot_come_from_a_note_next_door(gaps: Room, cast: Cast) -> None:
    foreign = make(Gap, cast.programme_next_door)
    note = Note.objects.of(gaps.session)[0]
    with pytest.raises(IntegrityError, match="points out of its workspace"), transaction.atomic():
        Gap.objects.filter(pk=foreign.pk).update(from_note=note)


def test_a_harvest_asks_few_questions(gaps: Room, django_assert_max_num_queries: Any) -> None:
    picks = [gaps.pick(one.name) for one in gaps.outcomes()]
    with django_assert_max_num_queries(60):
        gaps.harvest(*picks)


def test_an_opening_goes_with_its_programme(gaps: Room) -> None:
    assert Opening.objects.of(gaps.cast.programme).get().session == gaps.session
