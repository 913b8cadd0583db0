"""What the templates of the rooms promise: a note that is the same for everybody, hidden words on no other page."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.template.loader import render_to_string
from django.test import Client

from cxplan.workshops.access import cookie_name
from cxplan.workshops.domain import board, facilitate, seats
from cxplan.workshops.models import Note, Session
from cxplan.workspaces.models import Member
from tests.cast import Cast

from .rooms import go_to, opened

pytestmark = pytest.mark.django_db
WORDS = "Nobody told us why <the power> went"


@pytest.fixture
def session(cast: Cast) -> Session:
    return opened(cast.alice)


@pytest.fixture
def note(session: Session) -> Note:
    there = go_to(session, "write")
    return board.write_note(session, there, seats.take_as_guest(session, "Gus").participant, text=WORDS, paper="blue")


def test_what_the_stream_sends_of_a_note_is_the_same_for_everybody(note: Note) -> None:
    html = render_to_string("workshops/note/_item.html", {"note": note, "writer": ""}).strip()
    assert html.startswith(f'<li id="note-{note.pk}" data-append-to="wall-notes">')
    assert "Nobody told us why &lt;the power&gt; went" in html
    for word in ("csrf", "<form", "<button", "<input", "hx-", "Gus"):
        assert word not in html


@pytest.mark.parametrize("place", ["desk/", "screen/"])
def test_hidden_words_stand_neither_on_the_desk_nor_on_the_projector(
    cast: Cast, session: Session, note: Note, sign_in: Callable[[Member], Client], place: str
) -> None:
    client = sign_in(cast.alice)
    address = f"/room/{session.pk}/{place}"
    assert "Nobody told us why" not in client.get(address).content.decode()
    go_to(session, "reveal")
    assert "Nobody told us why &lt;the power&gt; went" in client.get(address).content.decode()


def test_the_projector_speaks_the_language_of_the_room(
    cast: Cast, session: Session, sign_in: Callable[[Member], Client]
) -> None:
    Session.objects.filter(pk=session.pk).update(language="fi")
    answer = sign_in(cast.alice).get(f"/room/{session.pk}/screen/", headers={"Accept-Language": "en"})
    assert '<html lang="fi"' in answer.content.decode()


def test_whoever_was_removed_is_told_so_and_not_asked_to_sign_in(client: Client, session: Session) -> None:
    seat = seats.take_as_guest(session, "Gus")
    client.cookies[cookie_name(session.pk)] = seat.key
    assert client.get(f"/room/{session.pk}/").status_code == 200
    facilitate.remove(session, seat.participant)
    answer = client.get(f"/room/{session.pk}/", follow=True)
    assert answer.redirect_chain == [("/join/", 302)]
    assert "Your seat in this workshop is gone" in answer.content.decode()
    by_htmx = client.get(f"/room/{session.pk}/", headers={"HX-Request": "true"})
    assert by_htmx.headers["HX-Redirect"] == "/join/"


@pytest.mark.parametrize("place", ["desk/", "screen/", ""])
def test_what_was_voted_stands_in_order_while_it_is_discussed(
    cast: Cast, note: Note, sign_in: Callable[[Member], Client], place: str
) -> None:
    """A discussion before the vote is about the wall, and one after it about the result."""
    session = note.session
    session.phases.filter(mode="reveal").update(mode="discuss")
    session.phases.filter(mode="score").update(mode="discuss", title="After the vote")
    client = sign_in(cast.alice)
    client.post(f"/room/{session.pk}/seat/")

    def has_results() -> bool:
        return 'class="results' in client.get(f"/room/{session.pk}/{place}").content.decode()

    go_to(session, "discuss")
    assert not has_results()
    voting = go_to(session, "vote")
    board.give_dot(session, voting, seats.take_as_guest(session, "Hal").participant, board.Target(note=note.pk))
    facilitate.turn(session, session.phases.get(title="After the vote"))
    assert has_results()
