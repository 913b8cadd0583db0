"""The chain: what a record rests on, what grew from it, and everything that hangs on it.

personal pillar → pillar → gap → vision element → vision
gap → touchpoint and evidence → sources, interviews, calls: the customer's own words
pillar → action → lever / metric → measurement → contingency

Which kinds a field may point at is read from the plan's own types (``To``), so a link added there is known
here. Whoever shows a record found here asks ``called`` for its name: it keeps back the words of a personal
pillar that is not for everyone.
"""

from __future__ import annotations

import dataclasses
import typing
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.utils.text import Truncator
from django.utils.translation import gettext as _

from roadmap.models.today import call_name

from . import plan as shapes
from .plan import ContingencyTask, CustomerCall, Measurement, PersonalPillar, Plan, SweetSpot, To

Ids = Mapping[str, tuple[str, ...]]
"""Ids grouped by the kind of record, kinds in the order of the method, ids in the order of the plan."""

CHAIN: Mapping[str, tuple[str, ...]] = {
    "finding": ("source",),
    "vision": ("built_on",),
    "insight": ("evidence",),
    "journey": ("supports",),
    "ecosystem_part": ("touchpoints",),
    "gap": ("vision_elements", "touchpoints", "evidence"),
    "pillar": ("gaps", "vision_elements"),
    "promise": ("pillar", "touchpoint", "problem"),
    "action": ("gaps", "pillars", "touchpoints"),
    "lever": ("supports_actions", "ecosystem"),
    "sweet_spot": ("touchpoint",),
    "metric": ("vision_elements", "gaps", "pillars", "touchpoints", "promises"),
    "measurement": ("metric",),
    "contingency_task": ("metric",),
    "rollout_item": ("pillars",),
    "personal_pillar": ("pillars", "touchpoints"),
}
"""The links that say why a record is there: by kind, the fields that name what it rests on."""

LEADS_TO: Mapping[str, tuple[str, ...]] = {"sweet_spot": ("actions",), "metric": ("contingency_actions",)}
"""The links that run the other way: the action rests on the sweet spot it serves, or on the missed metric."""

PARTS = {"vision_element": "vision", "vision_check": "vision", "vision_candidate": "vision", "touchpoint": "journey"}
"""Records that stand inside another. Of these, elements and touchpoints rest on what holds them."""


@dataclass(frozen=True, slots=True)
class Node:
    """A record of the plan with its kind, and the id of the record it stands inside."""

    kind: str
    id: str
    record: Any
    inside: str = ""


def nodes(plan: Plan) -> Iterator[Node]:
    """Every record of a plan, in the order of the method.

    A measurement is known by its metric and period (``m1@2026-05``), a stage assessment by its stage and place.
    """
    yield Node("programme", plan.programme.id, plan.programme)
    yield from _plain("team", plan.teams)
    yield from _plain("person", plan.people)
    if plan.readiness:
        yield from _plain("readiness_statement", plan.readiness.statements)
    yield from _plain("source", plan.sources)
    yield from _plain("finding", plan.findings)
    yield from _plain("persona", plan.personas)
    yield from _plain("interview", plan.interviews)
    if plan.vision:
        yield Node("vision", plan.vision.id, plan.vision)
        yield from _plain("vision_element", plan.vision.elements, plan.vision.id)
        yield from _plain("vision_check", plan.vision.checks, plan.vision.id)
        yield from _plain("vision_candidate", plan.vision.candidates, plan.vision.id)
    yield from _plain("key_question", plan.key_questions)
    yield from _plain("customer_call", plan.customer_calls)
    yield from _plain("insight", plan.insights)
    yield from _plain("stage", plan.stages)
    for journey in plan.journeys:
        yield Node("journey", journey.id, journey)
        yield from _plain("touchpoint", journey.touchpoints, journey.id)
    yield from _plain("ecosystem_part", plan.ecosystem)
    for place, given in enumerate(plan.stage_assessments, 1):
        yield Node("stage_assessment", f"{given.stage}@{place}", given)
    yield from _plain("gap", plan.gaps)
    yield from _plain("pillar", plan.pillars)
    yield from _plain("promise", plan.promises)
    yield from _plain("action", plan.actions)
    yield from _plain("lever", plan.levers)
    yield from _plain("sweet_spot", plan.sweet_spots)
    yield from _plain("touchpoint_idea", plan.new_touchpoint_ideas)
    yield from _plain("metric", plan.metrics)
    for measurement in plan.measurements:
        yield Node("measurement", f"{measurement.metric}@{measurement.period}", measurement)
    yield from _plain("contingency_task", plan.contingency_tasks)
    yield from _plain("rollout_item", plan.rollout)
    yield from _plain("personal_pillar", plan.personal_pillars)
    yield from _plain("workshop", plan.workshops)
    yield from _plain("decision", plan.decisions)
    yield from _plain("comment", plan.comments)


def _plain(kind: str, records: Iterable[Any], inside: str = "") -> Iterator[Node]:
    return (Node(kind, record.id, record, inside) for record in records)


# ------------------------------------------------------------------ walking


