"""Seats: how they are found again, what becomes of them, and of the names."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from cxplan.live.models import Event, Stream
from cxplan.workshops.domain import board, facilitate, seats
from cxplan.workshops.domain.board import Target
from cxplan.workshops.domain.facilitate import Brought, PhasePlan
from cxplan.workshops.models import Authors, Ballot, Mode, Note, Participant, Session
from tests.cast import Cast
from tests.workshops.rooms import go_to, guest, opened, phase, planned


@pytest.fixture
def session(cast: Cast) -> Session:
    return opened(cast.alice, brought=[Brought(text, text) for text in ("Bills", "Outages", "Queues")])


def test_a_code_and_a_token_lead_to_an_open_workshop_alone(cast: Cast, session: Session) -> None:
    closed = planned(cast.alice)
    assert seats.find_by_code(session.code) == session
    assert seats.find_by_token(session.token) == session
    assert seats.find_by_code("") is None
    assert seats.find_by_token(closed.token) is None
    code = session.code
    facilitate.close_session(session)
    assert seats.find_by_code(code) is None
    assert seats.find_by_token(session.token) is None


def test_a_guest_finds_the_seat_by_its_key_alone(
    cast: Cast, session: Session, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    seat = seats.take_as_guest(session, "Ann")
    with django_assert_num_queries(1):
        found = seats.of_guest(session.pk, seat.key)
        assert found == seat.participant
        assert found.session.phase == session.phase
    assert seat.key not in seat.participant.key_hash
    assert seats.of_guest(session.pk, seat.key[:-1]) is None
    assert seats.of_guest(session.pk, "") is None
    assert seats.of_guest(opened(cast.alice).pk, seat.key) is None


def test_a_removed_guest_is_out_and_what_they_wrote_stays(session: Session) -> None:
    go_to(session, Mode.WRITE)
    seat = seats.take_as_guest(session, "Ann")
    board.write_note(session, phase(session, Mode.WRITE), seat.participant, text="Stays")
    before = Stream.objects.get(pk=session.room_id).access
    facilitate.remove(session, seat.participant)
    assert seats.of_guest(session.pk, seat.key) is None
    assert Stream.objects.get(pk=session.room_id).access == before + 1
    assert Note.objects.of(session).filter(text="Stays").exists()
    facilitate.let_back(session, seat.participant)
    assert seats.of_guest(session.pk, seat.key) == seat.participant


def test_guests_stay_for_a_while_after_the_close(session: Session) -> None:
    seat = seats.take_as_guest(session, "Ann")
    facilitate.close_session(session)
    assert seats.of_guest(session.pk, seat.key)
    Session.objects.filter(pk=session.pk).update(closed_at=timezone.now() - seats.GUESTS_STAY)
    assert seats.of_guest(session.pk, seat.key) is None


def test_a_member_has_one_seat(cast: Cast, session: Session) -> None:
    first, second = (seats.take_as_member(session, cast.bob) for _again in range(2))
    assert first == second
    assert str(first.participant) == cast.bob.name


def test_a_guest_who_signs_in_keeps_what_they_made(cast: Cast, session: Session) -> None:
    ann = guest(session, "Ann")
    board.write_note(session, go_to(session, Mode.WRITE), ann, text="Mine")
    same = seats.become_member(ann, cast.bob)
    assert same.pk == ann.pk
    assert (same.member, same.nickname, same.key_hash) == (cast.bob, "", "")
    assert Note.objects.get(text="Mine").participant == same


def test_where_both_took_part_the_first_ballots_win_and_the_quota_holds(cast: Cast, session: Session) -> None:
    ann, bob = guest(session), seats.take_as_member(session, cast.bob).participant
    writing = go_to(session, Mode.WRITE)
    for who in (ann, bob):
        board.write_note(session, writing, who, text=f"By {who.pk}")
    voting = go_to(session, Mode.VOTE)
    bills, outages, queues = (Target(note=note.pk) for note in Note.objects.of(session).filter(participant=None))
    for who, target in ((ann, bills), (bob, bills), (bob, outages), (bob, outages), (ann, queues)):
        board.give_dot(session, voting, who, target)
    scoring = go_to(session, Mode.SCORE)
    board.give_score(session, scoring, ann, bills, scale="ease", value=2)
    board.give_score(session, scoring, bob, bills, scale="ease", value=5)
    both = seats.become_member(ann, cast.bob)
    assert both == bob
    assert board.own_dots(voting, bob) == {("note", bills.note): 2, ("note", outages.note): 1}
    assert [ballot.value for ballot in Ballot.objects.of(scoring).scores()] == [2]
    assert Note.objects.of(session).filter(participant=bob).count() == 2
    assert not Participant.objects.filter(pk=ann.pk).exists()


def test_the_names_of_guests_leave(cast: Cast, session: Session) -> None:
    guest(session, "Ann")
    facilitate.close_session(session)
    assert seats.forget_guests(timezone.now() - timedelta(days=1)) == 0
    assert seats.forget_guests(timezone.now() + timedelta(days=1)) == 1
    assert str(Participant.objects.of(session).get()) == "Anonymous guest"


def test_what_a_room_has_said_of_somebody_is_emptied(cast: Cast) -> None:
    named = opened(cast.alice, (PhasePlan(Mode.WRITE, "Together", authors=Authors.NAMED),))
    seat = seats.take_as_member(named, cast.bob).participant
    board.write_note(named, phase(named, Mode.WRITE), seat, text="Hello")
    assert Event.objects.filter(html__contains=cast.bob.name).count() == 1
    seats.forget_members([cast.bob])
    assert not Event.objects.filter(html__contains=cast.bob.name).exists()
