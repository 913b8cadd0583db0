"""The derived figures of a plan, looked up by id. Nothing is computed here: the domain does that."""

from dataclasses import dataclass
from datetime import date

from cxplan.kit.statistics import Change
from roadmap.domain import figures
from roadmap.domain.figures import JourneyFigures, Place, ReadinessMeans, TouchpointFigures
from roadmap.domain.plan import Plan


@dataclass(frozen=True, slots=True)
class Wave:
    """A measured period that has a score."""

    period: str
    value: float
    low: float | None
    high: float | None
    n: int | None
    enough: bool


class Numbers:
    """The figures of one plan as of one day."""

    def __init__(self, plan: Plan, as_of: date) -> None:
        self._points = figures.touchpoints(plan)
        self._journeys = figures.journeys(plan)
        self._readiness = figures.readiness(plan)
        self._statuses = figures.statuses(plan, as_of)
        self._places = {place.spot.id: place for place in figures.sweet_spot_places(plan)}
        self._waves = {
            metric.id: tuple(
                Wave(one.period, one.value, one.low, one.high, one.n, one.enough)
                for one in figures.series(plan, metric)
                if one.value is not None
            )
            for metric in plan.metrics
        }
        steps = {metric.id: figures.change_over_all(plan, metric) for metric in plan.metrics}
        self._changes = {key: step[2] for key, step in steps.items() if step}

    def point(self, key: str) -> TouchpointFigures:
        """Return a touchpoint's figures, all unknown for one that has none."""
        return self._points.get(key) or TouchpointFigures(key, None, None, None)

    def journey(self, key: str) -> JourneyFigures | None:
        """Return a customer journey's figures."""
        return self._journeys.get(key)

    def place(self, spot: str) -> Place | None:
        """Return where the team put a sweet spot and where its priority puts it."""
        return self._places.get(spot)

    def waves(self, metric: str) -> tuple[Wave, ...]:
        """Return a metric's scored periods, the earliest first."""
        return self._waves.get(metric, ())

    def status(self, metric: str) -> str:
        """Return met, missed, on_the_way, or unknown before there is a score and a target."""
        return self._statuses.get(metric) or "unknown"

    def change(self, metric: str) -> Change | None:
        """Return the change from a metric's first wave to its last."""
        return self._changes.get(metric)

    def readiness(self, statement: str) -> ReadinessMeans:
        """Return the means of a readiness statement."""
        return self._readiness.get(statement) or ReadinessMeans(None, None)
