"""What is suggested next can be put away, and comes back when its step changes."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cxplan.workspaces.models import Member
from roadmap.domain import steps
from roadmap.models import Gap, Interview, Programme, PutAway
from tests.cast import Cast
from tests.make import make

from .test_home import address, page, seen

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_cache")]
SignIn = Callable[[Member], Client]


@pytest.fixture
def programme(cast: Cast) -> Programme:
    """Step 6 is begun, step 3 waits, the others are done."""
    for number in range(1, 13):
        if number != 3:
            steps.set_state(cast.programme, number, "in_progress" if number == 6 else "done", by=cast.alice)
    return cast.programme


def suggested(client: Client, programme: Programme) -> str:
    """What the card says, up to the way to put it away; nothing where there is no card."""
    words = seen(page(client, address(programme)))
    says, found, _rest = words.partition(" Next ")[2].partition(" Why this?")
    return says if found else ""


def put_away(client: Client, programme: Programme, step: str) -> None:
    response = client.post(address(programme, f"steps/{step}/put-away/"))
    assert (response.status_code, response["Location"]) == (HTTPStatus.FOUND, address(programme))


def test_the_next_best_takes_the_place_of_what_was_put_away(cast: Cast, sign_in: SignIn, programme: Programme) -> None:
    bob = sign_in(cast.bob)
    assert "Find the gaps Not now" in suggested(bob, programme)
    put_away(bob, programme, "gaps")
    html = page(bob, address(programme))
    assert "Put away until the step changes: “Find the gaps”" in seen(html)
    assert f'action="{address(programme, "steps/gaps/suggest/")}"' in html
    assert "Distil the vision Not now" in suggested(bob, programme)
    assert "You put those before it away." in seen(page(bob, address(programme)))
    assert "Find the gaps" in suggested(sign_in(cast.alice), programme)


def test_it_comes_back_when_its_list_changes(cast: Cast, sign_in: SignIn, programme: Programme) -> None:
    bob = sign_in(cast.bob)
    put_away(bob, programme, "gaps")
    make(Interview, programme)  # of another step
    assert "Distil the vision" in suggested(bob, programme)
    make(Gap, programme)
    assert "Find the gaps" in suggested(bob, programme)
    put_away(bob, programme, "gaps")
    assert "Find the gaps" not in suggested(bob, programme)
    assert PutAway.objects.filter(member=cast.bob).count() == 1


def test_it_comes_back_when_its_state_changes(cast: Cast, sign_in: SignIn, programme: Programme) -> None:
    bob = sign_in(cast.bob)
    put_away(bob, programme, "gaps")
    put_away(bob, programme, "vision")
    steps.set_state(programme, 6, "not_started", by=cast.alice)
    assert "Find the gaps" in suggested(bob, programme)


def test_once_all_are_put_away_they_can_be_shown_again(cast: Cast, sign_in: SignIn, programme: Programme) -> None:
    bob = sign_in(cast.bob)
    put_away(bob, programme, "gaps")
    put_away(bob, programme, "vision")
    assert "You put every suggestion away." in seen(page(bob, address(programme)))
    assert bob.post(address(programme, "suggest/")).status_code == HTTPStatus.FOUND
    assert "Find the gaps" in suggested(bob, programme)


@pytest.mark.parametrize("htmx", [False, True])
def test_the_message_takes_it_back(cast: Cast, sign_in: SignIn, programme: Programme, *, htmx: bool) -> None:
    bob = sign_in(cast.bob)
    put_away(bob, programme, "gaps")
    put_away(bob, programme, "vision")
    response = bob.post(address(programme, "steps/gaps/suggest/"), headers={"HX-Request": "true"} if htmx else {})
    assert response["HX-Redirect" if htmx else "Location"] == address(programme)
    assert "Find the gaps" in suggested(bob, programme)
    assert PutAway.objects.filter(member=cast.bob).count() == 1


def test_a_viewer_reads_the_suggestion_without_a_button(cast: Cast, sign_in: SignIn, programme: Programme) -> None:
    carol = sign_in(cast.carol)
    words = suggested(carol, programme)
    assert "Find the gaps" in words
    assert "Not now" not in words
    assert carol.post(address(programme, "steps/gaps/put-away/")).status_code == HTTPStatus.FORBIDDEN


def test_putting_away_asks_few_queries(cast: Cast, sign_in: SignIn, programme: Programme) -> None:
    bob = sign_in(cast.bob)
    page(bob, address(programme))
    with CaptureQueriesContext(connection) as queries:
        put_away(bob, programme, "gaps")
    assert sum("SAVEPOINT" not in query["sql"] for query in queries.captured_queries) <= 9
