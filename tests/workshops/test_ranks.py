"""The ranking: everybody's own order, whole however it is tapped, nobody else's to see, and what the orders come to."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import timedelta
from itertools import permutations
from threading import Barrier, Thread
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cxplan.live.models import Event
from cxplan.workshops.access import cookie_name
from cxplan.workshops.domain import between, board, facilitate, ranks, seats
from cxplan.workshops.domain.board import Gone, Target, VotedOn
from cxplan.workshops.domain.commands import Closed, Repeated
from cxplan.workshops.domain.facilitate import Brought, PhasePlan
from cxplan.workshops.domain.ranks import Move
from cxplan.workshops.domain.wall import wall
from cxplan.workshops.models import Ballot, Mode, Note, Participant, Session
from cxplan.workspaces.models import Member
from tests.cast import Cast
from tests.workshops.rooms import go_to, guest, opened, phase, planned

HTMX = {"HX-Request": "true"}
TOPICS = ("Bills", "Outages", "Queues", "Words")
AGENDA = (
    PhasePlan(Mode.READ, "Read", minutes=5),
    PhasePlan(Mode.RANK, "Order", question="What comes first?", minutes=5),
    PhasePlan(Mode.DECIDE, "Decision", minutes=5),
    PhasePlan(Mode.CLOSE, "Close", minutes=5),
)


@pytest.fixture
def session(cast: Cast) -> Session:
    return opened(cast.alice, AGENDA, brought=[Brought(topic, f"gap:{topic}") for topic in TOPICS])


@pytest.fixture
def ann(session: Session) -> Participant:
    return guest(session, "Ann")


@pytest.fixture
def ben(session: Session) -> Participant:
    return guest(session, "Ben")


def note(session: Session, text: str) -> Target:
    return Target(note=Note.objects.of(session).get(text=text).pk)


def put(session: Session, who: Participant, *texts: str, to: Move = Move.LAST) -> None:
    for text in texts:
        ranks.move(session, phase(session, Mode.RANK), who, note(session, text), to)


def own(session: Session, who: Participant) -> list[str]:
    return [str(each) for each in ranks.own_order(phase(session, Mode.RANK), who, wall(session)).ranked]


def places(who: Participant) -> list[int | None]:
    return list(Ballot.objects.ranks().filter(participant=who).values_list("place", flat=True))


def came_to(session: Session) -> list[tuple[str, int, int, bool]]:
    found = ranks.in_order(phase(session, Mode.RANK), wall(session))
    return [(str(each.target), each.points, each.place, each.is_tie) for each in found]


# One's own order


def test_a_card_is_added_moved_and_taken_out(session: Session, ann: Participant, ben: Participant) -> None:
    go_to(session, Mode.RANK)
    put(session, ann, "Bills", "Outages", "Queues")
    assert own(session, ann) == ["Bills", "Outages", "Queues"]
    put(session, ann, "Queues", to=Move.UP)
    assert own(session, ann) == ["Bills", "Queues", "Outages"]
    put(session, ann, "Bills", to=Move.DOWN)
    assert own(session, ann) == ["Queues", "Bills", "Outages"]
    put(session, ann, "Outages", to=Move.FIRST)
    assert own(session, ann) == ["Outages", "Queues", "Bills"]
    assert places(ann) == [1, 2, 3]
    put(session, ann, "Queues", to=Move.OUT)
    assert own(session, ann) == ["Outages", "Bills"]
    put(session, ann, "Queues")
    assert own(session, ann) == ["Outages", "Bills", "Queues"]
    assert own(session, ben) == []


def test_at_its_end_a_card_stays_and_what_another_tab_did_first_changes_nothing(
    session: Session, ann: Participant
) -> None:
    go_to(session, Mode.RANK)
    put(session, ann, "Bills", "Outages")
    for text, to in (
        ("Bills", Move.UP),
        ("Bills", Move.FIRST),
        ("Outages", Move.DOWN),
        ("Bills", Move.LAST),  # it is in the order already
        ("Queues", Move.UP),  # it is not in it any more
        ("Queues", Move.OUT),
    ):
        put(session, ann, text, to=to)
        assert own(session, ann) == ["Bills", "Outages"], (text, to)


def test_a_move_that_comes_twice_happens_once(session: Session, ann: Participant) -> None:
    ranking, name = go_to(session, Mode.RANK), uuid4()
    put(session, ann, "Bills", "Outages", "Queues")
    ranks.move(session, ranking, ann, note(session, "Queues"), Move.UP, name=name)
    with pytest.raises(Repeated):
        ranks.move(session, ranking, ann, note(session, "Queues"), Move.UP, name=name)
    assert own(session, ann) == ["Bills", "Queues", "Outages"]


def test_a_ranking_that_is_closed_takes_nothing_until_it_is_opened_again(session: Session, ann: Participant) -> None:
    ranking = go_to(session, Mode.RANK)
    put(session, ann, "Bills")
    go_to(session, Mode.DECIDE)
    for _phase in (Mode.DECIDE, Mode.RANK):
        go_to(session, _phase)
        with pytest.raises(Closed):
            put(session, ann, "Outages")
    facilitate.reopen(session, ranking)
    put(session, ann, "Outages")
    assert own(session, ann) == ["Bills", "Outages"]


def test_only_what_lies_on_the_wall_is_ranked(session: Session, cast: Cast, ann: Participant) -> None:
    elsewhere = opened(cast.alice, AGENDA, brought=[Brought("Elsewhere", "gap:9")])
    ranking = go_to(session, Mode.RANK)
    group = board.make_group(session, [Note.objects.of(session).get(text="Outages")])
    facilitate.set_aside(session, Note.objects.of(session).filter(text="Bills"))
    away = (
        note(session, "Outages"),
        note(session, "Bills"),
        note(elsewhere, "Elsewhere"),
        Target(),
        Target(group=9**9),
    )
    for target in away:
        with pytest.raises(Gone):
            ranks.move(session, ranking, ann, target, Move.LAST)
    ranks.move(session, ranking, ann, Target(group=group.pk), Move.LAST)
    assert own(session, ann) == ["Outages"]


def test_what_leaves_the_wall_leaves_the_orders_and_comes_back_to_its_place(session: Session, ann: Participant) -> None:
    go_to(session, Mode.RANK)
    put(session, ann, "Bills", "Outages", "Queues")
    outages = Note.objects.of(session).filter(text="Outages")
    facilitate.set_aside(session, outages)
    assert own(session, ann) == ["Bills", "Queues"]
    put(session, ann, "Queues", to=Move.UP)  # one tap is one place among what is seen
    assert own(session, ann) == ["Queues", "Bills"]
    assert came_to(session)[0] == ("Queues", 3, 1, False)
    put(session, ann, "Bills", to=Move.UP)
    facilitate.set_aside(session, outages, aside=False)
    assert own(session, ann) == ["Bills", "Queues", "Outages"]


def test_what_is_in_somebody_s_order_is_not_regrouped(session: Session, ann: Participant) -> None:
    ranking = go_to(session, Mode.RANK)
    group = board.make_group(session, Note.objects.of(session).filter(text__in=["Outages", "Queues"]))
    ranks.move(session, ranking, ann, Target(group=group.pk), Move.LAST)
    go_to(session, Mode.DECIDE)
    with pytest.raises(VotedOn):
        board.dissolve(session, group)
    assert own(session, ann) == ["Outages"]


def test_places_do_not_grow_for_ever(session: Session, ann: Participant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ranks, "MOST_PLACES", 5)
    go_to(session, Mode.RANK)
    put(session, ann, "Bills", "Outages")
    for _again in range(5):
        for text in ("Bills", "Outages"):
            put(session, ann, text, to=Move.OUT)
            put(session, ann, text)
    assert own(session, ann) == ["Bills", "Outages"]
    assert max(place or 0 for place in places(ann)) <= 6


def test_the_database_itself_keeps_an_order_whole(session: Session, ann: Participant) -> None:
    ranking, bills, outages = go_to(session, Mode.RANK), note(session, "Bills"), note(session, "Outages")
    put(session, ann, "Bills")
    for wrong in (
        {"note_id": outages.note, "place": 1},  # taken
        {"note_id": bills.note, "place": 2},  # in the order already
        {"note_id": outages.note, "place": 0},
        {"note_id": outages.note},  # none of the three
        {"note_id": outages.note, "place": 2, "value": 3},
        {"note_id": outages.note, "place": 2, "slot": 1, "quota": 3},
        {"note_id": outages.note, "value": 3, "slot": 1, "quota": 3},
        {"place": 2},  # of nothing
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Ballot.objects.create(participant=ann, phase=ranking, **wrong)
    assert places(ann) == [1]


@pytest.mark.django_db(transaction=True)
def test_two_tabs_at_once_keep_one_whole_order(session: Session, ann: Participant) -> None:
    ranking, begin = go_to(session, Mode.RANK), Barrier(4)
    broke: list[Exception] = []

    def tab(moves: Sequence[tuple[str, Move]]) -> None:
        try:
            begin.wait()
            for text, to in moves:
                ranks.move(session, ranking, ann, there[text], to)
        except Exception as error:
            broke.append(error)
        finally:
            connection.close()

    there = {text: note(session, text) for text in TOPICS}
    adding = [(text, Move.LAST) for text in TOPICS]
    moving = [(text, to) for to in (Move.FIRST, Move.UP, Move.OUT, Move.LAST, Move.DOWN) for text in TOPICS]
    tabs = [Thread(target=tab, args=[moves]) for moves in (adding, adding, moving, moving[::-1])]
    for each in tabs:
        each.start()
    for each in tabs:
        each.join()
    assert broke == []
    found = own(session, ann)
    assert len(found) == len(set(found)) == len(places(ann)) == len(set(places(ann)))


def test_a_guest_who_signs_in_keeps_the_order_begun_first(session: Session, cast: Cast, ann: Participant) -> None:
    go_to(session, Mode.RANK)
    bob = seats.take_as_member(session, cast.bob).participant
    put(session, ann, "Queues", "Bills")
    put(session, bob, "Words", "Bills", "Outages")
    assert seats.become_member(ann, cast.bob) == bob
    assert own(session, bob) == ["Queues", "Bills", "Words", "Outages"]
    assert places(bob) == [1, 2, 3, 4]


# What the orders come to


def test_the_first_is_worth_them_all_and_each_after_it_one_less(
    session: Session, ann: Participant, ben: Participant
) -> None:
    go_to(session, Mode.RANK)
    put(session, ann, "Bills", "Outages", "Queues")
    put(session, ben, "Outages", "Bills")
    found = ranks.in_order(phase(session, Mode.RANK), wall(session))
    assert [(str(one.target), one.points, one.people, one.mean, one.firsts) for one in found] == [
        ("Bills", 7, 2, 1.5, 1),
        ("Outages", 7, 2, 1.5, 1),
        ("Queues", 2, 1, 3, 0),
        ("Words", 0, 0, None, 0),
    ]
    assert [(one.place, one.is_tie) for one in found] == [(1, True), (1, True), (3, False), (4, False)]


def test_nobody_in_an_order_is_no_tie(session: Session) -> None:
    assert came_to(session) == [(text, 0, 1, False) for text in TOPICS]


ORDERS = st.lists(
    st.sampled_from([order for size in range(5) for order in permutations(TOPICS, size)]), min_size=2, max_size=2
)


@settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(orders=ORDERS, away=st.sets(st.sampled_from(TOPICS), max_size=2))
def test_points_are_those_of_a_plain_count(
    session: Session, ann: Participant, ben: Participant, orders: list[tuple[str, ...]], away: set[str]
) -> None:
    """Counted pair by pair: what somebody ranked gets a point for itself, and one for each that it stands before."""
    Note.objects.of(session).update(set_aside_at=None)
    Ballot.objects.all().delete()
    ranking = go_to(session, Mode.RANK)
    facilitate.reopen(session, ranking)
    for who, order in zip((ann, ben), orders, strict=True):
        put(session, who, *order)
    facilitate.set_aside(session, Note.objects.of(session).filter(text__in=away))
    lying = [text for text in TOPICS if text not in away]

    def pairs(text: str, order: Sequence[str]) -> int:
        return sum(text == other or other not in order or order.index(text) < order.index(other) for other in lying)

    expected = {text: sum(pairs(text, order) for order in orders if text in order) for text in lying}
    found = came_to(session)
    assert {text: count for text, count, _place, _tie in found} == expected
    for text, count, place, is_tie in found:
        assert place == 1 + sum(other > count for other in expected.values()), text
        assert is_tie == (count > 0 and list(expected.values()).count(count) > 1)


# On the screens


def phone(session: Session, seat: seats.Seat | None = None) -> Client:
    client, seat = Client(), seat or seats.take_as_guest(session, "")
    client.cookies[cookie_name(session.pk)] = seat.key
    return client


def to(session: Session, name: str) -> str:
    return reverse(f"workshops:{name}", args=[session.pk])


def tap(client: Client, session: Session, text: str, move: str, **more: object) -> str:
    sent = {"phase": phase(session, Mode.RANK).pk, "note": note(session, text).note, "move": move, **more}
    answer = client.post(to(session, "rank"), sent, headers=HTMX)
    assert answer.status_code == 200, answer.content
    return answer.content.decode()


def seen(client: Client, session: Session) -> str:
    """What a phone shows, without the hour."""
    page = client.get(to(session, "room"), headers=HTMX).content.decode()
    return re.sub(r'data-now="[^"]+"|\d\d[.:]\d\d|<progress[^>]+>|csrfmiddlewaretoken" value="\w+"', "", page)


def cards(page: str) -> list[str]:
    """The cards of one's own order, as they stand on a page."""
    return re.findall(r'rank-place" aria-hidden="true">\d+</b>\s*<div[^>]+><p[^>]+>(\w+)', page)


