"""In what order the records of a kind stand, and what moves when one of them takes another place.

Most kinds stand as they were put. Some follow a figure, a day or a state first, and stand as they were put among
those that are equal in it. Kinds that follow nothing but their figures or days are not here: nobody can move them.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db.models import BooleanField, Case, CharField, Expression, ExpressionWrapper, F, Q, When
from django.db.models.functions import Cast, Left
from django.utils import timezone

from roadmap.models import Measurement, Metric, Programme, Tie

from . import figures, partial
from .kinds import Kind
from .naming import name_of

TIE = "ties__"


@dataclass(frozen=True)
class Order:
    """What keeps the place of a kind's records, and what those share that change places with one another."""

    column: str = "position"
    among: tuple[str | Expression, ...] = ()
    #: Which of them the page shows.
    shown: Q | None = None
    #: A column of the record that says the same as its tie.
    also: str = ""
    #: What they share that is computed, by key.
    computed: Callable[[Programme], Mapping[int, Hashable]] | None = None


def _states(programme: Programme) -> Mapping[int, Hashable]:
    """Whether each metric met its target, as the page sorts them."""
    metrics, measurements = Metric.objects.of(programme).alive(), Measurement.objects.of(programme).alive()
    plan = partial.metrics(programme, metrics.in_order(), measurements.in_order())
    return {int(key): state for key, state in figures.statuses(plan, timezone.localdate()).items()}


_CHOSEN = ExpressionWrapper(Q(state__in=("chosen", "approved")), BooleanField())
_LIVING_STAGE = Case(When(stage__trashed_at=None, then=F("stage_id")))

ORDERED = {
    "source": Order(),
    "finding": Order(among=("theme", "weight")),
    "interview": Order(among=("kind",)),
    "vision_element": Order(among=("vision",)),
    "vision_check": Order(among=("vision",)),
    "vision_candidate": Order(among=("vision",)),
    "persona": Order(f"{TIE}position"),
    "key_question": Order(),
    "customer_call": Order(),
    "insight": Order(among=("kind",)),
    "stage": Order(f"{TIE}position", also="order"),
    "journey": Order(f"{TIE}position"),
    "touchpoint": Order("order", among=("journey", _LIVING_STAGE)),
    "ecosystem_part": Order(f"{TIE}position", among=("kind",)),
    "gap": Order(among=("severity",)),
    "pillar": Order("order", among=("kind", _CHOSEN)),
    "promise": Order(among=("status",)),
    "action": Order(among=("bucket", "due")),
    "lever": Order(among=("kind",)),
    "sweet_spot": Order("rank"),
    "touchpoint_idea": Order(),
    "metric": Order(computed=_states),
    "contingency_task": Order(shown=Q(metric__trashed_at=None)),
    "rollout_item": Order("order"),
    "personal_pillar": Order(among=("person", "team")),
}


class Way(StrEnum):
    """Where a record may go; any other place is named by the record that will follow it."""

    EARLIER = "earlier"
    LATER = "later"
    FIRST = "first"
    LAST = "last"


@dataclass(frozen=True)
class Standing:
    """One of those that stand in a row: the record, the row of the table that keeps its place, and the place."""

    pk: int
    keeper: int
    place: int
    also: int
    name: str


def row(kind: Kind, programme: Programme, pk: int) -> list[Standing]:
    """The living records that one changes places with, itself among them, in their order."""
    order = ORDERED[kind.name]
    tied = order.column.startswith(TIE)
    own = kind.objects().of(programme.workspace if kind.tied else programme).alive()
    if order.shown is not None:
        own = own.filter(order.shown)
    if kind.tied:
        own = own.filter(ties__programme=programme)
    shared = {f"shared_{at}": F(given) if isinstance(given, str) else given for at, given in enumerate(order.among)}
    found = list(
        own.annotate(
            **shared,
            keeper=F(f"{TIE}pk") if tied else F("pk"),
            place=F(order.column),
            also=F(order.also or order.column),
            name_now=Left(Cast(name_of(kind.model), CharField()), 120),
        )
        .order_by(order.column, *(() if tied else ("position",)), "pk")
        .values("pk", "keeper", "place", "also", "name_now", *shared)
    )
    computed = order.computed(programme) if order.computed else {}

    def share(one: Mapping[str, Any]) -> Hashable:
        return (computed.get(one["pk"]), *(one[name] for name in shared))

    mine = next((share(one) for one in found if one["pk"] == pk), None)
    return [
        Standing(one["pk"], one["keeper"], one["place"], one["also"], one["name_now"])
        for one in found
        if share(one) == mine
    ]


@dataclass(frozen=True)
class Moved:
    """The place a record took, of how many, and the way back."""

    place: int
    count: int
    back: Way | int


def target(standing: Sequence[Standing], pk: int, to: Way | int) -> tuple[int, int] | None:
    """From which index to which a record goes; nothing where it stands there already, or there is no such place."""
    keys = [one.pk for one in standing]
    if pk not in keys or (to not in keys and not isinstance(to, Way)):
        return None
    at, last = keys.index(pk), len(keys) - 1
    ends = {Way.EARLIER: max(at - 1, 0), Way.LATER: min(at + 1, last), Way.FIRST: 0, Way.LAST: last}
    if isinstance(to, Way):
        end = ends[to]
    else:
        before = keys.index(to)
        end = before - 1 if before > at else before
    return None if end == at else (at, end)


def place(kind: Kind, standing: Sequence[Standing], at: int, end: int) -> Moved:
    """Let the record at one index stand at another. The places that were taken stay the same, however far apart."""
    order = ORDERED[kind.name]
    follower = standing[at + 1].pk if at + 1 < len(standing) else Way.LAST
    moved = list(standing)
    moved.insert(end, moved.pop(at))
    _write(kind, order.column, {one.keeper: one.place for one in moved}, sorted(one.place for one in standing))
    if order.also:
        _write(kind, order.also, {one.pk: one.also for one in moved}, sorted(one.also for one in standing))
    return Moved(end + 1, len(standing), follower)


def _write(kind: Kind, column: str, now: Mapping[int, int], places: Sequence[int]) -> None:
    """Hand the places out in a new order; equal ones, as old files have them, are told apart.

    It makes no new version: whoever edits the words of a record is not disturbed.
    """
    model, name = (Tie, column.removeprefix(TIE)) if column.startswith(TIE) else (kind.model, column)
    least = 0 if name == "position" else 1
    rows = []
    for (pk, before), given in zip(now.items(), places, strict=True):
        taken = max(given, least)
        least = taken + 1
        if taken != before:
            rows.append(model(pk=pk, **{name: taken}))
    model._default_manager.bulk_update(rows, [name])
