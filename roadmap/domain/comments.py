"""What people say of a record. A comment names the record by its exchange id, as files do."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import JSONObject
from django.utils import timezone

from cxplan.workspaces.models import Member, Record, Role
from roadmap.models import Comment, Programme, ProgrammeRecord, Tie

from . import records
from .kinds import ALL, BY_MODEL, BY_NAME

#: Kinds that a file knows by no id of their own, and those that are their writer's alone.
_WITHOUT = {"assessment", "stage_assessment", "measurement", "personal_pillar"}
#: Kinds that have no page.
_UNSEEN = {"team", "person", "theme", "readiness_round", "comment"}
COMMENTED = frozenset(kind.name for kind in ALL) - _WITHOUT - _UNSEEN
_TIED = tuple(kind.name for kind in ALL if kind.tied and kind.name in COMMENTED)

Counts = Mapping[Hashable, int]


def takes(record: Any) -> bool:
    """Whether anything can be said of a record."""
    return BY_MODEL[type(record)].name in COMMENTED


def name_in(programme: Programme, record: Record) -> str:
    """What a comment calls a record; empty for one that does not stand in the programme."""
    if isinstance(record, ProgrammeRecord):
        return record.exchange_id
    kind = BY_MODEL[type(record)].name
    return Tie.objects.of(programme).filter(**{kind: record}).values_list("exchange_id", flat=True).first() or ""


def about(programme: Programme, record: Record) -> list[Comment]:
    """What was said of a record, the first word first."""
    own = Comment.objects.of(programme).alive().filter(about=name_in(programme, record))
    return list(own.in_order().select_related("by"))


def counts(programme: Programme) -> Counts:
    """How many comments each record of a programme has, in one query; `count_of` reads it."""
    ties = Tie.objects.of(programme).filter(exchange_id=OuterRef("about"))
    keys = Subquery(ties.values(keys=JSONObject(**{name: f"{name}_id" for name in _TIED})))
    said = Comment.objects.of(programme).alive().values("about").annotate(count=Count("pk"), keys=keys)
    found: dict[Hashable, int] = {}
    for one in said:
        key = next(((name, pk) for name, pk in (one["keys"] or {}).items() if pk is not None), one["about"])
        found[key] = one["count"]
    return found


def count_of(record: Record, counted: Counts) -> int:
    """How many comments a record has."""
    if isinstance(record, ProgrammeRecord):
        return counted.get(record.exchange_id, 0)
    return counted.get((BY_MODEL[type(record)].name, record.pk), 0)


def may_write(comment: Comment, member: Member) -> bool:
    """Whoever wrote it, and whoever leads."""
    return comment.by_id == member.pk or member.may(Role.LEAD)


def add(record: Record, *, programme: Programme, by: Member, text: str) -> Record:
    """Say something of a record, today."""
    values = {"text": text, "by": by, "on": timezone.localdate(), "about": name_in(programme, record)}
    return records.add(BY_NAME["comment"], programme=programme, by=by, values=values)
