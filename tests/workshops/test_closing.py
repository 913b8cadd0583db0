"""What one takes along at the close: one's own notes by mail, and the way to a pillar of one's own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from kombu.exceptions import OperationalError

from cxplan.workshops import tasks
from cxplan.workshops.domain import board, facilitate, seats
from cxplan.workshops.models import Mode, Participant, Session
from cxplan.workspaces.models import Member
from roadmap.domain import workshops
from roadmap.steps import BY_NUMBER
from tests.cast import Cast
from tests.workshops.rooms import go_to, opened
from tests.workshops.test_room import HTMX, phone, to

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_cache")]
SignIn = Callable[[Member], Client]


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that is there at once."""
    monkeypatch.setattr(tasks.mail_notes, "delay", lambda **given: tasks.mail_notes(**given))


@pytest.fixture
def session(cast: Cast) -> Session:
    return opened(cast.alice)


def note(session: Session, seat: Participant, text: str) -> None:
    board.write_note(session, go_to(session, Mode.WRITE), seat, text=text)


def at_close(session: Session) -> None:
    go_to(session, Mode.CLOSE)


def test_a_member_gets_their_own_notes_at_their_own_address(cast: Cast, sign_in: SignIn, session: Session) -> None:
    assert cast.bob.user
    client = sign_in(cast.bob)
    note(session, seats.take_as_member(session, cast.bob).participant, "Bob's <own> note")
    note(session, seats.take_as_member(session, cast.carol).participant, "Carol's note")
    at_close(session)
    page = client.get(to(session, "room")).content.decode()
    assert f"by mail to {cast.bob.user.email}" in page
    assert 'name="address"' not in page
    sent = client.post(to(session, "send_notes"), {"address": "stranger@example.com"})
    assert sent.headers["Location"] == to(session, "room")
    (letter,) = mail.outbox
    assert letter.to == [cast.bob.user.email], "whatever was typed"
    assert "Bob's <own> note" in str(letter.body)
    assert "Carol's note" not in str(letter.body)
    assert letter.subject == "Your notes: Gap workshop"


def test_a_guest_s_address_is_used_once_and_stored_nowhere(session: Session) -> None:
    client = phone(session, "Ann")
    ann = Participant.objects.get(nickname="Ann")
    note(session, ann, "Ann was here")
    at_close(session)
    board.write_decision(session, "We begin with the bill.")
    assert "Used for this one mail, and not stored." in client.get(to(session, "room")).content.decode()
    for wrong in ("", "ann", "ann@example.com\nBcc: x@example.com"):
        refused = client.post(to(session, "send_notes"), {"address": wrong}, headers=HTMX)
        assert refused.status_code == 422
    assert not mail.outbox
    answer = client.post(to(session, "send_notes"), {"address": "ann@example.com"}, headers=HTMX)
    assert "Your notes are on their way." in answer.content.decode()
    (letter,) = mail.outbox
    assert letter.to == ["ann@example.com"]
    assert "Ann was here" in str(letter.body)
    assert "We begin with the bill." in str(letter.body)
    assert "ann@example.com" not in str(Participant.objects.filter(pk=ann.pk).values())
    assert "ann@example.com" not in client.get(to(session, "room")).content.decode()


def test_it_is_sent_three_times_an_hour_at_most(session: Session) -> None:
    client = phone(session, "Ann")
    note(session, Participant.objects.get(), "Ann was here")
    at_close(session)
    answers = [client.post(to(session, "send_notes"), {"address": f"a{n}@example.com"}).status_code for n in range(4)]
    assert answers == [302, 302, 302, 429]
    assert len(mail.outbox) == 3


def test_nothing_is_sent_before_the_close_nor_without_a_note(session: Session) -> None:
    client, quiet = phone(session, "Ann"), phone(session, "Quiet")
    note(session, Participant.objects.get(nickname="Ann"), "Ann was here")
    early = client.post(to(session, "send_notes"), {"address": "ann@example.com"})
    assert early.status_code == 409
    assert "the workshop still goes on" in early.content.decode()
    at_close(session)
    assert quiet.post(to(session, "send_notes"), {"address": "q@example.com"}).status_code == 409
    facilitate.close_session(session)
    assert client.post(to(session, "send_notes"), {"address": "ann@example.com"}).status_code == 302
    assert len(mail.outbox) == 1


def test_where_the_broker_is_away_it_says_so(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(**_given: Any) -> None:
        raise OperationalError

    monkeypatch.setattr(tasks.mail_notes, "delay", away)
    client = phone(session, "Ann")
    note(session, Participant.objects.get(), "Ann was here")
    at_close(session)
    answer = client.post(to(session, "send_notes"), {"address": "ann@example.com"})
    assert answer.status_code == 503
    assert "Your notes are safe." in answer.content.decode()


def test_members_are_led_to_their_own_pillars_and_guests_told_of_them(cast: Cast, sign_in: SignIn) -> None:
    agenda = BY_NUMBER[6].agenda
    opening = workshops.open_workshop(cast.programme, 6, agenda, facilitator=cast.alice, title="Gaps")
    session = facilitate.open_session(opening.session)
    seats.take_as_member(session, cast.bob)
    at_close(session)
    where = f"/w/{cast.workspace.slug}/programmes/{cast.programme.pk}/records/personal_pillar/"
    client = sign_in(cast.bob)
    assert where in client.get(to(session, "room")).content.decode()
    assert client.get(where, follow=True).status_code == 200
    page = phone(session, "Ann").get(to(session, "room")).content.decode()
    assert where not in page
    assert "Ask the facilitator for an invitation" in page


def test_members_find_the_way_back_to_the_plan_and_guests_none(cast: Cast, sign_in: SignIn) -> None:
    agenda = BY_NUMBER[6].agenda
    opening = workshops.open_workshop(cast.programme, 6, agenda, facilitator=cast.alice, title="Gaps")
    session = facilitate.open_session(opening.session)
    seats.take_as_member(session, cast.bob)
    guest = phone(session, "Ann")
    way = f"/w/{cast.workspace.slug}/programmes/{cast.programme.pk}/"
    back = f'href="{way}workshops/{opening.pk}/"'
    desk = sign_in(cast.alice).get(to(session, "desk")).content.decode()
    assert f'href="{way}"' in desk
    assert back in desk
    assert back not in sign_in(cast.bob).get(to(session, "room")).content.decode(), "not in the middle of it"
    facilitate.close_session(session)
    assert back in sign_in(cast.bob).get(to(session, "room")).content.decode()
    assert way not in guest.get(to(session, "room")).content.decode()
