"""What we know now: steps 1 to 6 on one page, on which management decides whether to go on to planning.

The page has three parts: what we want, where we start, the difference. The printed plan tells the same of them.
Management gives its word on the page as it stands: a later change of steps 1 to 6 is shown beside the approval,
and what blocks one of those steps keeps the page from being approved.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from django.utils import timezone

from cxplan.kit import statistics
from cxplan.workspaces.models import Member
from roadmap.models import Programme

from . import alignment, figures, loading, progress, records, steps
from .figures import ReadinessMeans, TouchpointFigures
from .kept import kept
from .plan import Gap, Insight, Plan, ReadinessStatement, Touchpoint, Vision

STEPS = range(1, 7)
LOWEST, INSIGHTS, GAPS = 3, 3, 4

State = Literal["open", "approved", "changed"]


class Blocked(Exception):
    """Something has to be mended first; ``items`` say what, step by step."""

    def __init__(self, items: Sequence[tuple[int, progress.Item]]) -> None:
        super().__init__("; ".join(item.text for _step, item in items))
        self.items = items


class Stale(Exception):
    """Steps 1 to 6 changed since the page was opened."""


@dataclass(frozen=True, slots=True)
class Point:
    """A touchpoint with its figures."""

    point: Touchpoint
    figures: TouchpointFigures


@dataclass(frozen=True, slots=True)
class Summary:
    """The page's three parts, and what blocks its approval.

    ``lowest`` are the touchpoints where the experience is lowest, ``below`` counts those where it falls short of what
    is expected, ``apart`` is the readiness statement on which management and staff differ most.
    """

    vision: Vision | None
    experience: float | None
    evenness: float | None
    below: int
    points: int
    lowest: tuple[Point, ...]
    calls: int
    calls_mean: float | None
    readiness: ReadinessMeans
    apart: tuple[ReadinessStatement, ReadinessMeans] | None
    insights: tuple[Insight, ...]
    gaps: tuple[Gap, ...]
    more_gaps: int
    blocks: tuple[tuple[int, progress.Item], ...]


def of_programme(programme: Programme) -> Summary:
    """The page in the reader's language; loads the plan only where nothing is kept for this revision."""
    return kept(programme, "gate", lambda: of_plan(loading.load(programme), timezone.localdate()))


def of_plan(plan: Plan, as_of: date) -> Summary:
    """The page of a plan on a day."""
    known = figures.touchpoints(plan)
    first = next(iter(figures.journeys(plan).values()), None)
    felt = [Point(point, known[point.id]) for point in plan.customer_touchpoints()]
    scored = sorted((one for one in felt if one.figures.experience is not None), key=_experience)
    ranked = rank(plan, known)
    readiness, apart = _readiness(plan)
    scores = [call.experience for call in plan.customer_calls if call.experience is not None]
    return Summary(
        vision=plan.vision,
        experience=first.weighted_experience if first else None,
        evenness=first.evenness_sd if first else None,
        below=sum((one.figures.expectation_gap or 0) < 0 for one in felt),
        points=len(felt),
        lowest=tuple(scored[:LOWEST]),
        calls=len(plan.customer_calls),
        calls_mean=statistics.mean(scores),
        insights=plan.insights[:INSIGHTS],
        gaps=ranked[:GAPS],
        more_gaps=len(ranked[GAPS:]),
        blocks=_blocks(plan, as_of),
        readiness=readiness,
        apart=apart,
    )


def rank(plan: Plan, known: Mapping[str, TouchpointFigures]) -> tuple[Gap, ...]:
    """The gaps by severity, then by how far experience falls short at their touchpoints."""

    def shortfall(gap: Gap) -> float:
        differences = [known[key].expectation_gap for key in gap.touchpoints if key in known]
        return min((one for one in differences if one is not None), default=0.0)

    return tuple(sorted(plan.gaps, key=lambda gap: (-(gap.severity or 0), shortfall(gap))))


def _experience(one: Point) -> float:
    return one.figures.experience or 0.0


def _readiness(plan: Plan) -> tuple[ReadinessMeans, tuple[ReadinessStatement, ReadinessMeans] | None]:
    """What management and staff say on the whole, and where they differ most."""
    means = figures.readiness(plan)
    statements = plan.readiness.statements if plan.readiness else ()
    apart = [
        (abs(own.management - own.staff), statement, own)
        for statement in statements
        if (own := means[statement.id]).management is not None and own.staff is not None
    ]
    widest = max(apart, key=lambda each: each[0], default=None)
    sides = {
        side: statistics.mean([mean for own in means.values() if (mean := getattr(own, side)) is not None])
        for side in ("management", "staff")
    }
    return ReadinessMeans(**sides), (widest[1], widest[2]) if widest else None


def _blocks(plan: Plan, as_of: date) -> tuple[tuple[int, progress.Item], ...]:
    lists = progress.checklists(plan, alignment.check(plan, as_of))
    return tuple((step, item) for step in STEPS for item in lists[step] if item.level == "blocks" and not item.met)


# ------------------------------------------------------------------ management's word


def last_changes(programme: Programme) -> dict[int, datetime]:
    """When each of steps 1 to 6 last changed."""
    changed = kept(programme, "gate-changes", lambda: steps.last_changes(programme))
    return {step: at for step, at in changed.items() if step in STEPS}


def is_approved(programme: Programme) -> bool:
    """Whether management has given its word, whatever changed afterwards."""
    return programme.gate_approved_on is not None or programme.gate_approved_by_id is not None


def changed_since(programme: Programme) -> list[int]:
    """The steps that changed after the approval; where its time is not known, all that ever changed."""
    given = programme.gate_approved_at
    return sorted(step for step, at in last_changes(programme).items() if given is None or at > given)


def state(programme: Programme) -> State:
    """Whether the page is approved, and still as it was then."""
    if not is_approved(programme):
        return "open"
    return "changed" if changed_since(programme) else "approved"


def seen(programme: Programme) -> str:
    """A mark of what the page tells now; an approval is given to it and to nothing newer."""
    return max(last_changes(programme).values(), default=programme.created_at).isoformat()


def approve(programme: Programme, *, by: Member, note: str, saw: str) -> None:
    """Give management's word on the page that somebody saw.

    Raises ``Stale`` where it is another by now, ``Blocked`` where something has to be mended first.
    """
    with records.writing(programme, by) as held:
        if seen(held) != saw:
            raise Stale
        if blocks := of_programme(held).blocks:
            raise Blocked(blocks)
        now = timezone.now()
        values = {"gate_approved_by": by, "gate_approved_on": timezone.localdate(now), "gate_approved_at": now}
        records.change_held(held, {**values, "gate_note": note})


def take_back(programme: Programme, *, by: Member) -> None:
    """Take management's word back."""
    empty = {"gate_approved_by": None, "gate_approved_on": None, "gate_approved_at": None, "gate_note": ""}
    records.change_programme(programme, by=by, values=empty)
