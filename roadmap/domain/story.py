"""One thread of the chain told from end to end: from a customer's own words to what one person does differently."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from .alignment import CHOSEN_PILLARS
from .plan import Gap, Pillar, Plan
from .trace import said

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Station:
    """A record on the thread, by its kind."""

    kind: str
    record: Any


def longest(plan: Plan) -> tuple[Station, ...]:
    """The thread with the most stations; of equally long ones the first in the order of the pillars and their gaps."""
    gaps = {gap.id: gap for gap in plan.gaps}
    pillars: tuple[Pillar, ...] = CHOSEN_PILLARS.of(plan)
    threads = [tuple(_thread(plan, pillar, gaps[key])) for pillar in pillars for key in pillar.gaps if key in gaps]
    return max(threads, key=len, default=())


def _thread(plan: Plan, pillar: Pillar, gap: Gap) -> Iterator[Station]:
    elements = plan.vision.elements if plan.vision else ()
    quoted = _first(call for call in plan.customer_calls if call.id in gap.evidence and said(call))
    found = (
        ("customer_call", quoted),
        ("vision_element", _first(one for one in elements if one.id in gap.vision_elements)),
        ("gap", gap),
        ("pillar", pillar),
        ("action", _closest(plan.actions, pillar, gap)),
        ("metric", _closest(plan.metrics, pillar, gap)),
        (
            "personal_pillar",
            _first(one for one in plan.personal_pillars if pillar.id in one.pillars and one.visibility == "programme"),
        ),
    )
    return (Station(kind, record) for kind, record in found if record is not None)


def _closest(records: Iterable[Any], pillar: Pillar, gap: Gap) -> Any:
    """The first record that serves both; else the first that serves the pillar."""
    serving = [one for one in records if pillar.id in one.pillars]
    return _first(one for one in serving if gap.id in one.gaps) or _first(serving)


def _first(records: Iterable[T]) -> T | None:
    return next(iter(records), None)
