"""How a live workshop stands in a list."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from cxplan.workshops.models import State
from roadmap.access import ProgrammeRequest
from roadmap.models import Opening
from roadmap.steps import BY_NUMBER, Step


def shown(opening: Opening) -> dict[str, Any]:
    """A workshop in a list: its step, how it stands, and where one goes to take part."""
    session = opening.session
    if opening.harvested_at is not None:
        state, word = "done", _("In the plan")
    elif session.is_between and session.is_open:
        state, word = "in_progress", _("Open")
    elif session.state == State.CLOSED:
        state, word = "check_again", _("Ended, not in the plan yet")
    elif session.state == State.OPEN:
        state, word = "in_progress", _("Going on now")
    else:
        state, word = "planned", _("Not begun yet")
    return {"opening": opening, "session": session, "step": BY_NUMBER[opening.step], "state": state, "word": word}


def ahead(request: ProgrammeRequest) -> dict[str, Any] | None:
    """The live workshop that goes on now, or the next one of today or later. One query."""
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    found = Opening.objects.of(request.programme).ahead(midnight).select_related("session__facilitator").first()
    return shown(found) if found else None


def of_step(request: ProgrammeRequest, step: Step) -> list[dict[str, Any]]:
    """The latest workshops of a step. One query."""
    own = Opening.objects.of(request.programme).filter(step=step.number).latest_first()
    return [shown(opening) for opening in own.select_related("session")[:5]]
