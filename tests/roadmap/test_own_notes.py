"""What somebody made in workshops: theirs to take along, nobody else's; and names of guests that go again."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from cxplan.workshops.domain import board, facilitate, ranks, seats
from cxplan.workshops.domain.board import Target
from cxplan.workshops.domain.facilitate import Brought, PhasePlan
from cxplan.workshops.models import Authors, Mode, Note, Participant, Session
from cxplan.workspaces.models import Member
from roadmap import tasks
from tests.cast import Cast
from tests.workshops.rooms import go_to, guest, opened, phase

pytestmark = pytest.mark.django_db
SignIn = Callable[[Member], Client]


def taken(client: Client) -> dict[str, Any]:
    archive = zipfile.ZipFile(io.BytesIO(client.get("/account/data/download/").content))
    found: dict[str, Any] = json.loads(archive.read("data.json"))
    return found


def made(cast: Cast) -> Session:
    """Bob and Carol write, hidden and for themselves alone, vote, score and say how it was."""
    session = opened(cast.alice)
    bob, carol = (seats.take_as_member(session, member).participant for member in (cast.bob, cast.carol))
    writing = go_to(session, Mode.WRITE)
    board.write_note(session, writing, bob, text="Bob was here")
    board.write_note(session, writing, carol, text="Carol was here")
    writing.authors = Authors.PRIVATE
    writing.save()
    board.write_note(session, writing, bob, text="For Bob alone")
    writing.authors = Authors.HIDDEN
    writing.save()
    go_to(session, Mode.REVEAL)
    target = Target(note=Note.objects.of(session).get(text="Carol was here").pk)
    board.give_dot(session, go_to(session, Mode.VOTE), bob, target)
    board.give_score(session, go_to(session, Mode.SCORE), bob, target, scale="ease", value=2)
    board.say_how_it_was(session, bob, value=4, word="brisk")
    return session


def test_notes_ballots_and_the_pulse_are_taken_along(cast: Cast, sign_in: SignIn) -> None:
    made(cast)
    found = taken(sign_in(cast.bob))
    assert [row["text"] for row in found["note"]] == ["Bob was here", "For Bob alone"]
    assert {row["workshop"] for row in found["note"]} == {"Gap workshop"}
    assert [(row["on"], row["scale"], row["value"]) for row in found["ballot"]] == [
        ("Carol was here", "", 1),
        ("Carol was here", "ease", 2),
    ]
    assert [(row["value"], row["word"]) for row in found["pulse"]] == [(4, "brisk")]


def test_one_s_own_order_is_taken_along(cast: Cast, sign_in: SignIn) -> None:
    session = opened(cast.alice, [PhasePlan(Mode.RANK, "Order")], brought=[Brought("Bills", "gap:1")])
    bob = seats.take_as_member(session, cast.bob).participant
    target = Target(note=Note.objects.of(session).get().pk)
    ranks.move(session, phase(session, Mode.RANK), bob, target, ranks.Move.LAST)
    (row,) = taken(sign_in(cast.bob))["ballot"]
    assert (row["on"], row["value"], row["place"]) == ("Bills", None, 1)


def test_nobody_takes_another_s_along(cast: Cast, sign_in: SignIn) -> None:
    made(cast)
    found = taken(sign_in(cast.carol))
    assert [row["text"] for row in found["note"]] == ["Carol was here"]
    assert "ballot" not in found
    assert "pulse" not in found
    assert "Bob was here" not in json.dumps(taken(sign_in(cast.alice)))


def test_guests_are_told_how_long_their_nickname_stays(cast: Cast) -> None:
    session = opened(cast.alice)
    page = Client().get(f"/join/{session.token}/").content.decode()
    assert "The nickname is deleted 90 days after it" in page


def test_the_hourly_task_empties_the_nicknames_of_guests(cast: Cast) -> None:
    old, fresh = opened(cast.alice), opened(cast.alice)
    for session in (old, fresh):
        guest(session, "Ann")
        facilitate.close_session(session)
    Session.objects.filter(pk=old.pk).update(closed_at=timezone.now() - seats.NAMES_STAY - timedelta(minutes=1))
    Session.objects.filter(pk=fresh.pk).update(closed_at=timezone.now() - seats.NAMES_STAY + timedelta(minutes=1))
    tasks.let_go()
    assert Participant.objects.get(session=old).nickname == ""
    assert Participant.objects.get(session=fresh).nickname == "Ann"
    entry = next(each for each in settings.CELERY_BEAT_SCHEDULE.values() if each["task"] == tasks.let_go.name)
    assert entry["schedule"] == 3600
