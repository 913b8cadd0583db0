"""A page of a large programme shows the first records of each kind, and the way to the rest."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cxplan.workspaces.models import Member
from journeys.models import Assessment, Journey, Touchpoint
from roadmap.domain import records
from roadmap.models import Action, Finding, Gap, Measurement, Metric, Pillar, Programme, Promise, Theme
from roadmap.views.cuts import CUTS, MOST
from roadmap.views.gaps import PICTURED
from tests.cast import Cast
from tests.make import make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_cache")]
SignIn = Callable[[Member], Client]
GAPS = CUTS["gap"].most or 0


def address(programme: Programme, rest: str) -> str:
    return f"/w/{programme.workspace.slug}/programmes/{programme.pk}/{rest}"


def shown(client: Client, cast: Cast, rest: str, kind: str, **headers: str) -> list[int]:
    """The keys of a kind's records in the order in which a page or a section shows them."""
    response = client.get(address(cast.programme, rest), headers=headers)
    assert response.status_code == 200
    return [int(pk) for pk in re.findall(rf'id="{kind}-(\d+)"', response.content.decode())]


def many(model: type[Any], cast: Cast, number: int, **values: Any) -> list[int]:
    return [make(model, cast.programme, **values).pk for _ in range(number)]


def joined(groups: list[list[int]]) -> list[int]:
    return [key for group in groups for key in group]


def test_a_page_shows_the_first_of_many_counts_all_and_leads_to_them(cast: Cast, sign_in: SignIn) -> None:
    alice, keys = sign_in(cast.alice), many(Gap, cast, GAPS + 2)
    page = alice.get(address(cast.programme, "steps/gaps/")).content.decode()
    assert shown(alice, cast, "steps/gaps/", "gap") == keys[:GAPS]
    assert f'<span class="quiet num">{len(keys)}</span>' in page
    assert f'href="{address(cast.programme, "steps/gaps/")}?all=gap#gap-list"' in page
    assert shown(alice, cast, "steps/gaps/?all=gap", "gap") == keys
    assert "data-whole" not in alice.get(address(cast.programme, "steps/gaps/?all=gap")).content.decode()


def test_a_page_that_shows_everything_leads_nowhere(cast: Cast, sign_in: SignIn) -> None:
    alice, keys = sign_in(cast.alice), many(Gap, cast, GAPS)
    assert shown(alice, cast, "steps/gaps/", "gap") == keys
    assert "data-whole" not in alice.get(address(cast.programme, "steps/gaps/")).content.decode()


def test_a_record_that_a_link_names_comes_with_the_section(cast: Cast, sign_in: SignIn) -> None:
    alice, keys = sign_in(cast.alice), many(Gap, cast, GAPS + 2)
    htmx = {"hx-request": "true"}
    assert shown(alice, cast, f"records/gap/?at={keys[-1]}", "gap", **htmx) == [*keys[: GAPS - 1], keys[-1]]


@pytest.mark.parametrize("where", ["?all=gap", "?all=finding&all=gap#gap-3"])
def test_a_whole_section_stays_whole_when_it_comes_anew(cast: Cast, sign_in: SignIn, where: str) -> None:
    alice, keys = sign_in(cast.alice), many(Gap, cast, GAPS + 2)
    here = "http://testserver" + address(cast.programme, f"steps/gaps/{where}")
    assert shown(alice, cast, "records/gap/", "gap", **{"hx-request": "true", "hx-current-url": here}) == keys


def test_what_was_written_is_among_what_comes_back(cast: Cast, sign_in: SignIn) -> None:
    alice = sign_in(cast.alice)
    many(Gap, cast, GAPS + 1, severity=5)
    last = make(Gap, cast.programme, title="The last", severity=1)
    fields = {f"gap-{last.pk}-title": "Still the last", f"gap-{last.pk}-severity": 1, f"gap-{last.pk}-version": 1}
    edited = alice.post(address(cast.programme, f"records/gap/{last.pk}/"), fields, headers={"hx-request": "true"})
    assert "Still the last" in edited.content.decode()
    added = alice.post(
        address(cast.programme, "records/gap/new/"),
        {"gap-new-title": "Mild", "gap-new-severity": 1},
        headers={"hx-request": "true"},
    )
    assert "Mild" in added.content.decode()
    assert "Still the last" not in added.content.decode()


@pytest.mark.parametrize("odd", ["?all=nothing", "?at=x", "?at=-1", "?all=gap&all=%00", f"?at={2**70}", "?all="])
def test_an_odd_wish_is_passed_over(cast: Cast, sign_in: SignIn, odd: str) -> None:
    keys = many(Gap, cast, GAPS + 1)
    assert shown(sign_in(cast.alice), cast, f"steps/gaps/{odd}", "gap") == keys[:GAPS]