@pytest.mark.parametrize(("move", "most"), [("last", 9), ("up", 9), ("out", 9)])
def test_a_tap_takes_few_queries_and_is_answered_with_the_order(session: Session, move: str, most: int) -> None:
    ranking, ann = go_to(session, Mode.RANK), phone(session)
    for text in ("Bills", "Outages") if move == "last" else ("Bills", "Outages", "Queues"):
        tap(ann, session, text, "last")
    sent = {"phase": ranking.pk, "note": note(session, "Queues").note, "move": move}
    with CaptureQueriesContext(connection) as asked:
        answer = ann.post(to(session, "rank"), sent, headers=HTMX)
    assert len(asked) == most, [
        each["sql"] for each in asked
    ]  # the room twice, the wall two, the order one, the change
    expected = {
        "last": ["Bills", "Outages", "Queues"],
        "up": ["Bills", "Queues", "Outages"],
        "out": ["Bills", "Outages"],
    }
    assert cards(answer.content.decode()) == expected[move]
    assert cards(seen(ann, session)) == expected[move]


def test_one_order_on_the_phone_by_plain_forms_and_by_fragments(session: Session) -> None:
    ranking, ann = go_to(session, Mode.RANK), phone(session)
    assert "Begin with what you would put first" in seen(ann, session)
    sent = {"phase": ranking.pk, "note": note(session, "Queues").note, "move": "last"}
    assert ann.post(to(session, "rank"), sent).headers["Location"] == to(session, "room")
    assert "1 in your order" in seen(ann, session)
    name = str(uuid4())
    for _again in range(2):
        answer = tap(ann, session, "Bills", "last", command=name)
    tap(ann, session, "Bills", "first", command=(name := str(uuid4())))
    assert "Bills is at place 1." in tap(ann, session, "Bills", "first", command=name)
    assert cards(answer) == ["Queues", "Bills"]
    assert cards(seen(ann, session)) == ["Bills", "Queues"]
    assert cards(ann.get(to(session, "room")).content.decode()) == ["Bills", "Queues"]


