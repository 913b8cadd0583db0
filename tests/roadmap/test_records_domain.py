"""The verbs of every record: how many queries they ask, and what they leave behind."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cxplan.workspaces.domain import history
from roadmap import exchange
from roadmap.domain import approvals, comments, gate, loading, naming, records, steps, suggestions
from roadmap.domain.kinds import BY_NAME
from roadmap.domain.order import Way
from roadmap.models import (
    Action,
    CustomerCall,
    Gap,
    Insight,
    Measurement,
    Metric,
    PersonalPillar,
    Pillar,
    Programme,
    Promise,
    RolloutItem,
    SweetSpot,
    Vision,
    VisionCheck,
    VisionElement,
)
from tests.cast import Cast
from tests.make import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def gaps(cast: Cast) -> list[Gap]:
    return [make(Gap, cast.programme, title=f"Gap {number}") for number in range(3)]


def asked(verb: Callable[[], object]) -> int:
    """How many statements a command sends between its BEGIN and its COMMIT, which are savepoints here."""
    with CaptureQueriesContext(connection) as queries:
        verb()
    return sum("SAVEPOINT" not in query["sql"] for query in queries.captured_queries)


@pytest.mark.parametrize("count", [1, 3])
def test_adding_asks_few_queries(cast: Cast, gaps: list[Gap], count: int) -> None:
    """The lock, who acts, the place, the record, its links (those there are, then all), the revision, the stream."""
    values, links = {"title": "Call back", "bucket": "acute"}, {"gaps": gaps[:count]}
    add = partial(records.add, BY_NAME["action"], programme=cast.programme, by=cast.alice, values=values, links=links)
    assert asked(add) == 8
    assert list(Action.objects.of(cast.programme).get().gaps.all()) == gaps[:count]


@pytest.mark.parametrize(("kind", "values"), [("vision", {"statement": "In 2031 they smile"}), ("vision_element", {})])
def test_a_vision_comes_with_its_five_checks(cast: Cast, kind: str, values: dict[str, str]) -> None:
    records.add(BY_NAME[kind], programme=cast.programme, by=cast.alice, values=values)
    vision = Vision.objects.of(cast.programme).get()
    checks = VisionCheck.objects.of(cast.programme).filter(vision=vision)
    assert checks.count() == 5
    assert {check.answer for check in checks} == {""}


@pytest.mark.parametrize("count", [1, 3])
def test_changing_asks_few_queries(cast: Cast, gaps: list[Gap], count: int) -> None:
    action = make(Action, cast.programme, gaps=gaps[:1])
    values, links = {"title": "Write back"}, {"gaps": gaps[1:] if count == 1 else gaps}
    change = partial(records.change, action, programme=cast.programme, by=cast.alice, values=values, links=links)
    assert asked(change) <= 9
    assert set(action.gaps.all()) == set(links["gaps"])


@pytest.mark.parametrize("count", [1, 3])
def test_trashing_and_restoring_ask_few_queries(cast: Cast, gaps: list[Gap], count: int) -> None:
    pillar = make(Pillar, cast.programme, gaps=gaps[:count])
    for verb, queries in ((records.trash, 7), (records.restore, 6)):  # the trail keeps who threw it away
        assert asked(partial(verb, pillar, programme=cast.programme, by=cast.alice)) == queries
    pillar.refresh_from_db()
    assert pillar.trashed_at is None
    assert list(pillar.gaps.all()) == gaps[:count]


@pytest.mark.parametrize("count", [1, 3])
def test_every_other_command_asks_few_queries_too(cast: Cast, gaps: list[Gap], count: int) -> None:
    """Whatever there is beside what it writes; an approval reads the plan before it begins."""
    programme, by = cast.programme, cast.carol
    element = make(VisionElement, programme)
    pillars = [make(Pillar, programme, state="chosen", gaps=gaps, vision_elements=[element]) for _ in range(count + 1)]
    pillar = pillars[0]
    commands: dict[str, Callable[[], object]] = {
        "move": partial(records.move, pillar, programme=programme, by=by, to=Way.LATER),
        "take back": partial(approvals.take_back, pillar, programme=programme, by=by),
        "comment": partial(comments.add, pillar, programme=programme, by=by, text="Is it so?"),
        "put away": partial(suggestions.put_away, programme, 7, by=by, stands="as it does"),
        "suggest": partial(suggestions.suggest, programme, by=by),
        "set state": partial(steps.set_state, programme, 7, "done", by=by),
        "set state again": partial(steps.set_state, programme, 7, "in_progress", by=by),
        "take back the gate": partial(gate.take_back, programme, by=by),
        "change the programme": partial(
            records.change_programme, programme, by=by, values={"purpose": "To know"}, links={"core_group": [by]}
        ),
    }
    assert {name: asked(command) for name, command in commands.items()} == {
        "move": 6,
        "take back": 6,
        "comment": 8,
        "put away": 2,
        "suggest": 1,
        "set state": 6,
        "set state again": 6,
        "take back the gate": 5,
        "change the programme": 8,
    }
    with CaptureQueriesContext(connection) as queries:
        approvals.approve(pillar, programme=programme, by=by)
    sent = [query["sql"] for query in queries.captured_queries]
    begun = next(place for place, sql in enumerate(sent) if "FOR UPDATE" in sql)
    assert sum("SAVEPOINT" not in sql for sql in sent[begun:]) == 7


def test_every_command_makes_the_revision_grow_by_one(cast: Cast) -> None:
    def revision() -> int:
        return Programme.objects.of(cast.workspace).get(pk=cast.programme.pk).revision

    before = revision()
    gap = make(Gap, cast.programme, by=cast.alice)
    records.change(gap, programme=cast.programme, by=cast.alice, values={"title": "Other"})
    records.trash(gap, programme=cast.programme, by=cast.alice)
    records.restore(gap, programme=cast.programme, by=cast.alice)
    assert revision() == before + 4


def test_a_refused_change_leaves_nothing_behind(cast: Cast) -> None:
    gap = make(Gap, cast.programme, title="First")
    before = Programme.objects.of(cast.workspace).get(pk=cast.programme.pk).revision
    with pytest.raises(records.Stale) as stale:
        records.change(
            gap, programme=cast.programme, by=cast.alice, values={"title": "Second"}, version=gap.version - 1
        )
    assert stale.value.current.pk == gap.pk
    gap.refresh_from_db()
    assert gap.title == "First"
    assert Programme.objects.of(cast.workspace).get(pk=cast.programme.pk).revision == before


def test_ids_are_never_given_twice(cast: Cast) -> None:
    first = make(Gap, cast.programme)
    records.trash(first, programme=cast.programme, by=cast.alice)
    assert (first.exchange_id, make(Gap, cast.programme).exchange_id) == ("g1", "g2")


def test_a_private_personal_pillar_leaves_no_words_in_the_history(cast: Cast) -> None:
    pillar = make(PersonalPillar, cast.programme, by=cast.alice, person=cast.alice, statement="I never hide")
    records.change(pillar, programme=cast.programme, by=cast.alice, values={"statement": "I never lie"})
    told = [
        field
        for entry in history.of_record(cast.workspace, PersonalPillar._meta.db_table, pillar.pk)
        for field in entry.fields
    ]
    assert told
    assert not [field for field in told if "I never" in field.before + field.after]


def test_records_are_called_by_their_name_or_their_words(cast: Cast) -> None:
    programme = cast.programme
    metric = make(Metric, programme, name="NPS", kind="value")
    spot = make(SweetSpot, programme, reason="")
    for record, name in (
        (make(Gap, programme, title="Silence"), "Silence"),
        (make(Pillar, programme, statement="We  never\nhide"), "We never hide"),
        (metric, "NPS"),
        (make(Measurement, programme, metric=metric, period="2026-10", value=1.0), "NPS, 2026-10"),
        (make(VisionElement, programme, text="Calm"), "Calm"),
        (spot, spot.touchpoint.name if spot.touchpoint else str(spot)),
    ):
        assert naming.called(record) == name


def test_moving_changes_places_with_the_neighbour(cast: Cast) -> None:
    first, second, third = (make(Pillar, cast.programme, order=1) for _ in range(3))  # as old files have it

    def order() -> list[Pillar]:
        return list(Pillar.objects.of(cast.programme).order_by("order", "position"))

    move = partial(records.move, programme=cast.programme, by=cast.alice)
    assert move(third, to=Way.EARLIER)
    assert order() == [first, third, second]
    assert move(first, to=Way.LATER)
    assert order() == [third, first, second]
    assert not move(third, to=Way.EARLIER)
    assert not move(second, to=Way.LATER)
    assert asked(partial(move, second, to=Way.EARLIER)) == 6
    assert order() == [third, second, first]


def test_a_record_in_the_trash_is_not_written(cast: Cast) -> None:
    """Two pages stand open; one throws away what the other still edits."""
    gap = make(Gap, cast.programme, title="Dark")
    records.trash(gap, programme=cast.programme, by=cast.alice)
    with pytest.raises(records.Trashed):
        records.change(gap, programme=cast.programme, by=cast.bob, values={"title": "Darker"}, version=1)
    gap.refresh_from_db()
    assert gap.title == "Dark"


@pytest.mark.parametrize(
    ("exchange_id", "number"), [("c05", " 5"), ("c10", " 10"), ("2026-call-100", " 100"), ("c", "")]
)
def test_a_call_without_a_quote_is_named_the_same_by_every_reader(cast: Cast, exchange_id: str, number: str) -> None:
    call = make(CustomerCall, cast.programme, caller=cast.bob)
    CustomerCall.objects.of(cast.programme).update(exchange_id=exchange_id)
    insight = make(Insight, cast.programme, by=cast.alice, customer_calls=[call])
    name = f"Call{number}, caller Bob Builder"

    call.refresh_from_db()
    told = history.of_record(cast.workspace, Insight._meta.db_table, insight.pk)
    read = CustomerCall.objects.of(cast.programme).annotate(called=naming.name_of(CustomerCall)).get()

    assert naming.called(call) == name
    assert read.called == name
    assert [change.after for entry in told for change in entry.fields if change.name == "Customer calls"] == [name]


# ------------------------------------------------------------------ whom a record names


def test_whoever_is_named_stands_in_the_programme_from_then_on(cast: Cast) -> None:
    """In the plan and in a file under a name, also who joined the workspace after the programme began."""
    programme = cast.programme
    make(Action, programme, owner=cast.bob, title="Call back")
    promise = make(Promise, programme, proposed_by=[cast.bob, cast.alice])
    records.change(
        promise, programme=programme, by=cast.carol, values={"selected_by": cast.carol, "status": "selected"}
    )
    records.change_programme(programme, by=cast.olga, values={"sponsor": cast.olga}, links={"core_group": [cast.alice]})
    make(RolloutItem, programme, audience=[cast.team])
    programme.refresh_from_db()

    plan = loading.load(programme)
    names = {person.id: person.name for person in plan.people}
    assert sorted(names.values()) == sorted(member.name for member in (cast.alice, cast.bob, cast.carol, cast.olga))
    assert names[plan.actions[0].owner or ""] == cast.bob.name
    assert {names[key] for key in plan.promises[0].proposed_by} == {cast.alice.name, cast.bob.name}
    assert names[plan.promises[0].selected_by or ""] == cast.carol.name
    assert names[plan.programme.sponsor or ""] == cast.olga.name
    assert [team.id for team in plan.teams] == list(plan.rollout[0].audience)
    assert exchange.read(exchange.to_yaml(plan), "fi").people == plan.people


def test_naming_somebody_asks_one_query_more_and_two_the_first_time(cast: Cast) -> None:
    values = {"title": "Call back", "bucket": "acute", "owner": cast.bob}
    add = partial(records.add, BY_NAME["action"], programme=cast.programme, by=cast.alice, values=values)
    assert [asked(add), asked(add)] == [8, 7]
