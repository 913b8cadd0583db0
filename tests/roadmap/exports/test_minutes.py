"""The minutes of a workshop as a PDF: what won and what lost, the decision with its reason, and no name at a note."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from django.template.loader import render_to_string
from django.test import Client

from cxplan.workspaces.models import Member
from roadmap import tasks
from roadmap.domain import minutes as telling
from roadmap.exports import minutes
from roadmap.models import Export
from roadmap.models.exports import ExportPart, ExportState
from tests.cast import Cast
from tests.roadmap.room import Room, gap_room

pytestmark = pytest.mark.django_db
SignIn = Callable[[Member], Client]


@pytest.fixture
def room(cast: Cast) -> Room:
    room = gap_room(cast)
    room.harvest(room.pick("Left in the dark"))
    return room


def document(room: Room) -> minutes.Document:
    room.opening.refresh_from_db()
    return minutes.document(telling.of_opening(room.opening, room.agenda), "en")


def test_the_result_is_told_in_order_with_what_lost(room: Room) -> None:
    doc = document(room)
    assert [(line.place, line.name) for line in doc.results] == [
        ("1.", "The bill is right and yet beyond understanding"),
        ("2.", "Left in the dark"),
        ("2.", "The door is hard to find"),
    ]
    assert doc.results[0].given == ("3 votes", "Vakavuus 4.7 (n = 3)")
    assert [line.name for line in doc.made] == ["Left in the dark"]
    assert doc.made[0].record.startswith("g")
    assert doc.why == "It hurts most."
    assert doc.people == 3
    assert doc.facilitator == "Alice Leader"
    assert len(doc.agenda) == len(room.agenda.phases)
    html = render_to_string("pdf/minutes.html", {"doc": doc})
    for name in ("Bob Builder", "Guest"):
        assert name not in html


def test_a_ranking_is_printed_with_its_points(cast: Cast) -> None:
    room = Room(cast, 9)
    till, letter = room.write("The till", "The weekly letter", lane="culture")
    room.rank((0, till, letter), (1, till))
    room.go("decide")
    doc = document(room)
    assert [(line.place, line.name, line.given) for line in doc.results] == [
        ("1.", "The till", ("4 points (ranked by 2, mean place 1.0, first for 2)",)),
        ("2.", "The weekly letter", ("1 point (ranked by 1, mean place 2.0, first for 0)",)),
    ]


def test_what_was_promised_last_time_stands_in_the_next_minutes(cast: Cast, room: Room) -> None:
    following = Room(cast, 6)
    assert "Left in the dark" in document(following).promised
    assert "Left in the dark" in render_to_string("pdf/minutes.html", {"doc": document(following)})


def test_words_from_the_room_are_text_in_the_page(room: Room) -> None:
    doc = replace(document(room), why="<img src=x>")
    assert "&lt;img src=x&gt;" in render_to_string("pdf/minutes.html", {"doc": doc})


def test_minutes_are_printed_like_the_plan(cast: Cast, sign_in: SignIn, room: Room) -> None:
    client = sign_in(cast.carol)
    home = f"/w/{cast.workspace.slug}/programmes/{cast.programme.pk}"
    path = f"{home}/workshops/{room.opening.pk}/minutes/"
    assert path in client.get(f"{home}/workshops/{room.opening.pk}/").content.decode()
    assert client.get(path).status_code == 405
    assert client.post(path).headers["Location"] == f"{home}/exports/"
    export = Export.objects.of(cast.programme).get()
    assert (export.parts, export.opening, export.language) == (ExportPart.MINUTES, room.opening, "fi")
    tasks.make_export(export=export.pk)
    export.refresh_from_db()
    assert (export.state, export.error) == (ExportState.DONE, "")
    answer = client.get(f"{home}/exports/{export.pk}/plan.pdf")
    assert answer.content.startswith(b"%PDF-1.7")
    assert "poytakirja" in answer.headers["Content-Disposition"]
    page = client.get(f"{home}/exports/").content.decode()
    assert "Minutes: Workshop" in page
    assert 'value="minutes"' not in page, "nothing to choose there"
    assert minutes.fingerprint(document(room)) == minutes.fingerprint(document(room))


def test_minutes_cannot_be_wished_for_without_a_workshop(cast: Cast, sign_in: SignIn) -> None:
    home = f"/w/{cast.workspace.slug}/programmes/{cast.programme.pk}"
    refused = sign_in(cast.alice).post(f"{home}/exports/", {"parts": "minutes", "language": "fi"})
    assert refused.status_code == 422
    assert not Export.objects.exists()
