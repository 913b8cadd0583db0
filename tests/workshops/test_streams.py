"""Who may listen to a room: whoever may be in it; to the desk: whoever may lead it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from cxplan.live.gateway import Listener
from cxplan.workshops.access import cookie_name, listeners
from cxplan.workshops.domain import facilitate, seats
from cxplan.workshops.models import Session
from cxplan.workspaces.models import Member
from tests.cast import Cast
from tests.workshops.rooms import opened


@pytest.fixture
def session(cast: Cast) -> Session:
    return opened(cast.alice)


def cookies(client: Client) -> dict[str, str]:
    return {name: morsel.value for name, morsel in client.cookies.items()}


def listener(held: Mapping[str, str], stream: UUID) -> Listener | None:
    [found] = listeners([held], stream)
    return found


def test_a_guest_hears_the_room_and_not_the_desk(cast: Cast, session: Session) -> None:
    seat = seats.take_as_guest(session, "Ann")
    held = {cookie_name(session.pk): seat.key}
    assert listener(held, session.room.key) == Listener(f"p{seat.participant.pk}")
    assert listener(held, session.desk.key) is None
    assert listener(held, opened(cast.alice).room.key) is None
    assert listener({cookie_name(session.pk): "wrong"}, session.room.key) is None
    assert listener({}, session.room.key) is None
    assert listener(held, uuid4()) is None
    facilitate.remove(session, seat.participant)
    assert listener(held, session.room.key) is None


def test_many_guests_are_known_by_one_query(
    session: Session, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    guests = [seats.take_as_guest(session, "") for _ in range(30)]
    elsewhere = {cookie_name(0): "another room's"}
    held = [{**elsewhere, cookie_name(session.pk): each.key} for each in guests]
    stream = session.room.key
    with django_assert_num_queries(1):
        found = listeners(held, stream)
    assert found == [Listener(f"p{each.participant.pk}") for each in guests]
    facilitate.remove(session, guests[7].participant)
    found = listeners(held, stream)
    assert [place for place, who in enumerate(found) if who is None] == [7]


def test_members_hear_the_room_and_leads_the_desk(
    cast: Cast, session: Session, sign_in: Callable[[Member], Client]
) -> None:
    alice, bob, carol, charlie = (
        cookies(sign_in(member)) for member in (cast.alice, cast.bob, cast.carol, cast.charlie)
    )
    assert listener(alice, session.desk.key) == Listener("")
    for member in (alice, bob, carol):
        assert listener(member, session.room.key) == Listener("")
    for member in (bob, carol, charlie):
        assert listener(member, session.desk.key) is None
    assert listener(charlie, session.room.key) is None
    seat = seats.take_as_member(session, cast.bob).participant
    assert listener(bob, session.room.key) == Listener(f"p{seat.pk}")
    facilitate.remove(session, seat)
    assert listener(bob, session.room.key) is None


def test_who_signed_out_or_changed_the_password_hears_no_more(
    cast: Cast, session: Session, sign_in: Callable[[Member], Client]
) -> None:
    client = sign_in(cast.bob)
    held = cookies(client)
    assert cast.bob.user is not None
    cast.bob.user.set_password("another one altogether")
    cast.bob.user.save()
    assert listener(held, session.room.key) is None
    again = sign_in(cast.bob)
    held = cookies(again)
    assert listener(held, session.room.key)
    again.post("/accounts/logout/")
    assert listener(held, session.room.key) is None
    assert settings.SESSION_COOKIE_NAME in held


def test_a_workspace_that_requires_a_second_step_requires_it_here(
    cast: Cast, session: Session, sign_in: Callable[[Member], Client]
) -> None:
    held = cookies(sign_in(cast.bob))
    cast.workspace.requires_mfa = True
    cast.workspace.save()
    assert listener(held, session.room.key) is None
