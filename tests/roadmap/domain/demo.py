"""The demo programme as a plan, and small changes to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

import roadmap
from roadmap.domain.plan import Plan, Touchpoint, Vision
from roadmap.exchange import read

AS_OF = date(2026, 11, 4)
FILE = Path(roadmap.__file__).parent / "demo" / "programme.yaml"


@cache
def demo(language: str = "en") -> Plan:
    return read(FILE.read_text(encoding="utf-8"), language)


@cache
def expected() -> dict[str, Any]:
    golden: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))["expected"]
    return golden


def vision(plan: Plan) -> Vision:
    assert plan.vision is not None
    return plan.vision


def edit(plan: Plan, identity: str, **values: Any) -> Plan:
    """The plan with other values in the record of that id, or of that metric for a measurement."""
    if plan.vision and identity == plan.vision.id:
        return replace(plan, vision=replace(plan.vision, **values))
    for name, records in _lists(plan):
        if any(record.id == identity for record in records):
            changed = tuple(replace(record, **values) if record.id == identity else record for record in records)
            return _with(plan, {name: changed})
    journeys = tuple(
        replace(
            journey,
            touchpoints=tuple(
                replace(point, **values) if point.id == identity else point for point in journey.touchpoints
            ),
        )
        for journey in plan.journeys
    )
    assert journeys != plan.journeys, f"nothing changed in {identity}"
    return replace(plan, journeys=journeys)


def add(plan: Plan, name: str, record: Any) -> Plan:
    """The plan with one record more at the end of a list."""
    if name == "elements":
        return replace(plan, vision=replace(vision(plan), elements=(*vision(plan).elements, record)))
    return _with(plan, {name: (*getattr(plan, name), record)})


def link(plan: Plan, identity: str, field: str, target: str) -> Plan:
    """The plan with one link more."""
    return edit(plan, identity, **{field: (*getattr(get(plan, identity), field), target)})


def get(plan: Plan, identity: str) -> Any:
    found = [record for _, records in _lists(plan) for record in records if record.id == identity]
    return found[0] if found else _point(plan, identity)


def _with(plan: Plan, values: dict[str, Any]) -> Plan:
    return replace(plan, **values)


def _point(plan: Plan, identity: str) -> Touchpoint:
    return next(point for journey in plan.journeys for point in journey.touchpoints if point.id == identity)


def _lists(plan: Plan) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """Every list of records that have an id."""
    for name in plan.__dataclass_fields__:
        records = getattr(plan, name)
        if isinstance(records, tuple) and records and hasattr(records[0], "id"):
            yield name, records
