"""What the programme's pages tell of it at a glance, kept under its revision.

Every command makes the revision grow in its own transaction, so what is kept is never stale.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from roadmap.models import Programme

from . import alignment, loading, progress, summary
from .kept import kept
from .plan import Plan


@dataclass(frozen=True)
class Overview:
    """One line of real content for each step, the vision, and how much of the chain there is."""

    lines: Mapping[int, str]
    checklists: Mapping[int, tuple[progress.Item, ...]]
    vision: str
    vision_year: int | None
    counts: Mapping[str, int]
    gaps_without_metric: int


def of_programme(programme: Programme) -> Overview:
    """The overview in the reader's language; loads the plan only where nothing is kept for this revision."""
    return kept(programme, "overview", lambda: of_plan(loading.load(programme), timezone.localdate()))


def of_plan(plan: Plan, as_of: date) -> Overview:
    """The overview of a plan on a day."""
    findings = alignment.check(plan, as_of)
    return Overview(
        lines=summary.summaries(plan, as_of),
        checklists=progress.checklists(plan, findings),
        vision=plan.vision.statement if plan.vision else "",
        vision_year=plan.vision.year if plan.vision else None,
        counts={
            "visions": int(plan.vision is not None),
            "elements": len(plan.vision.elements) if plan.vision else 0,
            "gaps": len(plan.gaps),
            "pillars": len(plan.pillars),
            "actions": len(plan.actions),
            "metrics": len(plan.metrics),
            "personal_pillars": len(plan.shared_pillars()),
        },
        gaps_without_metric=sum(finding.rule == "A07" for finding in findings),
    )
