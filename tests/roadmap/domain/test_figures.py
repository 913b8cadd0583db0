"""Figures against the golden values of the demo programme, and where they end."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadmap.domain import figures
from roadmap.domain.derived import derived
from roadmap.domain.plan import Measurement, Metric, Plan, SweetSpot, Touchpoint, Weights

from .demo import AS_OF, add, demo, edit, expected, get

counts = st.integers(min_value=0, max_value=100_000)
scores = st.one_of(st.none(), st.floats(min_value=1, max_value=5))


# ------------------------------------------------------------------ golden values


@pytest.mark.parametrize(
    "key",
    [
        *("touchpoints", "priority_order", "journeys", "measurements", "status"),
        *("nps_change_may_october", "readiness", "coverage"),
    ],
)
@pytest.mark.parametrize("language", ["fi", "en"])
def test_the_golden_values(key: str, language: str) -> None:
    assert derived(demo(language), AS_OF)[key] == expected()[key]


def test_the_shape_is_that_of_the_golden_values() -> None:
    made = derived(demo(), AS_OF)
    assert [key for key in made if key != "coverage_percent"] == [key for key in expected() if key != "formulas"]
    assert made["as_of"] == expected()["as_of"].isoformat()
    assert json.loads(json.dumps(made, allow_nan=False)) == made


def test_the_tie_is_kept_in_journey_order() -> None:
    felt = figures.touchpoints(demo())
    first, second = felt["tp03"].priority, felt["tp17"].priority
    assert first is not None
    assert second is not None
    assert round(first, 3) == round(second, 3)
    order = figures.priority_order(demo())
    assert order.index("tp03") < order.index("tp17")


# ------------------------------------------------------------------ touchpoints


def point(**values: Any) -> Touchpoint:
    given = {"importance": 4.0, "expectation": 3.0, "effectiveness": 2.0, "ease": 5.0, "emotion": 1.0}
    return Touchpoint(id="tp", name="Desk", **(given | values))


@pytest.mark.parametrize("missing", ["effectiveness", "ease", "emotion"])
def test_without_a_score_there_is_no_experience(missing: str) -> None:
    found = figures.touchpoint(point(**{missing: None}))
    assert (found.experience, found.expectation_gap, found.priority) == (None, None, None)


def test_a_missing_expectation_or_importance_takes_only_its_own_figure() -> None:
    assert figures.touchpoint(point(expectation=None)).expectation_gap is None
    assert figures.touchpoint(point(expectation=None)).priority is not None
    assert figures.touchpoint(point(importance=None)).priority is None


def test_the_weights_belong_to_the_programme() -> None:
    assert figures.experience(point(), Weights(effectiveness=1, ease=1, emotion=1)) == pytest.approx(8 / 3)
    assert figures.experience(point(ease=None), Weights(effectiveness=1, ease=0, emotion=1)) == pytest.approx(1.5)


@given(effectiveness=scores, ease=scores, emotion=scores)
def test_an_experience_lies_on_the_scale(
    effectiveness: float | None, ease: float | None, emotion: float | None
) -> None:
    felt = figures.experience(point(effectiveness=effectiveness, ease=ease, emotion=emotion))
    assert (felt is None) == (None in (effectiveness, ease, emotion))
    assert felt is None or 1 - 1e-9 <= felt <= 5 + 1e-9


def test_touchpoints_without_a_priority_are_in_no_order() -> None:
    plan = edit(demo(), "tp13", emotion=None)
    assert "tp13" not in figures.priority_order(plan)
    assert figures.touchpoints(plan)["tp13"].experience is None


def test_employee_touchpoints_have_no_figures() -> None:
    assert "et1" not in figures.touchpoints(demo())
    assert "j2" not in figures.journeys(demo())


def test_an_unscored_journey_has_no_figures_rather_than_noughts() -> None:
    journey = replace(demo().journeys[0], touchpoints=(Touchpoint(id="tp", name="Desk", stage="reach"),))
    assert figures.journey(demo(), journey) == figures.JourneyFigures("j1", None, None, {})


def test_sweet_spots_are_compared_among_themselves() -> None:
    places = [(place.spot.id, place.chosen, place.computed) for place in figures.sweet_spot_places(demo())]
    assert places == [("ss1", 1, 1), ("ss2", 2, 2), ("ss3", 3, 4), ("ss4", 4, 3), ("ss5", 5, 5)]
    plan = add(demo(), "sweet_spots", SweetSpot(id="ss6", touchpoint="et1", rank=1))
    assert len(figures.sweet_spot_places(plan)) == 5


def test_sweet_spots_of_one_rank_are_in_no_order() -> None:
    plan = edit(demo(), "ss4", rank=3)
    assert not any(place.moved for place in figures.sweet_spot_places(plan))


# ------------------------------------------------------------------ metrics

NPS = Metric(id="m", kind="nps", name="NPS", min_n=100)


@given(promoters=counts, passives=counts, detractors=counts)
def test_an_nps_lies_within_the_scale_and_its_interval(promoters: int, passives: int, detractors: int) -> None:
    given = Measurement(metric="m", period="2026", promoters=promoters, passives=passives, detractors=detractors)
    found = figures.measured(NPS, given)
    assert found.n == promoters + passives + detractors
    if found.value is None:
        assert found.n == 0
    else:
        assert found.low is not None
        assert found.high is not None
        assert -100 <= found.low <= found.high <= 100
        assert found.low <= found.value + 100 * 3 / (found.n + 3)
        assert found.high >= found.value - 100 * 3 / (found.n + 3)
    assert found.enough == (found.n >= 100)


@given(successes=counts, rest=counts)
def test_a_share_lies_within_its_interval(successes: int, rest: int) -> None:
    metric = Metric(id="m", kind="proportion", name="Share")
    found = figures.measured(metric, Measurement(metric="m", period="2026", successes=successes, n=successes + rest))
    if found.value is not None and found.low is not None and found.high is not None:
        assert found.low - 1e-9 <= found.value <= found.high + 1e-9


@pytest.mark.parametrize("kind", ["nps", "csat", "ces", "emotion", "proportion", "duration", "count", "value"])
@pytest.mark.parametrize(
    "raw",
    [
        {},
        {"promoters": 1},
        {"promoters": 0, "passives": 0, "detractors": 0},
        {"counts": {}},
        {"successes": 5},
        {"successes": 5, "n": 3},
        {"successes": 0, "n": 0},
        {"n": 3},
    ],
)
def test_counts_that_are_not_there_or_cannot_be_give_no_score(kind: str, raw: dict[str, Any]) -> None:
    metric = Metric(id="m", kind=kind, name="Metric")  # type: ignore[arg-type]
    found = figures.measured(metric, Measurement(metric="m", period="2026-05", **raw))
    assert (found.value, found.low, found.high, found.enough) == (None, None, None, False)


def test_csat_is_a_share_where_only_its_total_is_known() -> None:
    metric = Metric(id="m", kind="csat", name="CSAT")
    found = figures.measured(metric, Measurement(metric="m", period="2026", successes=70, n=130))
    assert found.value is not None
    assert round(found.value, 2) == 53.85


def test_a_value_without_answers_is_taken_as_it_is() -> None:
    metric = Metric(id="m", kind="value", name="Margin", min_n=10)
    assert figures.measured(metric, Measurement(metric="m", period="2026", value=4.5)).enough
    assert not figures.measured(metric, Measurement(metric="m", period="2026", value=4.5, n=9)).enough


def test_periods_follow_one_another_whatever_their_length() -> None:
    periods = ["2025", "2026-W05", "2026-02", "2026-Q1", "2026-04", "2026-W20", "2026-10", "2026", "2026-12", "2027-01"]
    backwards = [*reversed(periods)]
    assert sorted(backwards, key=figures.when) == periods


def test_the_latest_period_decides_whatever_the_order_it_was_entered_in() -> None:
    plan = demo()
    assert figures.statuses(replace(plan, measurements=plan.measurements[::-1]), AS_OF) == expected()["status"]


@pytest.mark.parametrize(
    ("as_of", "status"), [(date(2026, 10, 30), "on_the_way"), (date(2026, 10, 31), "missed"), (AS_OF, "missed")]
)
def test_a_target_is_missed_from_its_date_on(as_of: date, status: str) -> None:
    assert figures.statuses(demo(), as_of)["m3"] == status


def test_a_score_is_rounded_before_it_is_held_against_the_target() -> None:
    assert figures.statuses(edit(demo(), "m3", target=53.85), AS_OF)["m3"] == "met"  # 53.846…
    assert figures.statuses(edit(demo(), "m5", target=9), AS_OF)["m5"] == "met"
    assert figures.statuses(edit(demo(), "m5", target=8.99), AS_OF)["m5"] == "missed"


def test_a_metric_without_score_or_target_has_no_status() -> None:
    assert figures.statuses(edit(demo(), "m1", target=None), AS_OF)["m1"] is None
    unmeasured = replace(demo(), measurements=())
    assert set(figures.statuses(unmeasured, AS_OF).values()) == {None}


def test_a_target_without_a_date_is_never_missed() -> None:
    assert figures.statuses(edit(demo(), "m3", target_date=None), date.max)["m3"] == "on_the_way"


def test_may_and_october_cannot_be_told_from_chance() -> None:
    compared = figures.change_over_all(demo(), get(demo(), "m1"))
    assert compared is not None
    first, last, change = compared
    assert (first.period, last.period) == ("2026-05", "2026-10")
    assert round(change.z, 3) == 1.921
    assert not change.distinguishable


def test_a_clear_step_is_told_from_chance_and_a_duration_never() -> None:
    compared = figures.change_over_all(demo(), get(demo(), "m2"))
    assert compared is not None
    assert compared[2].distinguishable
    assert figures.change_over_all(demo(), get(demo(), "m5")) is None


def test_one_wave_is_no_change() -> None:
    plan = replace(demo(), measurements=demo().measurements[:1])
    assert figures.change_over_all(plan, get(plan, "m1")) is None
    assert not any(key.startswith("nps_change") for key in derived(plan, AS_OF))


def test_a_change_over_quarters_is_named_after_them() -> None:
    plan = replace(
        demo(),
        measurements=tuple(
            Measurement(metric="m1", period=period, promoters=10, passives=10, detractors=10)
            for period in ("2026-Q2", "2026-Q1")
        ),
    )
    assert "nps_change_2026-Q1_2026-Q2" in derived(plan, AS_OF)


# ------------------------------------------------------------------ a programme that has hardly begun


def test_an_empty_programme_has_empty_figures() -> None:
    assert derived(Plan(programme=demo().programme), AS_OF) == {
        "touchpoints": [],
        "priority_order": [],
        "journeys": {},
        "measurements": [],
        "as_of": "2026-11-04",
        "status": {},
        "readiness": {},
        "coverage": {words: [] for words in expected()["coverage"]},
        "coverage_percent": None,
    }