class Chain:
    """The links of one plan, both ways; build it once where many records are asked about."""

    def __init__(self, plan: Plan) -> None:
        self.nodes = {node.id: node for node in nodes(plan)}
        self._place = {identity: place for place, identity in enumerate(self.nodes)}
        self._up: dict[str, set[str]] = defaultdict(set)
        self._down: dict[str, set[str]] = defaultdict(set)
        self._pointing: dict[str, set[str]] = defaultdict(set)
        for node in self.nodes.values():
            if node.inside:
                self._pointing[node.inside].add(node.id)
                if node.kind in ("vision_element", "touchpoint"):
                    self._rests(node.id, node.inside)
            for name, target in links(node.record):
                self._pointing[target].add(node.id)
                if name in CHAIN.get(node.kind, ()):
                    self._rests(node.id, target)
                elif name in LEADS_TO.get(node.kind, ()):
                    self._rests(target, node.id)

    def _rests(self, record: str, on: str) -> None:
        self._up[record].add(on)
        self._down[on].add(record)

    def ancestors(self, record: str) -> Ids:
        """Everything the record rests on, up to the vision and the customer's own words."""
        return self._grouped(_reached(record, self._up))

    def descendants(self, record: str) -> Ids:
        """Everything that grew from the record, down to measurements, contingencies and people."""
        return self._grouped(_reached(record, self._down))

    def above(self, record: str) -> Ids:
        """One step up the chain."""
        return self._grouped(self._up.get(record, ()))

    def below(self, record: str) -> Ids:
        """One step down the chain."""
        return self._grouped(self._down.get(record, ()))

    def references(self, record: str) -> Ids:
        """What hangs on a record: every record that names it or stands inside it, decisions and comments too."""
        return self._grouped(self._pointing.get(record, ()))

    def links(self, record: str) -> Ids:
        """What a record names, whether or not it leans on it."""
        node = self.nodes.get(record)
        return self._grouped(target for _name, target in links(node.record)) if node else {}

    def _grouped(self, ids: Iterable[str]) -> Ids:
        found = defaultdict[str, list[str]](list)
        for identity in sorted({*ids} & self._place.keys(), key=self._place.__getitem__):
            found[self.nodes[identity].kind].append(identity)
        return {kind: tuple(members) for kind, members in found.items()}


def ancestors(plan: Plan, record: str) -> Ids:
    """Everything a record rests on, by kind."""
    return Chain(plan).ancestors(record)


def descendants(plan: Plan, record: str) -> Ids:
    """Everything that grew from a record, by kind."""
    return Chain(plan).descendants(record)


def references(plan: Plan, record: str) -> Ids:
    """What hangs on a record, by kind: asked before it is deleted."""
    return Chain(plan).references(record)


def _reached(start: str, edges: Mapping[str, set[str]]) -> set[str]:
    reached, waiting = set[str](), [start]
    while waiting:
        for step in edges.get(waiting.pop(), ()):
            if step not in reached:
                reached.add(step)
                waiting.append(step)
    return reached - {start}


# ------------------------------------------------------------------ links


def links(record: Any) -> Iterator[tuple[str, str]]:
    """The links of a record: the field and the id that it names, parts without an id of their own included."""
    for name, is_link in _fields(record.__class__):
        yield from ((name, target) for target in _named(getattr(record, name), is_link=is_link))


def _named(value: Any, *, is_link: bool) -> Iterator[str]:
    if value is None:
        return
    if dataclasses.is_dataclass(value):
        yield from (target for _name, target in links(value))
    elif isinstance(value, tuple | dict):
        for member in value:
            yield from _named(member, is_link=is_link)
    elif is_link:
        yield str(value)


@cache
def _fields(shape: type) -> tuple[tuple[str, bool], ...]:
    """The fields of a shape that may name a record: themselves a link, or holding parts that may have links.

    Parts that have an id are records of their own and are left to ``nodes``.
    """
    hints = typing.get_type_hints(shape, include_extras=True)
    found = []
    for field in dataclasses.fields(shape):
        parts = tuple(_parts(hints[field.name]))
        is_link = any(isinstance(part, To) for part in parts)
        held = [part for part in parts if isinstance(part, type) and dataclasses.is_dataclass(part)]
        if is_link or (held and not any("id" in shapes.names(part) for part in held)):
            found.append((field.name, is_link))
    return tuple(found)


def _parts(hint: Any) -> Iterator[Any]:
    yield hint
    yield from getattr(hint, "__metadata__", ())
    for part in typing.get_args(hint):
        yield from _parts(part)


# ------------------------------------------------------------------ names

NAME_LENGTH = 90


def said(call: CustomerCall) -> str:
    """The customer's own words: the quote, else the first answer."""
    return call.quote.strip() or next(iter(call.answers.values()), "")


def called(plan: Plan, record: Any) -> str:
    """What people call a record: its name or its words, shortened; a sweet spot goes by its touchpoint's name.

    A call of which no words were kept goes by its number and who called.
    A personal pillar that only its owner or a team may read has no name here.
    """
    if isinstance(record, PersonalPillar) and record.visibility != "programme":
        return _("a personal pillar")
    if isinstance(record, SweetSpot):
        points = (point for journey in plan.journeys for point in journey.touchpoints)
        return next((called(plan, point) for point in points if point.id == record.touchpoint), record.id)
    if isinstance(record, Measurement | ContingencyTask):
        name = next((called(plan, metric) for metric in plan.metrics if metric.id == record.metric), record.metric)
        return f"{name}, {record.period}" if isinstance(record, Measurement) else name
    if isinstance(record, CustomerCall) and not record.quote.strip():
        return call_name(record.id, next((person.name for person in plan.people if person.id == record.caller), ""))
    for attribute in ("name", "title", "label", "statement", "text", "focus", "question", "quote"):
        if words := str(getattr(record, attribute, None) or "").strip():
            return Truncator(" ".join(words.split())).chars(NAME_LENGTH)
    return str(getattr(record, "id", ""))
