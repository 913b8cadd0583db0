"""What hangs on a stored record: asked before it goes to the trash, in one query, however many kinds may lean on it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Case, CharField, F, OuterRef, QuerySet, TextField, Value, When
from django.db.models.functions import Cast
from django.utils.text import Truncator, get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cxplan.workspaces.models import Record
from roadmap.models import KeyQuestion, PersonalPillar, ProgrammeRecord, Tie, VisionCheck
from roadmap.models.rollout import PersonalPillarVisibility

from .kinds import ALL, BY_MODEL, BY_NAME, Kind, mark
from .naming import counted, name_of
from .trace import NAME_LENGTH

Rows = QuerySet[Any, tuple[str, int, str]]
MOST_NAMED = 5

#: Where a record leans on another by rows of its own that are no records: a call by its answers.
THROUGH: dict[type[models.Model], tuple[tuple[Kind, str], ...]] = {
    KeyQuestion: ((BY_NAME["customer_call"], "answers__question"),)
}


#: What every record of a kind comes with, and nobody made by hand: the questions that a vision is tried by.
OWN_PARTS = {VisionCheck}


@dataclass(frozen=True, slots=True)
class Hanging:
    """How many living records of a kind lean on a record, and the names of the first whose words are for everyone."""

    kind: Kind
    count: int
    names: tuple[str, ...]

    @property
    def mark(self) -> str:
        """The silhouette of the kind."""
        return mark(self.kind.name)

    @property
    def unnamed(self) -> int:
        """How many there are beside those that are named."""
        return self.count - len(self.names)


def on(record: Record) -> list[Hanging]:
    """The living records that name a record or stand inside it, by kind in the order of the method."""
    parts = [_rows(kind, {name: record}) for kind, name in _leaning(type(record))]
    parts.append(_rows(BY_NAME["decision"], _about(record)))
    first, *rest = parts
    rows = sorted(first.union(*rest), key=lambda row: (_place(row[0]), row[1]))
    return [_hanging(BY_NAME[kind], list(own)) for kind, own in groupby(rows, key=lambda row: row[0])]


def _hanging(kind: Kind, rows: list[tuple[str, int, str]]) -> Hanging:
    names = (Truncator(" ".join(name.split())).chars(NAME_LENGTH) for _kind, _pk, name in rows if name)
    return Hanging(kind, len(rows), tuple(names)[:MOST_NAMED])


def sentence(found: Iterable[Hanging]) -> str:
    """What hangs on it, counted: "2 actions and 1 metric lean on this." """
    listed = list(found)
    what = get_text_list([counted(each.kind.name, each.count) for each in listed], _("and"))
    total = sum(each.count for each in listed)
    return ngettext("%(what)s leans on this.", "%(what)s lean on this.", total) % {"what": what}


@cache
def _leaning(model: type[models.Model]) -> tuple[tuple[Kind, str], ...]:
    """The kinds that may point at a kind of record, each with the field that does."""
    return (*_pointing(model), *THROUGH.get(model, ()))


def _pointing(model: type[models.Model]) -> Iterator[tuple[Kind, str]]:
    for relation in model._meta.get_fields(include_hidden=True):
        if isinstance(relation, models.ForeignObjectRel) and relation.related_model in BY_MODEL.keys() - OWN_PARTS:
            yield BY_MODEL[relation.related_model], relation.field.name


def _rows(kind: Kind, leaning: dict[str, Any]) -> Rows:
    own = kind.objects().alive().filter(**leaning)
    if issubclass(kind.model, ProgrammeRecord):
        own = own.filter(programme__trashed_at=None)
    name: Any = name_of(kind.model)
    if kind.model is PersonalPillar:
        shared = When(visibility=PersonalPillarVisibility.PROGRAMME, then=F("statement"))
        name = Case(shared, default=Value(""), output_field=TextField())
    named = own.annotate(of_kind=Value(kind.name, CharField()), called=Cast(name, TextField()))
    rows: Rows = named.order_by().values_list("of_kind", "pk", "called")
    return rows


def _about(record: Record) -> dict[str, Any]:
    """How decisions name a record: by the id that it goes by in their programme."""
    if isinstance(record, ProgrammeRecord):
        return {"programme": record.programme_id, "about__contains": [record.exchange_id]}
    if not BY_MODEL[type(record)].tied:
        return {"pk__in": []}
    ties = Tie.objects.filter(**{BY_MODEL[type(record)].name: record, "programme": OuterRef("programme")})
    return {"about__overlap": ArraySubquery(ties.values("exchange_id"))}


def _place(kind: str) -> int:
    return ALL.index(BY_NAME[kind])
