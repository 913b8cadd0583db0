"""Every number that follows from a plan, as pure functions; each formula is printed where it is shown.

Nothing here is rounded: ``derived`` rounds for files, templates round for people. A figure that cannot be
computed is ``None``, never nought.

The weights and the priority are the method's own. The intervals are in ``cxplan.kit.statistics`` with their
sources (Wilson 1927; adjusted Wald).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from cxplan.kit import statistics
from cxplan.kit.statistics import Change, Estimate

from .plan import Journey, Measurement, Metric, Plan, SweetSpot, Touchpoint, Weights

Status = Literal["met", "missed", "on_the_way"]

# ------------------------------------------------------------------ touchpoints


@dataclass(frozen=True, slots=True)
class TouchpointFigures:
    """What a touchpoint's scores say together.

    experience = (effectiveness + ease)/6 + emotion·2/3, or with the programme's own weights their weighted mean
    expectation_gap = experience − expectation
    priority = importance·(5 − experience)
    """

    id: str
    experience: float | None
    expectation_gap: float | None
    priority: float | None


def experience(point: Touchpoint, weights: Weights | None = None) -> float | None:
    """The experience at a touchpoint; ``None`` where a score that counts is missing."""
    weights = weights or Weights()
    parts = ((point.effectiveness, weights.effectiveness), (point.ease, weights.ease), (point.emotion, weights.emotion))
    pairs = [(score, weight) for score, weight in parts if score is not None and weight]
    if len(pairs) < sum(1 for _, weight in parts if weight):
        return None
    return statistics.weighted_mean(pairs)


def touchpoint(point: Touchpoint, weights: Weights | None = None) -> TouchpointFigures:
    """The figures of one touchpoint."""
    felt = experience(point, weights)
    gap = priority = None
    if felt is not None and point.expectation is not None:
        gap = felt - point.expectation
    if felt is not None and point.importance is not None:
        priority = point.importance * (5 - felt)
    return TouchpointFigures(id=point.id, experience=felt, expectation_gap=gap, priority=priority)


def touchpoints(plan: Plan) -> dict[str, TouchpointFigures]:
    """The figures of every customer touchpoint by its id, in journey order. Employee touchpoints have none."""
    return {point.id: touchpoint(point, plan.programme.weights) for point in plan.customer_touchpoints()}


def priority_order(plan: Plan) -> tuple[str, ...]:
    """The customer touchpoints that have a priority, the highest first.

    Priorities that are equal to three decimals stay in the order of the journeys and of the touchpoints
    within their journey.
    """
    places = [
        (-round(priority, 3), place, point.order, point.id)
        for place, journey in enumerate(plan.customer_journeys())
        for point in journey.touchpoints
        if (priority := touchpoint(point, plan.programme.weights).priority) is not None
    ]
    return tuple(identity for *_, identity in sorted(places, key=lambda place: place[:3]))


@dataclass(frozen=True, slots=True)
class Place:
    """Where the team put a sweet spot among those that can be compared, and where its priority puts it."""

    spot: SweetSpot
    chosen: int
    computed: int

    @property
    def moved(self) -> bool:
        return self.chosen != self.computed


def sweet_spot_places(plan: Plan) -> tuple[Place, ...]:
    """The sweet spots in the team's order, each with its place by priority, counted from one among themselves.

    Only spots whose touchpoint has a priority can be compared; spots that share a rank or a touchpoint are in
    no order between themselves, so the computed one stands.
    """
    computed = {identity: place for place, identity in enumerate(priority_order(plan))}
    spots = [(spot, computed[spot.touchpoint]) for spot in plan.sweet_spots if spot.touchpoint in computed]
    chosen = sorted(spots, key=lambda pair: (pair[0].rank, pair[1]))
    by_priority = sorted(chosen, key=lambda pair: pair[1])
    places = {spot.id: place for place, (spot, _) in enumerate(by_priority, 1)}
    return tuple(Place(spot, place, places[spot.id]) for place, (spot, _) in enumerate(chosen, 1))


# ------------------------------------------------------------------ journeys


@dataclass(frozen=True, slots=True)
class JourneyFigures:
    """What a customer journey's touchpoints say together.

    weighted_experience = mean of experience weighted by importance
    evenness_sd = standard deviation of experience over its touchpoints (population)
    by_stage = mean experience of each stage that has scored touchpoints
    """

    id: str
    weighted_experience: float | None
    evenness_sd: float | None
    by_stage: Mapping[str, float]


def journey(plan: Plan, of: Journey) -> JourneyFigures:
    """The figures of one customer journey."""
    felt = [
        (point, score) for point in of.touchpoints if (score := experience(point, plan.programme.weights)) is not None
    ]
    by_stage = {
        stage.id: mean
        for stage in plan.stages
        if (mean := statistics.mean([score for point, score in felt if point.stage == stage.id])) is not None
    }
    return JourneyFigures(
        id=of.id,
        weighted_experience=statistics.weighted_mean(
            [(score, point.importance) for point, score in felt if point.importance is not None]
        ),
        evenness_sd=statistics.deviation([score for _, score in felt]),
        by_stage=by_stage,
    )


def journeys(plan: Plan) -> dict[str, JourneyFigures]:
    """The figures of every customer journey by its id."""
    return {of.id: journey(plan, of) for of in plan.customer_journeys()}


# ------------------------------------------------------------------ metrics


@dataclass(frozen=True, slots=True)
class Measured:
    """A metric's score in one period, with its 95 per cent interval where it has one.

    ``enough`` says whether the answers reach the metric's minimum; a value that came without a number of
    answers is taken as it is.
    """

    metric: str
    period: str
    n: int | None
    value: float | None
    low: float | None
    high: float | None
    enough: bool


def estimate(metric: Metric, measurement: Measurement) -> Estimate | None:
    """The score of raw counts with its interval, by the metric's kind.

    NPS wants promoters, passives and detractors; CSAT and CES the counts by score; shares their successes and n.
    CSAT and CES are shares too, so successes and n do for them where no counts were given. ``None`` where the
    counts are not there, or cannot be (more successes than answers). Duration, count and value have no interval.
    """
    given = measurement
    match metric.kind:
        case "nps" if None not in (given.promoters, given.passives, given.detractors):
            return statistics.nps(given.promoters or 0, given.passives or 0, given.detractors or 0)
        case "csat" if given.counts is not None:
            return statistics.csat(given.counts)
        case "ces" if given.counts is not None:
            return statistics.ces(given.counts)
        case "csat" | "ces" | "emotion" | "proportion":
            if given.successes is None or given.n is None or given.successes > given.n:
                return None
            return statistics.share(given.successes, given.n)
    return None


def measured(metric: Metric, measurement: Measurement) -> Measured:
    """One period of a metric as it is shown."""
    if metric.kind in ("duration", "count", "value"):
        n, value, low, high = measurement.n, measurement.value, None, None
    elif score := estimate(metric, measurement):
        n, value, low, high = score.n, score.value, score.low, score.high
    else:
        n, value, low, high = 0, None, None, None
    return Measured(
        metric=metric.id,
        period=measurement.period,
        n=n,
        value=value,
        low=low,
        high=high,
        enough=value is not None and (n is None or n >= (metric.min_n or 0)),
    )


def measurements(plan: Plan) -> tuple[Measured, ...]:
    """Every measurement as it is shown, in the order of the plan."""
    metrics = {metric.id: metric for metric in plan.metrics}
    return tuple(measured(metrics[given.metric], given) for given in plan.measurements if given.metric in metrics)


def series(plan: Plan, metric: Metric) -> tuple[Measured, ...]:
    """A metric's periods that have a score, the earliest first."""
    return tuple(point for given in _waves(plan, metric) if (point := measured(metric, given)).value is not None)


