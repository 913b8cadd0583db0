"""Where records stand, and what a move leaves behind: the place that was meant, and everything else as it was."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cxplan.workspaces.models import Change
from journeys.models import Journey, Stage, Touchpoint
from roadmap import exchange
from roadmap.domain import order, records
from roadmap.domain.kinds import BY_NAME
from roadmap.domain.loading import load
from roadmap.domain.order import ORDERED, Way
from roadmap.forms import FORMS
from roadmap.models import (
    Action,
    Finding,
    Gap,
    Measurement,
    Metric,
    PersonalPillar,
    Pillar,
    Source,
    Theme,
    Tie,
    Vision,
    VisionCheck,
)
from tests.cast import Cast
from tests.make import make, make_programme, make_workspace

pytestmark = pytest.mark.django_db

#: Kinds whose order follows from their figures or days alone, and those of which one stands at a time.
NOT_MOVED = {"assessment", "decision", "measurement", "readiness_statement", "stage_assessment", "vision", "workshop"}


def several(cast: Cast, name: str, count: int = 3) -> list[Any]:
    """Records of a kind that stand with one another."""
    model: Any = BY_NAME[name].model
    given: dict[str, Any] = {}
    if name == "touchpoint":
        given = {"journey": make(Journey, cast.programme), "stage": make(Stage, cast.programme)}
    if name == "personal_pillar":
        given = {"person": cast.alice}
    if name == "vision_check":  # a vision brings five of its own
        given = {"vision": make(Vision, cast.programme)}
        VisionCheck.objects.of(cast.programme).delete()
    return [make(model, cast.programme, by=cast.alice, **given) for _ in range(count)]


def stand(cast: Cast, record: Any) -> list[int]:
    kind = next(kind for kind in BY_NAME.values() if kind.model is type(record))
    return [one.pk for one in order.row(kind, cast.programme, record.pk)]


def keys(*found: Any) -> list[int]:
    return [one.pk for one in found]


def asked(verb: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as queries:
        verb()
    return sum("SAVEPOINT" not in query["sql"] for query in queries.captured_queries)


@pytest.fixture
def move(cast: Cast) -> Callable[..., Any]:
    return partial(records.move, programme=cast.programme, by=cast.alice)


def test_every_kind_is_moved_or_follows_its_figures() -> None:
    assert ORDERED.keys() | NOT_MOVED == FORMS.keys()
    assert not ORDERED.keys() & NOT_MOVED


@pytest.mark.parametrize("name", sorted(ORDERED))
def test_a_record_goes_to_every_place_and_back(cast: Cast, move: Callable[..., Any], name: str) -> None:
    a, b, c, d = several(cast, name, 4)
    assert stand(cast, a) == keys(a, b, c, d)
    for record, to, then in (
        (d, Way.FIRST, (d, a, b, c)),
        (a, Way.LAST, (b, c, d, a)),
        (c, Way.EARLIER, (a, c, b, d)),
        (b, Way.LATER, (a, c, b, d)),
        (d, b.pk, (a, d, b, c)),
        (a, d.pk, (b, c, a, d)),
    ):
        moved = move(record, to=to)
        assert stand(cast, a) == keys(*then), to
        assert (moved.place, moved.count) == (then.index(record) + 1, 4)
        move(record, to=moved.back)
        assert stand(cast, a) == keys(a, b, c, d), f"back from {to}"


@pytest.mark.parametrize("name", sorted(ORDERED))
def test_a_move_asks_few_queries_however_far(cast: Cast, move: Callable[..., Any], name: str) -> None:
    few, many = (asked(partial(move, several(cast, name, count)[-1], to=Way.FIRST)) for count in (3, 9))
    assert few == many
    assert few == {"metric": 8, "stage": 7}.get(name, 6)


def test_a_move_to_where_it_stands_or_before_a_stranger_does_nothing(cast: Cast, move: Callable[..., Any]) -> None:
    first, second = several(cast, "source", 2)
    stranger = make(Source, make_programme(cast.workspace, "Second"))
    for record, to in (
        (first, Way.FIRST),
        (first, Way.EARLIER),
        (second, Way.LAST),
        (first, second.pk),
        (first, first.pk),
        (second, stranger.pk),
    ):
        assert move(record, to=to) is None
    assert stand(cast, first) == keys(first, second)


def test_what_lies_in_the_trash_comes_back_to_its_place(cast: Cast, move: Callable[..., Any]) -> None:
    a, b, c = several(cast, "source")
    records.trash(b, programme=cast.programme, by=cast.alice)
    moved = move(c, to=Way.FIRST)
    assert (moved.place, moved.count) == (1, 2)
    records.restore(b, programme=cast.programme, by=cast.alice)
    assert stand(cast, a) == keys(c, b, a)


# Among whom


def test_a_gap_moves_among_those_as_severe(cast: Cast, move: Callable[..., Any]) -> None:
    worst, first, mild, second = (make(Gap, cast.programme, severity=level) for level in (5, 4, 2, 4))
    assert move(worst, to=Way.LATER) is None
    assert (moved := move(second, to=Way.EARLIER))
    assert (moved.place, moved.count) == (1, 2)
    assert stand(cast, first) == keys(second, first)
    assert keys(*Gap.objects.of(cast.programme).in_order()) == keys(worst, second, mild, first)


def test_a_finding_moves_within_its_theme_and_weight(cast: Cast, move: Callable[..., Any]) -> None:
    theme = make(Theme, cast.programme)
    heavy, a, b = (make(Finding, cast.programme, theme=theme, weight=weight) for weight in (5, 3, 3))
    make(Finding, cast.programme, weight=3)
    assert stand(cast, a) == keys(a, b)
    assert move(heavy, to=Way.LATER) is None


def test_a_pillar_moves_within_its_lane_and_among_the_chosen(cast: Cast) -> None:
    waiting = make(Pillar, cast.programme, kind="never", state="proposed")
    other = make(Pillar, cast.programme, kind="always", state="chosen")
    chosen, approved = (make(Pillar, cast.programme, kind="never", state=state) for state in ("chosen", "approved"))
    assert stand(cast, chosen) == keys(chosen, approved)
    assert (stand(cast, waiting), stand(cast, other)) == (keys(waiting), keys(other))


def test_actions_of_one_day_change_places_in_their_bucket(cast: Cast) -> None:
    a, b = (make(Action, cast.programme, bucket="acute") for _ in range(2))
    make(Action, cast.programme, bucket="product")
    make(Action, cast.programme, bucket="acute", due="2026-11-30")
    assert stand(cast, a) == keys(a, b)


def test_a_touchpoint_moves_within_its_stage(cast: Cast, move: Callable[..., Any]) -> None:
    journey = make(Journey, cast.programme)
    early, late = make(Stage, cast.programme), make(Stage, cast.programme)
    a, b, c = (
        make(Touchpoint, cast.programme, journey=journey, stage=stage, order=place)
        for place, stage in enumerate((early, early, late), 1)
    )
    move(b, to=Way.FIRST)
    assert move(b, to=Way.EARLIER) is None
    places = {one.pk: one.order for one in Touchpoint.objects.of(cast.workspace)}
    assert places == {b.pk: 1, a.pk: 2, c.pk: 3}
    records.trash(late, programme=cast.programme, by=cast.alice)
    nowhere = make(Touchpoint, cast.programme, journey=journey)
    assert stand(cast, c) == keys(c, nowhere)  # the page shows both without a stage


def test_metrics_move_among_those_that_stand_as_well(cast: Cast) -> None:
    met, a, b = (make(Metric, cast.programme, kind="value", target=5.0, direction="up") for _ in range(3))
    make(Measurement, cast.programme, metric=met, period="2026-10", value=6.0, n=10)
    assert stand(cast, a) == keys(a, b)
    assert stand(cast, met) == keys(met)


def test_ones_own_pillars_change_places_with_ones_own(cast: Cast, move: Callable[..., Any]) -> None:
    mine, theirs, next_of_mine = (
        make(PersonalPillar, cast.programme, person=person) for person in (cast.alice, cast.bob, cast.alice)
    )
    assert stand(cast, mine) == keys(mine, next_of_mine)
    move(next_of_mine, to=Way.EARLIER)
    assert keys(*PersonalPillar.objects.of(cast.programme).in_order()) == keys(next_of_mine, theirs, mine)


def test_a_shared_thing_moves_in_one_programme_alone(cast: Cast, move: Callable[..., Any]) -> None:
    first, second = several(cast, "journey", 2)
    other = make_programme(cast.workspace, "Second")
    for place, record in enumerate((first, second)):
        Tie.objects.create(programme=other, exchange_id=f"j{place}", position=place, journey=record)
    move(second, to=Way.FIRST)
    assert stand(cast, first) == keys(second, first)
    assert [one.pk for one in order.row(BY_NAME["journey"], other, first.pk)] == keys(first, second)


# What it leaves behind


def test_whoever_edits_the_words_is_not_disturbed(cast: Cast, move: Callable[..., Any]) -> None:
    first, second = several(cast, "source", 2)
    move(second, to=Way.FIRST)
    records.change(first, programme=cast.programme, by=cast.bob, values={"title": "Other"}, version=first.version)


def test_only_what_moved_is_written(cast: Cast, move: Callable[..., Any]) -> None:
    found = several(cast, "source", 5)
    before = Change.objects.count()
    move(found[4], to=Way.EARLIER)
    assert Change.objects.count() == before + 2


def test_the_file_keeps_the_order(cast: Cast, move: Callable[..., Any]) -> None:
    Tie.objects.create(programme=cast.programme, exchange_id="alice", person=cast.alice)
    for name in sorted(ORDERED):
        found = several(cast, name)
        if name == "personal_pillar":
            for one in found:
                records.change(one, programme=cast.programme, by=cast.alice, values={"visibility": "programme"})
        move(found[2], to=Way.FIRST)
    cast.programme.refresh_from_db()
    first = exchange.to_yaml(load(cast.programme))
    again = exchange.store(exchange.read(first), make_workspace("copied"))
    assert exchange.to_yaml(load(again)) == first
    assert [one.id for one in load(again).sources] == ["s3", "s1", "s2"]
