"""What people say of the twelve steps, and when a step wants another look."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Max, Model, Q
from django.utils import timezone

from cxplan.workspaces.models import Change, Member
from roadmap.models import Programme, StepStatus, Tie

from . import kinds
from .kept import kept
from .progress import ShownState, shown
from .records import writing

STEP_COUNT = 12
#: They annotate the chain; a word said about a step does not unsettle it.
ANNOTATIONS = frozenset({"comment", "decision", "person", "team", "workshop"})


def states(programme: Programme) -> dict[int, ShownState]:
    """Every step's state by number."""
    return kept(programme, "states", lambda: _states(programme))


def _states(programme: Programme) -> dict[int, ShownState]:
    """Two queries."""
    said = {status.number: status for status in StepStatus.objects.filter(programme=programme)}
    changed = last_changes(programme)
    return {
        number: shown(
            said[number].state if number in said else "not_started",  # type: ignore[arg-type]  # kept by a constraint
            number,
            done_at=said[number].at if number in said else None,
            changed=changed,
        )
        for number in range(1, STEP_COUNT + 1)
    }


def last_changes(programme: Programme) -> dict[int, datetime]:
    """When the records of each step last changed, by the history. One query."""
    step_of = _steps_by_table()
    rows = (
        Change.objects.of(programme.workspace)
        .filter(Q(programme_id=programme.pk) | _of_its_journeys(programme), table__in=step_of)
        .values_list("table")
        .annotate(last=Max("at"))
    )
    changed: dict[int, datetime] = {}
    for table, last in rows:
        step = step_of[table]
        changed[step] = max(last, changed.get(step, last))
    return changed


def set_state(programme: Programme, number: int, state: str, *, by: Member) -> None:
    """Write down what a person says of a step."""
    with writing(programme, by) as held:
        StepStatus.objects.update_or_create(
            programme=held, number=number, defaults={"state": state, "by": by, "at": timezone.now()}
        )


def _steps_by_table() -> dict[str, int]:
    return {
        table: kind.step
        for kind in kinds.ALL
        if kind.is_record and kind.name not in ANNOTATIONS
        for table in _tables(kind.model)
    }


def _tables(model: type[Model]) -> Iterable[str]:
    """A record's own table and those of its links."""
    yield model._meta.db_table
    for field in model._meta.many_to_many:
        through: Any = field.remote_field.through
        yield through._meta.db_table


def _of_its_journeys(programme: Programme) -> Q:
    """Changes of what the workspace owns and this programme uses: its journeys may serve others too."""
    used = Q()
    for kind in kinds.ALL:
        if kind.tied and kind.is_record:
            own = Tie.objects.of(programme).exclude(**{kind.name: None}).values(kind.name)
            used |= Q(table__in=list(_tables(kind.model)), record_id__in=own)
    for name, parent in (("assessment", "touchpoint"), ("stage_assessment", "stage")):
        model = kinds.BY_NAME[name].model
        own = kinds.BY_NAME[name].objects().filter(**{f"{parent}__ties__programme": programme}).values("pk")
        used |= Q(table=model._meta.db_table, record_id__in=own)
    return used
