"""A new programme as a copy of the example: whole, marked, and apart from everything else in its workspace."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cxplan.workspaces.models import Member
from roadmap import exchange
from roadmap.domain import loading, programmes
from roadmap.domain.derived import derived
from roadmap.exchange import example
from roadmap.exchange.shape import identities
from roadmap.forms import choices
from roadmap.models import Programme
from tests.cast import Cast
from tests.roadmap.domain.demo import AS_OF, demo

from .test_home import address, page, seen

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_cache")]
SignIn = Callable[[Member], Client]
NEW = "/w/alpha/programmes/new/"


def copied(client: Client, **given: str) -> Programme:
    sent = {"name": "A first look", "language": "en", "begin": "example", **given}
    response = client.post(NEW, sent)
    made = Programme.objects.order_by("-pk")[0]
    assert (response.status_code, response["Location"]) == (HTTPStatus.FOUND, address(made))
    return made


@pytest.mark.parametrize("language", ["fi", "en"])
def test_the_copy_is_the_demo_under_its_own_name(cast: Cast, sign_in: SignIn, language: Any) -> None:
    made = copied(sign_in(cast.alice), language=language, organisation_name="Not this", vision_year="2040")
    plan, original = loading.load(made), demo(language)
    assert made.name == "A first look"
    assert made.organisation_name == (original.organisation and original.organisation.name)
    people = [*(person.name for person in original.people), "Alice Leader"]
    assert [person.name for person in plan.people] == people
    printed = exchange.read(exchange.to_yaml(plan), language)
    assert set(identities(printed)) - set(identities(original)) == {plan.people[-1].id}
    assert derived(plan, AS_OF) == derived(original, AS_OF)
    assert plan.gaps[0].title == original.gaps[0].title


def test_it_says_that_it_is_made_up(cast: Cast, sign_in: SignIn) -> None:
    alice = sign_in(cast.alice)
    made = copied(alice)
    html = page(alice, address(made))
    assert "The copy is there: look around" in html
    assert "An example: the company, its people and its customers are made up." in html
    words = seen(page(alice, "/w/alpha/"))
    assert "Example A first look" in words
    assert "Journeys" not in words


def test_its_people_and_teams_stay_in_it(cast: Cast, sign_in: SignIn) -> None:
    made = copied(sign_in(cast.alice))
    assert not Member.objects.filter(name="Aino Kettula", user__isnull=False).exists()
    after = programmes.start(cast.workspace, by=cast.alice, name="Real", language="en")
    names = {member.name for member in choices(Member, after)}
    assert names == {"Alice Leader", "Bob Builder", "Carol Chief", "Olga Owner"}
    assert [team.name for team in loading.load(after).teams] == [cast.team.name]
    assert {"Aino Kettula", "Alice Leader"} <= {member.name for member in choices(Member, made)}


def test_it_is_thrown_away_like_any_programme(cast: Cast, sign_in: SignIn) -> None:
    alice = sign_in(cast.alice)
    made = copied(alice)
    assert alice.post(address(made, "trash-programme/")).status_code == HTTPStatus.FOUND
    assert alice.get(address(made)).status_code == HTTPStatus.NOT_FOUND
    assert "Restore “A first look”" in seen(page(alice, "/w/alpha/"))


def test_empty_places_offer_it_to_a_lead(cast: Cast, sign_in: SignIn) -> None:
    alice, offer = sign_in(cast.alice), f'href="{NEW}?begin=example"'
    assert offer in page(alice, address(cast.programme))
    assert offer not in page(sign_in(cast.bob), address(cast.programme))
    assert offer not in page(alice, "/w/alpha/")
    programmes.trash(cast.programme, by=cast.alice)
    assert offer in page(alice, "/w/alpha/")


def test_the_offer_fills_the_form_in(cast: Cast, sign_in: SignIn) -> None:
    response = sign_in(cast.alice).get(f"{NEW}?begin=example")
    form = response.context["form"]
    assert (form["begin"].value(), form["name"].value()) == ("example", "Our first look: the example")
    assert "The people have no accounts and can be named in the copy only." in seen(response.content.decode())
    refused = sign_in(cast.alice).post(NEW, {"name": "x", "language": "en", "begin": "elsewhere"})
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY


def test_a_copy_asks_a_fixed_number_of_queries(cast: Cast) -> None:
    with CaptureQueriesContext(connection) as queries:
        example.copy(cast.workspace, by=cast.alice, name="A first look", language="en")
    asked = sum("SAVEPOINT" not in query["sql"] for query in queries.captured_queries)
    assert asked == 87
