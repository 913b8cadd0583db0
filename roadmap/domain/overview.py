"""What the programme's pages tell of it at a glance, kept under its revision.

Every command makes the revision grow in its own transaction, so what is kept is never stale.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import get_language

from cxplan.kit.cache import remember
from roadmap.models import Programme

from . import loading, summary
from .plan import Plan

FORMAT = 1  # grows when the shape of what is kept changes


@dataclass(frozen=True)
class Overview:
    """One line of real content for each step, the vision, and how much of the chain there is."""

    lines: Mapping[int, str]
    vision: str
    vision_year: int | None
    counts: Mapping[str, int]
    gaps_without_metric: int


def of_programme(programme: Programme) -> Overview:
    """The overview in the reader's language; loads the plan only where nothing is kept for this revision."""
    key = f"overview:{FORMAT}:{programme.pk}:{programme.revision}:{get_language()}"
    return remember(key, lambda: of_plan(loading.load(programme)))


def of_plan(plan: Plan) -> Overview:
    """The overview of a plan."""
    measured = {gap for metric in plan.metrics for gap in metric.gaps}
    return Overview(
        lines=summary.lines(plan),
        vision=plan.vision.statement if plan.vision else "",
        vision_year=plan.vision.year if plan.vision else None,
        counts={
            "visions": int(plan.vision is not None),
            "elements": len(plan.vision.elements) if plan.vision else 0,
            "gaps": len(plan.gaps),
            "pillars": len(plan.pillars),
            "actions": len(plan.actions),
            "metrics": len(plan.metrics),
            "personal_pillars": len(plan.personal_pillars),
        },
        gaps_without_metric=sum(gap.id not in measured for gap in plan.gaps),
    )