@pytest.mark.parametrize(
    "wrong", [{"move": "sideways"}, {"move": ""}, {"note": ""}, {"note": "x"}, {"note": "999999"}, {"phase": "0"}]
)
def test_what_makes_no_sense_is_refused_in_words(session: Session, wrong: dict[str, str]) -> None:
    ranking, ann = go_to(session, Mode.RANK), phone(session)
    sent = {"phase": ranking.pk, "note": note(session, "Bills").note, "move": "last", **wrong}
    answer = ann.post(to(session, "rank"), sent, headers=HTMX)
    assert answer.status_code == 409
    assert "not there any more" in answer.content.decode()
    assert not Ballot.objects.exists()


def test_what_comes_after_the_close_is_told_so(session: Session) -> None:
    ranking, ann = go_to(session, Mode.RANK), phone(session)
    go_to(session, Mode.DECIDE)
    sent = {"phase": ranking.pk, "note": note(session, "Bills").note, "move": "last"}
    late = ann.post(to(session, "rank"), sent, headers=HTMX)
    assert late.status_code == 409
    assert "not stored" in late.content.decode()


def test_nobody_sees_another_s_order_and_totals_show_when_it_is_closed(
    cast: Cast, session: Session, sign_in: Callable[[Member], Client]
) -> None:
    ranking, alice, ann, ben = go_to(session, Mode.RANK), sign_in(cast.alice), phone(session), phone(session)
    before, heard = seen(ben, session), list(Event.objects.filter(stream=session.room_id).values_list("pk"))
    for text in ("Words", "Queues"):
        tap(ann, session, text, "last")
    tap(ann, session, "Queues", "up")
    assert seen(ben, session) == before
    assert list(Event.objects.filter(stream=session.room_id).values_list("pk")) == heard
    assert not Event.objects.filter(stream=session.desk_id, kind="ballots").exclude(html="").exists()
    desk, screen = (" ".join(alice.get(to(session, name)).content.decode().split()) for name in ("desk", "screen"))
    assert "1 has ranked" in desk
    assert "<b>1</b> of 2 have ranked" in screen
    assert "Close the ranking" in desk
    for page in (desk, screen):
        assert "mean place" not in page
        assert "point" not in re.sub(r"pointer|touchpoint|starting-point", "", page)
    tap(ben, session, "Queues", "last")
    go_to(session, Mode.DECIDE)
    for name, client in (("room", ben), ("desk", alice), ("screen", alice)):
        page = " ".join(client.get(to(session, name)).content.decode().split())
        assert "The first in an order gets 4 points" in page, name
        assert '<b class="num">8</b> points, in the order of 2 people, mean place 1.0, first for 2' in page, name
        assert page.index(">Queues<") < page.index(">Words<"), name
    go_to(session, Mode.RANK)
    page = ann.get(to(session, "room")).content.decode()
    assert "The ranking is closed." in page
    assert re.findall(r"<li>(\w+)</li>", page.partition("own-order-title")[2])[:2] == ["Queues", "Words"]
    assert "Let people rank again" in alice.get(to(session, "desk")).content.decode()
    alice.post(to(session, "reopen"), {"phase": ranking.pk})
    assert cards(seen(ann, session)) == ["Queues", "Words"]


