"""From a plan to a document that reads back as the same plan.

A key that is absent, null, an empty text or an empty list means the same, so what is empty or stands
at its default is left out, save for the keys of ``ALWAYS``: readers look for those. Private personal
pillars are their owners' alone: no document holds them, nor a comment on one.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import replace
from datetime import date
from typing import Any

import yaml

from roadmap.domain import plan as shapes
from roadmap.domain.plan import Plan

from .shape import Key, identities, keys
from .storing import pillar_state

ALWAYS: dict[type[Any], Collection[str]] = {
    Plan: ("schema_version", "languages", "default_language"),
    shapes.Weights: shapes.names(shapes.Weights),
    shapes.Scale: ("min", "max"),
    shapes.ScoreScale: ("min", "max"),
    shapes.Vision: ("status",),
    shapes.VisionCandidate: ("chosen",),
    shapes.Journey: ("state",),
    shapes.Promise: ("selected_by", "status", "target"),
    shapes.Action: ("status",),
    shapes.TouchpointIdea: ("chosen",),
    shapes.Metric: ("direction",),
    shapes.ContingencyTask: ("status",),
    shapes.RolloutItem: ("status",),
    shapes.PersonalPillar: ("pillars", "touchpoints", "visibility"),
}
#: What is always said of a customer journey and its touchpoints, and of an employee's only where it is so.
ALWAYS_FOR_CUSTOMERS: dict[type[Any], Collection[str]] = {
    shapes.Journey: ("customer_took_part",),
    shapes.Touchpoint: ("moment_of_truth", "meets"),
}


class _Line(list[Any]):
    """A short list that stands on one line."""


def write(plan: Plan) -> dict[str, Any]:
    """The plan as plain values, in the shape of the exchange format."""
    return _record(_publishable(plan))


def to_yaml(plan: Plan) -> str:
    text: str = yaml.dump(
        write(plan), Dumper=_Dumper, allow_unicode=True, sort_keys=False, default_flow_style=False, width=1_000_000_000
    )
    return text


def to_json(plan: Plan) -> str:
    return json.dumps(write(plan), ensure_ascii=False, indent=2, default=date.isoformat) + "\n"


def _publishable(plan: Plan) -> Plan:
    """The plan as others may see it, and as it reads back: nothing private, no link to what is not there."""
    usual = pillar_state(plan)
    plan = replace(
        Plan(**{name: getattr(plan, name) for name in shapes.names(Plan)}),  # a loaded plan holds more
        personal_pillars=tuple(one for one in plan.personal_pillars if one.visibility != "private"),
        pillars=tuple(replace(one, state=None) if one.state == usual else one for one in plan.pillars),
    )
    before = None
    while before != plan.comments:  # a comment may be about a comment that goes
        before, there = plan.comments, set(identities(plan))
        plan = replace(plan, comments=tuple(one for one in plan.comments if one.about in there))
    return replace(
        plan,
        decisions=tuple(replace(one, about=tuple(id_ for id_ in one.about if id_ in there)) for one in plan.decisions),
    )


def _record(record: Any, *, customer: bool = False) -> dict[str, Any]:
    shape = record.__class__
    customer = customer or (isinstance(record, shapes.Journey) and record.kind == "customer")
    always = {*ALWAYS.get(shape, ()), *(ALWAYS_FOR_CUSTOMERS.get(shape, ()) if customer else ())}
    return {
        name: _value(getattr(record, name), customer=customer)
        for name, key in keys(shape).items()
        if name in always or _is_said(getattr(record, name), key)
    }


def _is_said(value: Any, key: Key) -> bool:
    return key.required or not (value is None or value in ("", ()) or value == key.default)


def _value(value: Any, *, customer: bool) -> Any:
    if isinstance(value, tuple):
        items = [_value(item, customer=customer) for item in value]
        return items if any(isinstance(item, dict) for item in items) else _Line(items)
    if isinstance(value, dict):
        return {key: _value(item, customer=customer) for key, item in value.items()}
    if isinstance(value, float):
        return int(value) if value.is_integer() else value
    if hasattr(value, "__dataclass_fields__"):
        return _record(value, customer=customer)
    return value


class _Dumper(yaml.CSafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True


def _line(dumper: _Dumper, data: _Line) -> yaml.Node:
    short = sum(len(str(item)) + 2 for item in data) < 100
    return dumper.represent_sequence("tag:yaml.org,2002:seq", data, flow_style=short)


_Dumper.add_representer(_Line, _line)