def test_no_group_goes_without(cast: Cast, sign_in: SignIn) -> None:
    themes = [make(Theme, cast.programme, name=f"t{at}") for at in range(3)]
    most = CUTS["finding"].most or 0
    first = many(Finding, cast, most + 5, theme=themes[0])
    second, third = many(Finding, cast, 3, theme=themes[1]), many(Finding, cast, 1, theme=themes[2])
    page = sign_in(cast.alice).get(address(cast.programme, "steps/sources/")).content.decode()
    found = {int(pk) for pk in re.findall(r'id="finding-(\d+)"', page)}
    assert found == {*first[: most - 4], *second, *third}
    assert re.findall(r'<h3>T\d <span class="quiet num">(\d+)</span>', page) == [str(most + 5), "3", "1"]


def test_the_order_is_that_of_the_whole_list(cast: Cast, sign_in: SignIn) -> None:
    alice = sign_in(cast.alice)
    late = [make(Promise, cast.programme, status=status).pk for status in ("rejected", "proposed", "selected")]
    early = many(Promise, cast, MOST - 1, status="selected")
    assert shown(alice, cast, "steps/pillars/", "promise") == [late[2], *early]
    assert shown(alice, cast, "steps/pillars/?all=promise", "promise") == [late[2], *early, late[1], late[0]]


def test_the_first_journeys_are_drawn_whole(cast: Cast, sign_in: SignIn) -> None:
    alice, groups = sign_in(cast.alice), CUTS["touchpoint"].groups or 0
    keys = [
        many(Touchpoint, cast, 4, journey=make(Journey, cast.programme, name=f"Journey {at}", kind="customer"))
        for at in range(groups + 2)
    ]
    assert shown(alice, cast, "steps/journey/", "touchpoint") == joined(keys[:groups])
    assert shown(alice, cast, "steps/journey/?all=touchpoint", "touchpoint") == joined(keys)
    found = shown(alice, cast, f"records/touchpoint/?at={keys[-1][2]}", "touchpoint", **{"hx-request": "true"})
    assert found == joined([*keys[:groups], keys[-1]])


def test_what_is_missed_comes_first_however_many_metrics_there_are(cast: Cast, sign_in: SignIn) -> None:
    many(Metric, cast, MOST + 1)
    fields: dict[str, Any] = {"kind": "value", "direction": "up", "target": 10, "target_date": "2020-01-01"}
    missed = make(Metric, cast.programme, name="Missed", **fields)
    make(Measurement, cast.programme, metric=missed, period="2020-01", value=1)
    page = sign_in(cast.alice).get(address(cast.programme, "steps/metrics/")).content.decode()
    assert next(iter(re.findall(r'id="metric-(\d+)"', page))) == str(missed.pk)
    assert f"<dt>not measured yet</dt><dd>{MOST + 1}</dd>" in page


def test_a_picture_shows_all_and_follows_every_command(cast: Cast, sign_in: SignIn) -> None:
    alice = sign_in(cast.alice)
    keys = many(Action, cast, 30, impact=3, effort=3)
    page = alice.get(address(cast.programme, "steps/actions/")).content.decode()
    assert page.count("<li><b>") == len(keys)
    action = Action.objects.get(pk=keys[0])
    records.change(action, programme=cast.programme, by=cast.alice, values={"impact": None})
    page = alice.get(address(cast.programme, "steps/actions/")).content.decode()
    assert page.count("<li><b>") == len(keys) - 1


def test_the_picture_of_gaps_shows_the_severest_and_its_table_all(cast: Cast, sign_in: SignIn) -> None:
    at = make(Touchpoint, cast.programme, name="The bill", journey=make(Journey, cast.programme, kind="customer"))
    scores: dict[str, Any] = {"importance": 4, "expectation": 4, "effectiveness": 2, "ease": 2, "emotion": 2}
    make(Assessment, cast.programme, touchpoint=at, **scores)
    many(Gap, cast, PICTURED + 3, touchpoints=[at])
    page = sign_in(cast.alice).get(address(cast.programme, "steps/gaps/")).content.decode()
    assert f"The picture shows the {PICTURED} severest gaps; the table has them all." in page
    assert page.count('<tr><th scope="row"><a href="#gap-') == PICTURED + 3


def test_many_records_ask_no_more_than_one(cast: Cast, sign_in: SignIn) -> None:
    alice, counts = sign_in(cast.alice), []
    for number in (1, 40):
        for model in (Gap, Pillar, Action, Metric):
            many(model, cast, number)
        for rest in ("steps/gaps/", "steps/pillars/", "steps/actions/", "steps/metrics/"):
            alice.get(address(cast.programme, rest))
            with CaptureQueriesContext(connection) as queries:
                alice.get(address(cast.programme, rest))
            counts.append(len(queries))
    assert counts[:4] == counts[4:]
