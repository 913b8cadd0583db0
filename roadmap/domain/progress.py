"""How far each step has come: its checklist from the plan, and the state that is shown.

A person calls a step done, seeing the checklist; nothing here does it for them. What ``blocks`` should be there
before that, what ``warns`` is a hole worth knowing. A line about what a programme may well do without (promises,
employee journeys) stands there once there is one. A done step wants another look when something it builds on
changed afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from . import alignment
from .alignment import Finding, Level
from .plan import Person, Pillar, Plan, StepState

ShownState = Literal["not_started", "in_progress", "done", "check_again"]

BUILDS_ON: Mapping[int, tuple[int, ...]] = {
    1: (),
    2: (),
    3: (1, 2),
    4: (),
    5: (4,),
    6: (3, 4, 5),
    7: (3, 6),
    8: (6, 7),
    9: (8,),
    10: (5,),
    11: (3, 6, 7, 10),
    12: (7,),
}
"""What each step's answers follow from: a change there asks for another look here.

Not every link counts, or the word would always be there: the order of sweet spots follows from the touchpoints'
scores, not from the actions that are named beside them.
"""

CONCRETE_WORDS = 15
"""A pillar longer than its frame ("We never") and twelve words is rarely one behaviour."""


@dataclass(frozen=True, slots=True)
class Item:
    """One line of "done when". ``holes`` are the findings behind a line that is not met, ``missing`` counts them."""

    text: str
    met: bool
    level: Level
    detail: str = ""
    holes: tuple[Finding, ...] = ()
    missing: int = 0


def shown(said: StepState, step: int, *, done_at: datetime | None, changed: Mapping[int, datetime]) -> ShownState:
    """What a person said of the step, or that it wants another look.

    ``changed`` says for each step when its records last changed, ``done_at`` when this one was called done;
    where that is not known, it counts as done before every change.
    """
    if said != "done":
        return said
    since = [changed[below] for below in BUILDS_ON[step] if below in changed]
    return "check_again" if any(done_at is None or at > done_at for at in since) else said


def standing(state: ShownState, items: Iterable[Item]) -> str:
    """How a step stands: the same as long as neither its state nor its checklist changed, in every language."""
    return f"{state} " + " ".join("met" if item.met else f"-{item.missing}" for item in items)


def checklists(plan: Plan, findings: Iterable[Finding]) -> dict[int, tuple[Item, ...]]:
    """The checklist of every step, in the active language."""
    by_rule: dict[str, list[Finding]] = {rule.id: [] for rule in alignment.RULES}
    for finding in findings:
        by_rule[finding.rule].append(finding)
    return {step: tuple(make(plan, by_rule)) for step, make in CHECKLISTS.items()}


# ------------------------------------------------------------------ kinds of line

ByRule = Mapping[str, Sequence[Finding]]


def _rule(by_rule: ByRule, text: str, *rules: str, of: Sequence[object]) -> Item:
    """Met where there are records, and none has a hole that these rules see."""
    if not of:
        return _none_yet(text)
    holes = tuple(hole for rule in rules for hole in by_rule[rule])
    level: Level = "blocks" if any(alignment.BY_ID[rule].level == "blocks" for rule in rules) else "warns"
    count = len({hole.record for hole in holes})
    detail = ngettext("%(count)d missing", "%(count)d missing", count) % {"count": count} if count else ""
    return Item(text, not holes, level, detail, holes, count)


def _any(text: str, records: Sequence[object]) -> Item:
    """Met where there is a record at all: an empty step is not done."""
    return Item(text, bool(records), "blocks", str(len(records)) if records else "")


def _all(text: str, records: Sequence[object], good: int, *, level: Level) -> Item:
    """Met where there are records, and every one is as it should be."""
    if not records:
        return _none_yet(text)
    detail = _("%(good)d of %(all)d") % {"good": good, "all": len(records)} if good < len(records) else ""
    return Item(text, good == len(records), level, detail, missing=len(records) - good)


def _none_yet(text: str) -> Item:
    """Nothing can be said of every record while there is none; whether there must be one is said by another line."""
    return Item(text, met=False, level="warns", detail=_("none yet"))


# ------------------------------------------------------------------ the twelve


def _sources(plan: Plan, by_rule: ByRule) -> Iterable[Item]:
    kinds = {source.kind for source in plan.sources}
    wanted = ("vision", "mission", "brand", "strategy")
    yield _any(_("Findings are written down"), plan.findings)
    sourced = sum(1 for finding in plan.findings if finding.source)
    yield _all(_("Every finding has its source"), plan.findings, sourced, level="blocks")
    themed = sum(1 for finding in plan.findings if finding.theme.strip())
    yield _all(_("Every finding has a theme"), plan.findings, themed, level="warns")
    yield _all(
        _("Vision, mission, brand and strategy have been read"), wanted, len(kinds.intersection(wanted)), level="warns"
    )


def _interviews(plan: Plan, by_rule: ByRule) -> Iterable[Item]:
    heard = {interview.kind for interview in plan.interviews}
    yield _any(_("Somebody has been interviewed"), plan.interviews)
    yield _rule(by_rule, _("Every interview has an interviewer and consent"), "A30", of=plan.interviews)
    yield Item(_("Customers and staff have both been heard"), {"customer", "staff"} <= heard, "warns")


def _vision(plan: Plan, by_rule: ByRule) -> Iterable[Item]:
    vision = plan.vision
    checks = vision.checks if vision else ()
    answered = sum(1 for check in checks if check.answer)
    yield Item(
        _("The vision is one sentence with its year"),
        vision is not None and bool(vision.statement.strip()) and vision.year is not None,
        "blocks",
    )
    rests = _("It rests on findings or interviews")
    yield _rule(by_rule, rests, "A01", of=[vision]) if vision else Item(rests, met=False, level="blocks")
    elements = len(vision.elements) if vision else 0
    yield Item(
        _("It has two to four elements"),
        2 <= elements <= 4,
        "blocks",
        str(elements),
        tuple(by_rule["A02"]),
        max(2 - elements, elements - 4, 0),
    )
    yield Item(
        _("Its checks are answered"),
        bool(checks) and answered == len(checks),
        "blocks",
        _("%(good)d of %(all)d") % {"good": answered, "all": len(checks)} if answered < len(checks) else "",
        missing=len(checks) - answered,
    )
    approved = vision is not None and vision.status == "approved"
    yield Item(
        _("Management has approved it"), approved, "warns", "" if approved else _("an approver gives the word here")
    )


def _today(plan: Plan, by_rule: ByRule) -> Iterable[Item]:
    managers = {person.id for person in plan.people if _is_manager(plan, person)}
    calls = sum(1 for call in plan.customer_calls if call.caller in managers)
    yield _any(_("Insights are written down"), plan.insights)
    yield _rule(by_rule, _("Every insight has evidence"), "A29", of=plan.insights)
    yield Item(
        _("Management has called customers itself"),
        calls > 0,
        "warns",
        ngettext("%(count)d call", "%(count)d calls", calls) % {"count": calls} if calls else "",
    )


def _journey(plan: Plan, by_rule: ByRule) -> Iterable[Item]:
    points, journeys = plan.customer_touchpoints(), plan.customer_journeys()
    scored = sum(
        1 for point in points if None not in (point.importance, point.effectiveness, point.ease, point.emotion)
    )
    present = sum(1 for journey in journeys if journey.customer_took_part)
    yield _any(_("The customer's touchpoints are mapped"), points)
    yield _rule(by_rule, _("Every touchpoint stands on a stage"), "A31", of=points)
    yield _rule(by_rule, _("Every touchpoint has an owner and an emotion target"), "A24", of=points)
    yield _all(_("Every touchpoint has been assessed"), points, scored, level="warns")
    yield Item(
        _("A customer took part in every customer journey"), bool(journeys) and present == len(journeys), "warns"
    )
    if employees := alignment.EMPLOYEE_JOURNEYS.of(plan):
        yield _rule(by_rule, _("Every employee journey supports a touchpoint"), "A34", of=employees)


def _gaps(plan: Plan, by_rule: ByRule) -> Iterable[Item]:
    yield _any(_("Gaps are written down"), plan.gaps)
    yield _rule(by_rule, _("Every gap has a vision element, a touchpoint and evidence"), "A04", of=plan.gaps)
    yield _rule(by_rule, _("Every vision element has a gap"), "A03", of=alignment.ELEMENTS.of(plan))


def _pillars(plan: Plan, by_rule: ByRule) -> Iterable[Item]:
    chosen: Sequence[Pillar] = alignment.CHOSEN_PILLARS.of(plan)
    short = sum(1 for pillar in chosen if len(pillar.statement.split()) <= CONCRETE_WORDS)
    # A pillar without a state came in from a file: approved when the step was done
    step_done = plan.step_status.get(7) == "done"
    approved = sum(1 for pillar in chosen if pillar.state == "approved" or (pillar.state is None and step_done))
    yield Item(
        _("Three to seven pillars are chosen"),
        3 <= len(chosen) <= 7,
        "blocks",
        str(len(chosen)),
        missing=max(3 - len(chosen), len(chosen) - 7, 0),
    )
    yield _rule(by_rule, _("Every pillar has a gap and a vision element"), "A08", of=plan.pillars)
    if promises := alignment.PROMISES.of(plan):
        yield _rule(by_rule, _("Every promise has a pillar, a touchpoint and a gap"), "A26", of=promises)
    yield _rule(by_rule, _("Every gap has a pillar"), "A05", of=plan.gaps)
    yield _rule(by_rule, _("Every vision element has a pillar"), "A27", of=alignment.ELEMENTS.of(plan))
    yield _all(_("Every pillar is short enough to act on tomorrow"), chosen, short, level="warns")
    yield Item(
        _("Management has approved the pillars"),
        bool(chosen) and approved == len(chosen),
        "warns",
        _("an approver gives the word here") if approved < len(chosen) else "",
        missing=len(chosen) - approved,
    )


def _actions(plan: Plan, by_rule: ByRule) -> Iterable[Item]:
    yield _any(_("Actions are written down"), plan.actions)
    yield _rule(by_rule, _("Every action has a gap and a pillar"), "A11", of=plan.actions)
    yield _rule(by_rule, _("Every action has an owner and a due date"), "A12", of=plan.actions)
    yield _rule(by_rule, _("Every gap has an action"), "A06", of=plan.gaps)
    yield _rule(by_rule, _("Every pillar has an action"), "A09", of=alignment.CHOSEN_PILLARS.of(plan))


def _levers(plan: Plan, by_rule: ByRule) -> Iterable[Item]:
    yield _any(_("Levers are written down"), plan.levers)
    yield _rule(by_rule, _("Every lever has an owner"), "A13", of=plan.levers)
    yield _rule(by_rule, _("Every lever supports an action"), "A33", of=plan.levers)
    yield _rule(by_rule, _("Every action uses a lever"), "A14", of=plan.actions)
    systems = [lever for lever in plan.levers if lever.kind == "system"]
    placed = sum(1 for lever in systems if lever.ecosystem)
    if systems:
        yield _all(_("Every system used as a lever is placed in the service ecosystem"), systems, placed, level="warns")


def _sweet_spots(plan: Plan, by_rule: ByRule) -> Iterable[Item]:
    placed = sum(1 for spot in plan.sweet_spots if spot.touchpoint)
    yield _any(_("Sweet spots are ranked"), plan.sweet_spots)
    yield _all(_("Every sweet spot is a touchpoint"), plan.sweet_spots, placed, level="blocks")
    yield _rule(by_rule, _("Every departure from the computed order has its reason"), "A15", of=plan.sweet_spots)
    yield _rule(by_rule, _("Every sweet spot has an action"), "A16", of=plan.sweet_spots)


def _metrics(plan: Plan, by_rule: ByRule) -> Iterable[Item]:
    compared = {point for metric in plan.metrics for point in metric.touchpoints}
    yield _any(_("Metrics are set"), plan.metrics)
    yield _rule(by_rule, _("Every metric has a vision element, a gap and a pillar"), "A17", of=plan.metrics)
    yield _rule(by_rule, _("Every metric has a target, a date, an owner and a contingency"), "A18", of=plan.metrics)
    yield _rule(by_rule, _("Every gap has a metric"), "A07", of=plan.gaps)
    yield _rule(by_rule, _("Every pillar has a metric"), "A10", of=alignment.CHOSEN_PILLARS.of(plan))
    yield _rule(by_rule, _("Every vision element has a metric"), "A28", of=alignment.ELEMENTS.of(plan))
    yield _rule(by_rule, _("Every sweet spot has a metric"), "A32", of=plan.sweet_spots)
    yield Item(_("Touchpoints are measured, so that they can be compared"), len(compared) > 1, "warns")
    yield _rule(by_rule, _("The contingency of every missed target is under way"), "A19", of=plan.metrics)


def _rollout(plan: Plan, by_rule: ByRule) -> Iterable[Item]:
    yield _any(_("The rollout is planned"), plan.rollout)
    yield _rule(by_rule, _("Every rollout item has a team, a pillar and dates"), "A20", of=plan.rollout)
    yield _rule(by_rule, _("Every personal pillar serves a pillar"), "A23", of=plan.personal_pillars)
    yield _rule(by_rule, _("Every pillar is in the rollout"), "A21", of=alignment.CHOSEN_PILLARS.of(plan))
    yield _rule(by_rule, _("The rollout reaches every team"), "A25", of=plan.teams)
    yield _rule(by_rule, _("Every pillar lives in a personal pillar"), "A22", of=alignment.CHOSEN_PILLARS.of(plan))


CHECKLISTS: Mapping[int, Callable[[Plan, ByRule], Iterable[Item]]] = {
    1: _sources,
    2: _interviews,
    3: _vision,
    4: _today,
    5: _journey,
    6: _gaps,
    7: _pillars,
    8: _actions,
    9: _levers,
    10: _sweet_spots,
    11: _metrics,
    12: _rollout,
}


def _is_manager(plan: Plan, person: Person) -> bool:
    """Whether somebody belongs to management: the sponsor, the sponsor's team, or a manager by part."""
    sponsor = next((other for other in plan.people if other.id == plan.programme.sponsor), None)
    return (
        person.role in ("sponsor", "manager")
        or person == sponsor
        or (sponsor is not None and sponsor.team is not None and person.team == sponsor.team)
    )
