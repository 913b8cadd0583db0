"""A part of a plan from rows that a page has fetched already, so that its figures cost no further query.

Ids in it are the rows' own keys, unique within their kind; they mean nothing outside.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from journeys.models.assessment import SCORES
from roadmap.models import Programme

from . import plan as shapes
from .loading import weights
from .plan import Plan

S = TypeVar("S")


def part(programme: Programme, **parts: Any) -> Plan:
    """A plan with the programme's weights and the given parts."""
    own = shapes.Programme(id="programme", name=programme.name, weights=weights(programme))
    return Plan(programme=own, **parts)


def shaped(row: Any, shape: type[S], **links: Any) -> S:
    """A row's own columns in the shape of the plan; links are given."""
    columns = {field.attname for field in row._meta.concrete_fields if not field.is_relation}
    known = {
        name: getattr(row, name)
        for name in shapes.names(shape)
        if name in columns and name not in links and name not in ("id", "position")
    }
    identity = {"id": str(row.pk)} if "id" in shapes.names(shape) else {}
    return shape(**identity, **known, **links)


def metrics(programme: Programme, rows: Iterable[Any], measurements: Iterable[Any]) -> Plan:
    """Metrics and what was measured."""
    return part(
        programme,
        metrics=tuple(shaped(row, shapes.Metric) for row in rows),
        measurements=tuple(
            shaped(row, shapes.Measurement, metric=str(row.metric_id), counts=_counts(row.counts))
            for row in measurements
        ),
    )


def _counts(given: dict[str, int] | None) -> dict[int, int] | None:
    return None if given is None else {int(score): n for score, n in given.items()}


def spots(programme: Programme, rows: Iterable[Any], journeys: Iterable[Any], points: Iterable[Any]) -> Plan:
    """Sweet spots and the customer touchpoints they are chosen from, each with its latest assessment in ``latest``."""
    placed: dict[int, list[shapes.Touchpoint]] = {}
    for point in points:
        scores = {}
        if point.latest:
            scores = {name: getattr(point.latest[0], name) for name in SCORES}
        placed.setdefault(point.journey_id, []).append(shaped(point, shapes.Touchpoint, **scores))
    return part(
        programme,
        journeys=tuple(
            shapes.Journey(id=str(row.pk), kind="customer", name=row.name, touchpoints=tuple(placed.get(row.pk, ())))
            for row in journeys
        ),
        sweet_spots=tuple(
            shapes.SweetSpot(
                id=str(row.pk),
                rank=row.rank,
                reason=row.reason,
                touchpoint=str(row.touchpoint_id) if row.touchpoint_id else None,
            )
            for row in rows
        ),
    )


def actions(programme: Programme, rows: Iterable[Any]) -> Plan:
    """Actions without their links."""
    return part(programme, actions=tuple(shaped(row, shapes.Action) for row in rows))


def rollout(programme: Programme, rows: Iterable[Any], actions: Iterable[Any]) -> Plan:
    """The rollout and the actions whose due dates stand under it."""
    return part(
        programme,
        rollout=tuple(shaped(row, shapes.RolloutItem) for row in rows),
        actions=tuple(shaped(row, shapes.Action) for row in actions),
    )


def readiness(programme: Programme, rows: Iterable[Any]) -> Plan:
    """The statements of the latest round with their answers; each row knows its ``round``."""
    listed = list(rows)
    if not listed:
        return part(programme)
    latest = listed[0].round
    statements = tuple(
        shaped(
            row,
            shapes.ReadinessStatement,
            answers=shapes.ReadinessAnswers(
                **{
                    group: tuple(answer.value for answer in row.answers.all() if answer.group == group)
                    for group in ("management", "staff")
                }
            ),
        )
        for row in listed
        if row.round_id == latest.pk
    )
    scale = shapes.Scale(min=latest.scale_min, max=latest.scale_max)
    return part(programme, readiness=shapes.Readiness(asked_on=latest.asked_on, scale=scale, statements=statements))
