"""Every derived figure of a plan in the one shape that files and other programs read.

The keys are those of ``expected:`` in the demo programme. Touchpoint figures have three decimals, scores two; a
change is the difference of the two scores as they are shown.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from . import alignment, figures
from .plan import Plan

MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)


def derived(plan: Plan, as_of: date) -> dict[str, object]:
    """Every derived figure, ready for JSON. What cannot be computed is ``None``."""
    findings = alignment.check(plan, as_of)
    covered = alignment.covered(plan, findings)
    return {
        "touchpoints": [
            {
                "id": point.id,
                "experience": _rounded(point.experience, 3),
                "expectation_gap": _rounded(point.expectation_gap, 3),
                "priority": _rounded(point.priority, 3),
            }
            for point in figures.touchpoints(plan).values()
        ],
        "priority_order": list(figures.priority_order(plan)),
        "journeys": {
            journey.id: {
                "weighted_experience": _rounded(journey.weighted_experience, 3),
                "evenness_sd": _rounded(journey.evenness_sd, 3),
                "by_stage": {stage: round(mean, 3) for stage, mean in journey.by_stage.items()},
            }
            for journey in figures.journeys(plan).values()
        },
        "measurements": [
            {
                "metric": point.metric,
                "period": point.period,
                "n": point.n,
                "value": _rounded(point.value, 2),
                "low": _rounded(point.low, 2),
                "high": _rounded(point.high, 2),
                "enough": point.enough,
            }
            for point in figures.measurements(plan)
        ],
        "as_of": as_of.isoformat(),
        "status": figures.statuses(plan, as_of),
        **_nps_change(plan),
        "readiness": {
            statement: {"management": _rounded(means.management, 2), "staff": _rounded(means.staff, 2)}
            for statement, means in figures.readiness(plan).items()
        },
        "coverage": alignment.coverage(findings),
        "coverage_percent": _rounded(covered, 2),
    }


def _nps_change(plan: Plan) -> Mapping[str, object]:
    """The first NPS metric with two waves, its first against its last, under ``nps_change_may_october``."""
    for metric in plan.metrics:
        if metric.kind == "nps" and (compared := figures.change_over_all(plan, metric)):
            first, last, change = compared
            before, after = (figures.measured(metric, wave).value for wave in (first, last))
            return {
                f"nps_change_{_word(first.period)}_{_word(last.period)}": {
                    "points": _rounded(round(after or 0, 2) - round(before or 0, 2), 2),
                    "z": round(change.z, 3),
                    "distinguishable_at_95": change.distinguishable,
                }
            }
    return {}


def _word(period: str) -> str:
    """A month by its English name, any other period as it is: part of a key, not a text to read."""
    month = re.fullmatch(r"\d{4}-(\d\d)", period)
    return MONTHS[int(month[1]) - 1] if month else period


def _rounded(value: float | None, decimals: int) -> float | None:
    return None if value is None else round(value, decimals)
