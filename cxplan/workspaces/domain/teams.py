"""The teams of a workspace: named, put in order, and removed when nothing hangs on them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db import models
from django.db.models import Count, Max, Q

from cxplan.workspaces.models import Member, Team, Workspace

from .members import writing


class Way(StrEnum):
    EARLIER = "earlier"
    LATER = "later"


@dataclass(frozen=True)
class Hanging:
    """How many of a kind name the team."""

    model: type[models.Model]
    count: int


class InUse(Exception):
    """People are in the team, or records name it."""

    def __init__(self, hanging: list[Hanging]) -> None:
        super().__init__(", ".join(f"{each.count} × {each.model._meta.label}" for each in hanging))
        self.hanging = hanging


def listed(workspace: Workspace) -> list[Team]:
    """The teams in order; each knows its present people as ``people_count``. One query."""
    counted = Count("members", filter=Q(members__left_at=None))
    return list(Team.objects.of(workspace).annotate(people_count=counted).in_order())


def add(*, workspace: Workspace, name: str) -> Team:
    """A team after the others."""
    with writing(workspace):
        last = Team.objects.of(workspace).aggregate(last=Max("position"))["last"] or 0
        return Team.objects.create(workspace=workspace, name=name, position=last + 1)


def rename(team: Team, name: str) -> None:
    """Call a team something else, also on every record that names it."""
    team.name = name
    team.save(update_fields=["name", "updated_at"])


def move(team: Team, way: Way) -> bool:
    """Let a team change places with the one before or after it; says whether it moved."""
    with writing(team.workspace):
        row = list(Team.objects.of(team.workspace).in_order())
        here = next((place for place, each in enumerate(row) if each.pk == team.pk), -1)
        there = here + (1 if way is Way.LATER else -1)
        if here < 0 or not 0 <= there < len(row):
            return False
        row[here], row[there] = row[there], row[here]
        for place, each in enumerate(row, 1):
            each.position = place
        Team.objects.bulk_update(row, ["position"])
        return True


def remove(team: Team) -> None:
    """Remove a team for good; who has left the workspace is then of no team. Raises ``InUse`` where it is not empty."""
    with writing(team.workspace):
        hanging = list(_hanging(team))
        if hanging:
            raise InUse(hanging)
        Member.objects.of(team.workspace).filter(team=team).update(team=None)
        team.delete()


def _hanging(team: Team) -> Iterator[Hanging]:
    """What names the team and would stand in its way, whichever floor it lives on; its places in programmes do not."""
    present = Member.objects.of(team.workspace).present().filter(team=team).count()
    if present:
        yield Hanging(Member, present)
    for relation in Team._meta.get_fields(include_hidden=True):
        holds = getattr(relation, "on_delete", None) is models.PROTECT or (
            relation.many_to_many and relation.auto_created
        )
        model: Any = relation.related_model
        if not holds or model is Member or not isinstance(relation, models.ForeignObjectRel):
            continue
        if count := model._default_manager.filter(**{relation.field.name: team}).count():
            yield Hanging(model, count)
