"""What every page of a programme shows around its content: the rail of steps."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from roadmap.access import ProgrammeRequest
from roadmap.domain import steps
from roadmap.steps import STEPS, Step


def of_programme(request: ProgrammeRequest) -> dict[str, Any]:
    """The rail: each step with its state and address."""
    states = steps.states(request.programme)
    rail = [
        {
            "number": step.number,
            "slug": step.slug,
            "name": step.name,
            "state": states[step.number],
            "url": reverse("roadmap:step", args=[request.workspace.slug, request.programme.pk, step.slug]),
        }
        for step in STEPS
    ]
    done = sum(stop["state"] == "done" for stop in rail)
    return {"rail": rail, "done_count": done, "step_count": len(rail)}


def state(context: dict[str, Any], step: Step) -> str:
    """The state of one step, from the rail."""
    return next(str(stop["state"]) for stop in context["rail"] if stop["number"] == step.number)
