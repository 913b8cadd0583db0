"""An import makes new records, all of them or none."""

from __future__ import annotations

from dataclasses import replace
from threading import Thread
from typing import Any

import pytest
import yaml
from django.apps import apps
from django.db import IntegrityError, connection

from cxplan.workspaces.models import Change, Member, Role
from journeys.models import Assessment, Journey, StageSet, Touchpoint
from roadmap import exchange
from roadmap.domain.loading import load
from roadmap.domain.plan import Plan, SweetSpot
from roadmap.models import Finding, Gap, Measurement, Pillar, Programme, StepStatus, Theme, Tie
from tests.cast import Cast
from tests.make import make_workspace

from . import documents
from .test_round_trip import dumped, threefold

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def demo() -> Plan:
    return exchange.read(documents.FILE.read_bytes(), "en")


def rows() -> dict[str, int]:
    """How many rows every table has, the history's included."""
    return {model._meta.label: model._base_manager.count() for model in apps.get_models(include_auto_created=True)}


def test_everything_is_new_and_stands_in_the_workspace(cast: Cast, demo: Plan) -> None:
    programme = exchange.store(demo, cast.workspace, cast.alice)

    assert programme.workspace == cast.workspace
    assert programme.language == "en"
    assert Gap.objects.of(programme).count() == 8
    assert list(Gap.objects.of(programme).in_order().values_list("exchange_id", flat=True)) == [
        f"g{number}" for number in range(1, 9)
    ]
    assert Tie.objects.of(programme).count() == 10 + 14 + 3 + 4 + 2 + 23 + 10
    assert StageSet.objects.of(cast.workspace).get().journeys.get().kind == "customer"
    assert Assessment.objects.of(cast.workspace).filter(latest=True).count() == 18 + 5
    assert set(Theme.objects.of(programme).values_list("name", flat=True)) == {one.theme for one in demo.findings}
    assert Finding.objects.of(programme).get(exchange_id="f01").theme == Theme.objects.of(programme).in_order()[0]
    assert set(StepStatus.objects.filter(programme=programme, state="done").values_list("number", flat=True)) == {
        *range(1, 11)
    }
    assert set(Pillar.objects.of(programme).values_list("state", flat=True)) == {"approved"}


def test_a_part_in_the_programme_brings_rights(cast: Cast, demo: Plan) -> None:
    programme = exchange.store(demo, cast.workspace)
    people = {tie.exchange_id: tie for tie in Tie.objects.of(programme).filter(person__isnull=False)}
    rights = {
        name: (Role(tie.person.role), tie.person.is_approver, tie.part) for name, tie in people.items() if tie.person
    }

    assert rights["aino"] == (Role.LEAD, False, "cx_lead")
    assert rights["noora"] == (Role.LEAD, False, "facilitator")
    assert rights["harri"] == (Role.VIEWER, True, "sponsor")
    assert rights["ville"] == (Role.MEMBER, False, "member")
    assert rights["mika"] == (Role.MEMBER, False, "manager")
    assert not Member.objects.of(cast.workspace).filter(ties__programme=programme, user__isnull=False).exists()


def test_every_row_says_who_imported_it(cast: Cast, demo: Plan) -> None:
    programme = exchange.store(demo, cast.workspace, cast.alice)

    changes = Change.objects.of(cast.workspace).filter(programme_id=programme.pk)
    assert changes.filter(table="roadmap_gap", operation="INSERT").count() == 8
    assert set(changes.values_list("actor", flat=True)) == {cast.alice.pk}


def test_the_same_document_twice_makes_two_programmes(cast: Cast, demo: Plan) -> None:
    first = exchange.store(demo, cast.workspace)
    before = rows()
    second = exchange.store(demo, cast.workspace)
    after = rows()

    assert exchange.to_yaml(load(first)) == exchange.to_yaml(load(second))
    assert not load(first).keys.items() & {
        (name, key) for name, key in load(second).keys.items() if name.startswith("tp")
    }
    assert after["journeys.Touchpoint"] == 2 * before["journeys.Touchpoint"]
    assert Touchpoint.objects.of(cast.workspace).filter(ties__programme=first).count() == 23
    assert Journey.objects.of(cast.workspace).filter(ties__programme=second).count() == 2


def test_numbers_go_on_where_the_document_ends(cast: Cast, demo: Plan) -> None:
    programme = Programme.objects.of(cast.workspace).get(pk=exchange.store(demo, cast.workspace).pk)

    assert programme.next_id("g") == "g9"
    assert programme.next_id("f") == "f19"
    assert programme.next_id("pp") == "pp14"
    assert programme.next_id("per") == "per1"


def test_ids_that_are_given_out_meet_none_of_the_document(cast: Cast) -> None:
    document = documents.demo("en")
    document["workshops"][0]["id"] = "me7"
    document["workshops"][1]["id"] = "theme3"
    document["workshops"][2]["id"] = "rr1"
    programme = exchange.store(exchange.read(dumped(document)), cast.workspace)

    assert Measurement.objects.of(programme).in_order()[0].exchange_id == "me8"
    assert Theme.objects.of(programme).in_order()[0].exchange_id == "theme4"
    assert documents.comparable(yaml.safe_load(exchange.to_yaml(load(programme)))) == documents.comparable(document)


def test_storing_takes_no_more_queries_for_more_records(cast: Cast, demo: Plan, django_assert_num_queries: Any) -> None:
    three = exchange.read(dumped(threefold(documents.demo("en"))))

    with django_assert_num_queries(87):
        exchange.store(demo, cast.workspace)
    with django_assert_num_queries(87):
        exchange.store(three, cast.workspace)


BROKEN = {
    "links": ("gaps.0.touchpoints", ["tp99", "g1"]),
    "types": ("actions.0.impact", "5"),
    "keys": ("vision.colour", "red"),
    "ids": ("levers.0.id", "g1"),
    "figures": ("measurements.0.promoters", -1),
    "languages": ("programme.name", {"fi": "Vain suomeksi"}),
    "text": ("programme.name", "a\0b"),
}


@pytest.mark.parametrize(("path", "value"), BROKEN.values(), ids=BROKEN)
def test_nothing_of_a_broken_document_is_stored(cast: Cast, path: str, value: Any) -> None:
    document = documents.demo("en")
    place: Any = document
    *before, last = (int(part) if part.isdigit() else part for part in path.split("."))
    for part in before:
        place = place[part]
    place[last] = value
    counted = rows()

    with pytest.raises(exchange.DocumentError) as refused:
        exchange.store(exchange.read(dumped(document)), cast.workspace)

    assert all(problem.path and problem.message for problem in refused.value.errors)
    assert rows() == counted


def test_nothing_is_stored_where_the_database_refuses(cast: Cast, demo: Plan) -> None:
    spots = (*demo.sweet_spots, SweetSpot(id="ss90", touchpoint="tp13", rank=9))
    counted = rows()

    with pytest.raises(IntegrityError):
        exchange.store(replace(demo, sweet_spots=spots), cast.workspace)

    assert rows() == counted


@pytest.mark.django_db(transaction=True)
def test_two_imports_at_once_do_not_meet(demo: Plan) -> None:
    workspace = make_workspace("acme")
    made: list[Programme] = []

    def bring_in() -> None:
        try:
            made.append(exchange.store(demo, workspace))
        finally:
            connection.close()

    threads = [Thread(target=bring_in) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len({exchange.to_yaml(load(programme)) for programme in made}) == 1
    assert len(made) == Programme.objects.of(workspace).count() == 3
