"""Leading a workshop: opening, turning and taking back, the clock, and what each lays open or closes."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from cxplan.live.models import Event
from cxplan.workshops.domain import board, facilitate
from cxplan.workshops.domain.board import Target
from cxplan.workshops.domain.commands import Closed, Repeated, TooLate
from cxplan.workshops.domain.facilitate import Brought
from cxplan.workshops.domain.wall import wall
from cxplan.workshops.models import Mode, Note, Phase, Session, State
from tests.cast import Cast
from tests.workshops.rooms import go_to, guest, opened, phase, planned


def test_an_open_workshop_has_a_code_of_its_own_and_a_running_clock(cast: Cast) -> None:
    first, second = opened(cast.alice), opened(cast.alice)
    assert first.is_open
    assert first.code.isdigit()
    assert len(first.code) == 6
    assert first.code != second.code
    assert first.phase is not None
    assert first.phase.mode == Mode.READ
    assert first.phase.ends_at is not None
    assert timedelta(minutes=7.9) < first.phase.ends_at - timezone.now() <= timedelta(minutes=8)


def test_a_closed_workshop_keeps_no_code_and_opens_again_where_it_was(cast: Cast) -> None:
    session = opened(cast.alice)
    go_to(session, Mode.GROUP)
    closed = facilitate.close_session(session)
    assert (closed.state, closed.code) == (State.CLOSED, "")
    assert not Phase.objects.of(session).exclude(ends_at=None).exists()
    again = facilitate.open_session(session)
    assert again.is_open
    assert again.phase is not None
    assert again.phase.mode == Mode.GROUP


def test_the_database_lets_no_two_open_workshops_have_one_code(cast: Cast) -> None:
    first, second = opened(cast.alice), opened(cast.alice)
    with pytest.raises(IntegrityError), transaction.atomic():
        Session.objects.filter(pk=second.pk).update(code=first.code)
    with pytest.raises(IntegrityError), transaction.atomic():
        Session.objects.filter(pk=planned(cast.alice).pk).update(code="123456")


def test_what_is_brought_in_lies_on_the_wall_from_the_start(cast: Cast) -> None:
    session = opened(cast.alice, brought=[Brought("Bills are not understood", "finding:3")])
    (note,) = wall(session).notes
    assert (note.text, note.ref, note.participant) == ("Bills are not understood", "finding:3", None)


def test_the_reveal_shows_what_was_hidden_and_taking_it_back_hides_it_again(cast: Cast) -> None:
    session = opened(cast.alice)
    writing = go_to(session, Mode.WRITE)
    board.write_note(session, writing, guest(session), text="Nobody tells why")
    assert wall(session).count == 0
    go_to(session, Mode.REVEAL)
    assert [note.text for note in wall(session).notes] == ["Nobody tells why"]
    back = facilitate.take_back_turn(session)
    assert back.phase is not None
    assert back.phase.mode == Mode.WRITE
    assert wall(session).count == 0
    assert phase(session, Mode.WRITE).ends_at is not None


def test_a_turn_can_be_taken_back_for_ten_seconds_and_once(cast: Cast) -> None:
    session = opened(cast.alice)
    go_to(session, Mode.WRITE)
    Session.objects.filter(pk=session.pk).update(turned_at=timezone.now() - timedelta(seconds=11))
    with pytest.raises(TooLate):
        facilitate.take_back_turn(session)
    go_to(session, Mode.REVEAL)
    facilitate.take_back_turn(session)
    with pytest.raises(TooLate):
        facilitate.take_back_turn(session)


@pytest.mark.django_db(transaction=True)
def test_two_facilitators_who_go_on_at_once_turn_one_page(cast: Cast) -> None:
    """Each on a page of their own that says the same: the room goes one phase on, and both minutes count."""
    session = opened(cast.alice)
    writing, start = phase(session, Mode.WRITE), threading.Barrier(2)

    def press() -> None:
        own = Session.objects.select_related("phase").get(pk=session.pk)
        start.wait(10)
        try:
            facilitate.turn(own, Phase.objects.get(pk=writing.pk))
            facilitate.extend(own, 1)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        desks = [pool.submit(press) for _desk in range(2)]
    assert [desk.result() for desk in desks] == [None, None]
    session.refresh_from_db()
    there = phase(session, Mode.WRITE)
    assert session.phase_id == there.pk
    assert session.turned_from_id == phase(session, Mode.READ).pk  # taken back, it leads where the room was
    assert there.ends_at is not None
    assert timedelta(minutes=7.8) < there.ends_at - timezone.now() <= timedelta(minutes=8)


def test_leaving_a_vote_counts_it_and_taking_the_turn_back_opens_it(cast: Cast) -> None:
    session = opened(cast.alice, brought=[Brought("One", "gap:1")])
    voting = go_to(session, Mode.VOTE)
    board.give_dot(session, voting, guest(session), Target(note=Note.objects.of(session).get().pk))
    go_to(session, Mode.DECIDE)
    assert phase(session, Mode.VOTE).closed_at is not None
    facilitate.take_back_turn(session)
    assert phase(session, Mode.VOTE).closed_at is None


def test_the_clock_stands_where_a_phase_was_left_and_goes_on_when_the_room_comes_back(cast: Cast) -> None:
    session = opened(cast.alice)
    writing = go_to(session, Mode.WRITE)
    Phase.objects.filter(pk=writing.pk).update(ends_at=timezone.now() + timedelta(seconds=100))
    go_to(session, Mode.REVEAL)
    left = phase(session, Mode.WRITE)
    assert left.ends_at is None
    assert left.seconds_left in (99, 100)
    again = go_to(session, Mode.WRITE)
    assert again.ends_at is not None
    assert timedelta(seconds=97) < again.ends_at - timezone.now() <= timedelta(seconds=100)


def test_the_clock_is_extended_stopped_and_let_run(cast: Cast) -> None:
    session = opened(cast.alice)
    go_to(session, Mode.WRITE)
    longer = facilitate.extend(session, 2)
    assert longer.ends_at is not None
    assert timedelta(minutes=7.9) < longer.ends_at - timezone.now() <= timedelta(minutes=8)
    shorter = facilitate.extend(session, -60)
    assert shorter.ends_at is not None
    assert shorter.ends_at <= timezone.now()
    facilitate.extend(session, 1)
    stopped = facilitate.pause(session)
    assert stopped.ends_at is None
    assert stopped.seconds_left in (59, 60)
    assert facilitate.resume(session).seconds_left is None


def test_phases_change_places(cast: Cast) -> None:
    session = planned(cast.alice)
    facilitate.move_phase(session, phase(session, Mode.VOTE), 1)
    modes = list(Phase.objects.of(session).in_order().values_list("mode", flat=True))
    assert modes[:3] == [Mode.READ, Mode.VOTE, Mode.WRITE]


def test_a_command_that_comes_twice_happens_once(cast: Cast) -> None:
    session, name = opened(cast.alice), uuid4()
    facilitate.turn(session, phase(session, Mode.WRITE), name=name)
    events = Event.objects.count()
    with pytest.raises(Repeated):
        facilitate.turn(session, phase(session, Mode.GROUP), name=name)
    session.refresh_from_db()
    assert session.phase is not None
    assert session.phase.mode == Mode.WRITE
    assert Event.objects.count() == events


def test_nothing_turns_in_a_workshop_that_is_not_open(cast: Cast) -> None:
    session = planned(cast.alice)
    with pytest.raises(Closed):
        facilitate.turn(session, phase(session, Mode.WRITE))
    assert not Event.objects.filter(stream__in=[session.room_id, session.desk_id]).exists()


def test_an_agenda_has_at_least_one_phase(cast: Cast) -> None:
    with pytest.raises(ValueError, match="at least one phase"):
        planned(cast.alice, ())