def test_leaving_counts_it_and_taking_the_turn_back_opens_it(session: Session, ann: Participant) -> None:
    go_to(session, Mode.RANK)
    go_to(session, Mode.DECIDE)
    assert phase(session, Mode.RANK).closed_at is not None
    facilitate.take_back_turn(session)
    assert phase(session, Mode.RANK).closed_at is None
    put(session, ann, "Bills")
    facilitate.close_session(session)
    assert phase(session, Mode.RANK).closed_at is not None


def test_between_meetings_people_rank_until_the_deadline(cast: Cast, sign_in: Callable[[Member], Client]) -> None:
    assert cast.bob.user
    session = planned(cast.alice, AGENDA[1:2], brought=[Brought(topic, f"gap:{topic}") for topic in TOPICS])
    between.open_until(session, timezone.now() + timedelta(days=2), [cast.bob])
    session.refresh_from_db()
    seats.take_as_member(session, cast.bob)
    bob, alice = sign_in(cast.bob), sign_in(cast.alice)
    tap(bob, session, "Words", "last")
    assert cards(seen(bob, session)) == ["Words"]
    assert "mean place" not in alice.get(to(session, "desk")).content.decode()
    between.end(session)
    page = bob.get(to(session, "room")).content.decode()
    assert "Your own order" in page
    assert "mean place 1.0" in page
    assert "mean place 1.0" in alice.get(to(session, "desk")).content.decode()
    sent = {"phase": phase(session, Mode.RANK).pk, "note": note(session, "Bills").note, "move": "last"}
    late = bob.post(to(session, "rank"), sent, headers=HTMX)
    assert late.status_code == 409
    assert "The time is over" in late.content.decode()
