"""The twelve steps in their order and their four groups."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from . import (
    s01_sources,
    s02_interviews,
    s03_vision,
    s04_today,
    s05_journey,
    s06_gaps,
    s07_pillars,
    s08_actions,
    s09_levers,
    s10_sweet_spots,
    s11_metrics,
    s12_rollout,
)
from .questions import Question
from .step import Group, Step

STEPS: tuple[Step, ...] = (
    s01_sources.STEP,
    s02_interviews.STEP,
    s03_vision.STEP,
    s04_today.STEP,
    s05_journey.STEP,
    s06_gaps.STEP,
    s07_pillars.STEP,
    s08_actions.STEP,
    s09_levers.STEP,
    s10_sweet_spots.STEP,
    s11_metrics.STEP,
    s12_rollout.STEP,
)
GROUPS = (
    Group(_("What we aim for"), STEPS[0:3]),
    Group(_("Where we are now"), STEPS[3:6]),
    Group(_("Plan of action"), STEPS[6:11]),
    Group(_("Into practice"), STEPS[11:12]),
)
BY_NUMBER = {step.number: step for step in STEPS}
BY_SLUG = {step.slug: step for step in STEPS}

__all__ = ["BY_NUMBER", "BY_SLUG", "GROUPS", "STEPS", "Group", "Question", "Step"]
