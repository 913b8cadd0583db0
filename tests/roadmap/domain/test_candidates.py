"""The good candidates of a link stand first and say why."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cxplan.workspaces.models import Member
from journeys.models import Assessment, Touchpoint
from roadmap.domain import candidates, records
from roadmap.domain.candidates import MOST, SIGNS, Asking
from roadmap.forms import FORMS, choices
from roadmap.models import (
    Action,
    Finding,
    Gap,
    Insight,
    Lever,
    Metric,
    PersonalPillar,
    Pillar,
    Programme,
    RolloutItem,
    SweetSpot,
    Theme,
    Tie,
    Vision,
    VisionElement,
)
from tests.cast import Cast
from tests.make import make, make_team

pytestmark = pytest.mark.django_db


def offered(cast: Cast, model: type[Any], field: str, **chosen: Any) -> list[tuple[Any, str, bool]]:
    target = model._meta.get_field(field).related_model
    keys = {name: frozenset(record.pk for record in found) for name, found in chosen.items()}
    found = candidates.ranked(choices(target, cast.programme), (model, field), Asking(cast.programme, cast.alice, keys))
    return [(each.record, each.why, each.is_good) for each in found]


def why(cast: Cast, record: Any, model: type[Any], field: str, **chosen: Any) -> str:
    return next(words for option, words, _ in offered(cast, model, field, **chosen) if option == record)


def scored(cast: Cast, name: str, **scores: Any) -> Touchpoint:
    point = make(Touchpoint, cast.programme, name=name)
    make(Assessment, cast.programme, touchpoint=point, **scores)
    return point


def test_the_gaps_of_an_action(cast: Cast) -> None:
    """Those of its pillars, then the severe ones that nothing closes yet."""
    plain, done, severe, of_pillar = (make(Gap, cast.programme, severity=severity) for severity in (1, 5, 5, 2))
    make(Action, cast.programme, gaps=[plain, done, of_pillar])
    pillar = make(Pillar, cast.programme, gaps=[of_pillar])

    assert offered(cast, Action, "gaps", pillars=[pillar]) == [
        (of_pillar, "of the pillar you chose", True),
        (severe, "has no action yet · severity 5", True),
        (done, "severity 5", True),
        (plain, "", False),
    ]
    assert why(cast, of_pillar, Action, "gaps") == ""


def test_a_link_from_the_trash_or_from_next_door_does_not_count(cast: Cast) -> None:
    gap = make(Gap, cast.programme)
    thrown = make(Action, cast.programme, gaps=[gap])
    assert why(cast, gap, Action, "gaps") == ""
    records.trash(thrown, programme=cast.programme, by=cast.alice)
    assert why(cast, gap, Action, "gaps") == "has no action yet"

    point = make(Touchpoint, cast.programme)
    elsewhere = Programme.objects.create(workspace=cast.workspace, name="Another", languages=["fi"])
    make(Gap, elsewhere, touchpoints=[point])
    assert why(cast, point, Gap, "touchpoints") == "in no gap yet"


def test_the_touchpoints_of_a_gap_fall_short_of_what_is_expected(cast: Cast) -> None:
    fine = scored(cast, "Fine", expectation=3, effectiveness=4, ease=4, emotion=4)
    bad = scored(cast, "Bad", expectation=4.3, effectiveness=2, ease=2.3, emotion=2.1)
    worse = scored(cast, "Worse", expectation=5, effectiveness=1, ease=1, emotion=1)
    unknown = make(Touchpoint, cast.programme, name="Unknown")

    assert offered(cast, Gap, "touchpoints") == [
        (worse, "experience 1.0, expectation 5.0 · in no gap yet", True),
        (bad, "experience 2.1, expectation 4.3 · in no gap yet", True),
        (fine, "in no gap yet", False),
        (unknown, "in no gap yet", False),
    ]


def test_a_sweet_spot_is_looked_for_by_priority(cast: Cast) -> None:
    taken = scored(cast, "Taken", importance=5, effectiveness=1, ease=1, emotion=1)
    high = scored(cast, "High", importance=4, effectiveness=2, ease=2, emotion=2)
    low = scored(cast, "Low", importance=1, effectiveness=4, ease=4, emotion=4)
    make(SweetSpot, cast.programme, touchpoint=taken)
    assert [(option.name, words) for option, words, _ in offered(cast, SweetSpot, "touchpoint")] == [
        ("High", "priority 12.0"),
        ("Low", "priority 1.0"),
        ("Taken", "is a sweet spot already · priority 20.0"),
    ]
    gap = make(Gap, cast.programme, touchpoints=[high])
    at_it, closes = make(Action, cast.programme, touchpoints=[high]), make(Action, cast.programme, gaps=[gap])
    assert why(cast, at_it, SweetSpot, "actions", touchpoint=[high]) == "at the touchpoint you chose"
    assert why(cast, closes, SweetSpot, "actions", touchpoint=[high]) == "closes a gap at the touchpoint you chose"
    assert why(cast, closes, SweetSpot, "actions", touchpoint=[low]) == ""


def test_the_evidence_of_a_gap(cast: Cast) -> None:
    theme = make(Theme, cast.programme, name="delivery")
    chosen, alike = (make(Finding, cast.programme, theme=theme) for _ in range(2))
    behind, other = make(Finding, cast.programme), make(Finding, cast.programme)
    insight = make(Insight, cast.programme, findings=[behind])
    make(Gap, cast.programme, findings=[other])

    found = offered(cast, Gap, "findings", insights=[insight], findings=[chosen])

    assert [(option, words) for option, words, _ in found] == [
        (chosen, "same theme as what you chose · in no gap yet"),
        (alike, "same theme as what you chose · in no gap yet"),
        (behind, "behind the insight you chose · in no gap yet"),
        (other, ""),
    ]


def test_what_nothing_leads_to_yet(cast: Cast) -> None:
    gap, pillar, action = make(Gap, cast.programme), make(Pillar, cast.programme), make(Action, cast.programme)
    element, team = make(VisionElement, cast.programme), cast.team
    Tie.objects.create(programme=cast.programme, team=team, exchange_id="care")
    links: list[tuple[type[Any], str, Any, str]] = [
        (Pillar, "gaps", gap, "has no pillar yet"),
        (Metric, "gaps", gap, "has no metric yet"),
        (Metric, "pillars", pillar, "has no metric yet"),
        (Metric, "vision_elements", element, "has no metric yet"),
        (Lever, "supports_actions", action, "has no lever yet"),
        (RolloutItem, "pillars", pillar, "in no rollout yet"),
        (RolloutItem, "audience", team, "reached by no rollout yet"),
        (PersonalPillar, "pillars", pillar, "nobody has made it their own yet"),
        (Gap, "vision_elements", element, "has no gap yet"),
    ]
    assert [why(cast, record, model, field) for model, field, record, _ in links] == [words for *_, words in links]
    for model, field, record, _ in links:
        linked: dict[str, Any] = {field: [record]}
        make(model, cast.programme, **linked)
    assert [why(cast, record, model, field) for model, field, record, _ in links] == [""] * len(links)


def test_people(cast: Cast) -> None:
    """You are named, who left stands last, and the owner of the touchpoint stands first."""
    ties = Tie.objects
    for number, member in enumerate((cast.olga, cast.carol, cast.bob, cast.alice)):
        ties.create(programme=cast.programme, person=member, exchange_id=f"person{number}", position=number)
    Member.objects.filter(pk=cast.olga.pk).update(left_at=cast.programme.created_at)
    point = make(Touchpoint, cast.programme, owner=cast.bob)

    assert [(who.name, words) for who, words, _ in offered(cast, Action, "owner", touchpoints=[point])] == [
        ("Bob Builder", "owns the touchpoint you chose"),
        ("Alice Leader", "you"),
        ("Carol Chief", ""),
        ("Olga Owner", "has left"),
    ]


def test_elements_of_an_earlier_vision_stand_last(cast: Cast) -> None:
    earlier = make(VisionElement, cast.programme)
    make(Vision, cast.programme)
    current = make(VisionElement, cast.programme)
    assert [option for option, *_ in offered(cast, Gap, "vision_elements")] == [current, earlier]


def test_few_are_good(cast: Cast) -> None:
    for _ in range(MOST + 3):
        make(Gap, cast.programme, severity=5)
    assert [good for *_, good in offered(cast, Action, "gaps")] == [True] * MOST + [False] * 3


def test_every_sign_belongs_to_a_link_of_a_form() -> None:
    links = {
        (form._meta.model, name)
        for form in FORMS.values()
        for name, field in form.base_fields.items()
        if hasattr(field, "queryset")
    }
    programmes = {link for link in SIGNS if link[0] is Programme}
    assert SIGNS.keys() - programmes <= links


def test_the_options_of_a_link_are_one_query(cast: Cast) -> None:
    """And the programme's weights, where scores are read, stand on the programme."""
    for name in ("One", "Two"):
        scored(cast, name, importance=5, expectation=5, effectiveness=1, ease=1, emotion=1)
    make(Gap, cast.programme, severity=5)
    gap, pillar = make(Gap, cast.programme), make(Pillar, cast.programme)
    make_team(cast.workspace, "Second")
    for link in SIGNS:
        with CaptureQueriesContext(connection) as queries:
            offered(cast, *link, gaps=[gap], pillars=[pillar])
        assert len(queries) == 1, (link, [query["sql"] for query in queries])
