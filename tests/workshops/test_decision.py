"""The decision's reason: typed once at the desk, seen by everybody, and proposed to the harvest."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from django.test import Client

from cxplan.live.models import Event
from cxplan.workshops.domain import board, facilitate
from cxplan.workshops.domain.facilitate import Brought, PhasePlan
from cxplan.workshops.models import Mode, Note, Session
from tests.cast import Cast
from tests.roadmap.room import gap_room
from tests.workshops.rooms import go_to, opened
from tests.workshops.test_room import HTMX, phone, to

pytestmark = pytest.mark.django_db

TOPICS = ("Bills", "Outages", "Queues")
WHY = "We begin with the bill: <b>everybody</b> gets one."


@pytest.fixture
def session(cast: Cast) -> Session:
    session = opened(cast.alice)
    go_to(session, Mode.DECIDE)
    return session


def test_what_is_written_at_the_desk_is_seen_by_everybody(cast: Cast, client: Client, session: Session) -> None:
    assert cast.alice.user
    client.force_login(cast.alice.user)
    ann = phone(session, "Ann")
    desk = client.get(to(session, "desk")).content.decode()
    assert "What do we decide, and why?" in desk
    assert "&lt;b&gt;everybody" not in ann.get(to(session, "room")).content.decode()
    sent = {"reason": WHY, "command": str(uuid4())}
    for _again in range(2):
        assert client.post(to(session, "write_decision"), sent, headers=HTMX).status_code == 200
    told = Event.objects.filter(stream=session.room_id, kind="decision")
    assert [event.html.count("&lt;b&gt;everybody") for event in told] == [1], "once, and escaped"
    for page in (
        ann.get(to(session, "room")),
        client.get(to(session, "screen")),
        client.get(to(session, "desk")),
    ):
        assert "&lt;b&gt;everybody" in page.content.decode()
    facilitate.close_session(session)
    assert "&lt;b&gt;everybody" in ann.get(to(session, "room")).content.decode()


def test_it_is_written_only_where_something_is_decided(cast: Cast, client: Client, session: Session) -> None:
    assert cast.alice.user
    client.force_login(cast.alice.user)
    go_to(session, Mode.VOTE)
    assert "What do we decide, and why?" not in client.get(to(session, "desk")).content.decode()
    go_to(session, Mode.DECIDE)
    refused = client.post(to(session, "write_decision"), {"reason": "x" * 601})
    assert refused.status_code == 409
    assert "Shorten this to 600 characters" in refused.content.decode()
    facilitate.close_session(session)
    assert client.post(to(session, "write_decision"), {"reason": WHY}).status_code == 409
    session.refresh_from_db()
    assert not session.reason


def test_what_was_not_voted_on_is_chosen_where_it_lies(cast: Cast, client: Client) -> None:
    assert cast.alice.user
    client.force_login(cast.alice.user)
    topics = [Brought(each, f"gap:{each}", is_material=each == "Emilia") for each in ("Emilia", *TOPICS)]
    session = opened(cast.alice, (PhasePlan(Mode.DISCUSS, "Talk"), PhasePlan(Mode.DECIDE, "Decision")), brought=topics)
    ann = phone(session, "Ann")
    _read, bills, outages, queues = Note.objects.of(session).in_order()
    group = board.make_group(session, [bills, outages], label="What comes by mail")
    desk = to(session, "desk")
    assert 'id="choose-' not in client.get(desk).content.decode()
    go_to(session, Mode.DECIDE)
    shown = client.get(desk).content.decode()
    assert set(re.findall(r'id="choose-(\w+-\d+)"', shown)) == {f"note-{queues.pk}", f"group-{group.pk}"}
    others = (ann, to(session, "room")), (client, to(session, "screen"))
    for each, address in others:
        assert "result-chosen" not in each.get(address).content.decode()
    for target in ({"group": group.pk}, {"note": queues.pk}):
        assert client.post(to(session, "choose"), {**target, "chosen": "on"}, headers=HTMX).status_code == 200
    for each, address in others:
        assert each.get(address).content.decode().count("result-chosen") == 2
    chosen = re.findall(r'id="choose-\S+" type="submit" aria-pressed="true"', client.get(desk).content.decode())
    assert len(chosen) == 2
    facilitate.close_session(session)
    assert 'id="choose-' not in client.get(desk).content.decode()


def test_only_whoever_leads_writes_it(cast: Cast, client: Client, session: Session) -> None:
    assert cast.bob.user
    client.force_login(cast.bob.user)
    assert client.post(to(session, "write_decision"), {"reason": WHY}).status_code == 403


def test_the_harvest_begins_with_it(cast: Cast, client: Client) -> None:
    assert cast.alice.user
    room = gap_room(cast)
    room.go("decide")
    client.force_login(cast.alice.user)
    client.post(to(room.session, "write_decision"), {"reason": "It hurts everybody."})
    programme = cast.programme
    path = f"/w/{cast.workspace.slug}/programmes/{programme.pk}/workshops/{room.opening.pk}/harvest/"
    assert "It hurts everybody.</textarea>" in client.get(path).content.decode()