def all_series(plan: Plan) -> dict[str, tuple[Measured, ...]]:
    """The series of every metric by its id, in one go through the measurements."""
    by_metric: dict[str, list[Measured]] = {metric.id: [] for metric in plan.metrics}
    for point in measurements(plan):
        if point.value is not None:
            by_metric[point.metric].append(point)
    return {metric: tuple(sorted(points, key=lambda point: when(point.period))) for metric, points in by_metric.items()}


def status(metric: Metric, known: Sequence[Measured], as_of: date) -> Status | None:
    """Whether the metric has met its target, by its series; ``None`` where it has no score or no target.

    met: the latest period's score, rounded to two decimals, reaches the target in its direction;
    else missed, if the target date has come by ``as_of``; else on the way.
    """
    if not known or known[-1].value is None or metric.target is None:
        return None
    score = round(known[-1].value, 2)
    if score >= metric.target if metric.direction == "up" else score <= metric.target:
        return "met"
    return "missed" if metric.target_date is not None and metric.target_date <= as_of else "on_the_way"


def statuses(plan: Plan, as_of: date) -> dict[str, Status | None]:
    """The status of every metric by its id."""
    known = all_series(plan)
    return {metric.id: status(metric, known[metric.id], as_of) for metric in plan.metrics}


def change(metric: Metric, first: Measurement, last: Measurement) -> Change | None:
    """The step between two waves, and whether chance can explain it; ``None`` where the kind has no interval.

    z = difference of the adjusted estimates / √(sum of their variances); the waves differ where |z| > 1.96.
    """
    before, after = estimate(metric, first), estimate(metric, last)
    return statistics.change(before, after) if before and after else None


def change_over_all(plan: Plan, metric: Metric) -> tuple[Measurement, Measurement, Change] | None:
    """A metric's first and last wave with the change between them; ``None`` before there are two."""
    waves = [given for given in _waves(plan, metric) if estimate(metric, given)]
    if len(waves) < 2:
        return None
    step = change(metric, waves[0], waves[-1])
    return (waves[0], waves[-1], step) if step else None


def when(period: str) -> tuple[float, float]:
    """The key by which periods follow one another: when each ends, the shorter of two that end together last.

    A period is a year, a month, a quarter or an ISO week: ``2026``, ``2026-05``, ``2026-Q2``, ``2026-W19``.
    """
    year, _, part = period.partition("-")
    if not part:
        return int(year) + 1.0, -1.0
    unit, length = (int(part[1:]), {"Q": 4, "W": 52}[part[0]]) if part[0] in "QW" else (int(part), 12)
    return int(year) + unit / length, -1 / length


def _waves(plan: Plan, metric: Metric) -> list[Measurement]:
    own = [given for given in plan.measurements if given.metric == metric.id]
    return sorted(own, key=lambda given: when(given.period))


# ------------------------------------------------------------------ readiness


@dataclass(frozen=True, slots=True)
class ReadinessMeans:
    """How ready management and staff say the organisation is; the distance between them is the news."""

    management: float | None
    staff: float | None


def readiness(plan: Plan) -> dict[str, ReadinessMeans]:
    """The mean answers to each statement of the latest round, by the statement's id."""
    if plan.readiness is None:
        return {}
    return {
        statement.id: ReadinessMeans(
            management=statistics.mean(statement.answers.management), staff=statistics.mean(statement.answers.staff)
        )
        for statement in plan.readiness.statements
    }
