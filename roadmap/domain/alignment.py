"""Where the chain has holes: the rules A01 to A34, each a small pure check over a plan.

A rule looks at the records of one kind and says of each whether it has a hole; there is one finding per record
and rule. "Without a, b or c" means that at least one of them is missing, a blank text being missing too.
``blocks`` keeps a record from being approved or its step from being called done, ``warns`` shows a hole.

How the rules are read:

* A01 and A02 need a vision to speak of; a programme without one is seen by its step.
* Pillars that are still proposed or worded, also those left waiting once others were chosen, owe the chain
  nothing yet: only A08, which keeps a pillar from approval, looks at them, and a gap or a vision element that
  only such pillars serve has no pillar (A05, A27). A pillar without a state counts as chosen.
* A rejected promise needs nothing (A26).
* A15 compares the team's order with the priorities among the sweet spots themselves
  (``figures.sweet_spot_places``); each spot whose place differs needs its own reason.
* A18 asks for the contingency in words; contingency actions carry it out and do not replace it.
* A19: a contingency is under way when one of its actions is in progress or done, or a task opened for it was
  accepted or done.
* A22 counts private personal pillars. No message carries the words, or the person, of a personal pillar that
  is not for the whole programme.
* A25 looks at the teams that take part in the programme.
* A30: consent that was refused is missing consent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from django.utils.formats import number_format
from django.utils.functional import Promise as LazyText
from django.utils.text import get_text_list
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from . import figures, trace
from .plan import Metric, PersonalPillar, Plan, SweetSpot, Vision

Level = Literal["blocks", "warns"]
Says = Callable[[Any], "Mapping[str, object] | None"]
"""Looks at one record: what the sentence needs where there is a hole, else ``None``."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A hole: the rule that sees it, how grave it is, the record's exchange id, and a sentence."""

    rule: str
    level: Level
    record: str
    message: str


@dataclass(frozen=True, slots=True)
class Records:
    """The records of one kind that take part in the chain."""

    kind: str
    of: Callable[[Plan], tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Check:
    """What a rule looks for, and what would mend it.

    ``fields`` are to be filled in on the record itself; ``linked_by`` is the kind of record that should point
    at it.
    """

    prepare: Callable[[Plan, date], Says]
    fields: tuple[str, ...] = ()
    linked_by: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the table: the records it looks at, what it looks for, and the ``step`` where that is mended."""

    id: str
    level: Level
    step: int
    records: Records
    check: Check
    sentence: LazyText | str
    unnamed: LazyText | str = ""
    """The sentence about a record whose words are not for everyone."""

    @property
    def kind(self) -> str:
        """The kind of record that its findings name."""
        return self.records.kind

    def findings(self, plan: Plan, as_of: date) -> list[Finding]:
        """The holes this rule sees, in the order of the records."""
        says = self.check.prepare(plan, as_of)
        seen = ((record, says(record)) for record in self.records.of(plan))
        return [
            Finding(self.id, self.level, record.id, self._message(plan, record, details))
            for record, details in seen
            if details is not None
        ]

    def _message(self, plan: Plan, record: Any, details: Mapping[str, object]) -> str:
        hidden = isinstance(record, PersonalPillar) and record.visibility != "programme"
        sentence = str(self.unnamed if hidden else self.sentence)
        return sentence % {"name": trace.called(plan, record).rstrip("."), **details}


# ------------------------------------------------------------------ records

INTERVIEWS = Records("interview", lambda plan: plan.interviews)
VISION = Records("vision", lambda plan: (plan.vision,) if plan.vision else ())
ELEMENTS = Records("vision_element", lambda plan: plan.vision.elements if plan.vision else ())
INSIGHTS = Records("insight", lambda plan: plan.insights)
TOUCHPOINTS = Records("touchpoint", lambda plan: plan.customer_touchpoints())
EMPLOYEE_JOURNEYS = Records("journey", lambda plan: tuple(one for one in plan.journeys if one.kind == "employee"))
GAPS = Records("gap", lambda plan: plan.gaps)
ALL_PILLARS = Records("pillar", lambda plan: plan.pillars)
CHOSEN_PILLARS = Records(
    "pillar", lambda plan: tuple(one for one in plan.pillars if one.state in (None, "chosen", "approved"))
)
PROMISES = Records("promise", lambda plan: tuple(one for one in plan.promises if one.status != "rejected"))
ACTIONS = Records("action", lambda plan: plan.actions)
LEVERS = Records("lever", lambda plan: plan.levers)
SWEET_SPOTS = Records("sweet_spot", lambda plan: plan.sweet_spots)
METRICS = Records("metric", lambda plan: plan.metrics)
TEAMS = Records("team", lambda plan: plan.teams)
ROLLOUT = Records("rollout_item", lambda plan: plan.rollout)
PERSONAL_PILLARS = Records("personal_pillar", lambda plan: plan.personal_pillars)


# ------------------------------------------------------------------ checks

MISSING: Mapping[str, LazyText] = {
    "actions": pgettext_lazy("missing", "an action"),
    "audience": pgettext_lazy("missing", "a team"),
    "built_on": pgettext_lazy("missing", "a finding or an interview"),
    "consent": pgettext_lazy("missing", "consent"),
    "contingency": pgettext_lazy("missing", "a contingency"),
    "due": pgettext_lazy("missing", "a due date"),
    "emotion_target": pgettext_lazy("missing", "an emotion target"),
    "ends": pgettext_lazy("missing", "an end date"),
    "evidence": pgettext_lazy("missing", "evidence"),
    "gaps": pgettext_lazy("missing", "a gap"),
    "interviewer": pgettext_lazy("missing", "an interviewer"),
    "owner": pgettext_lazy("missing", "an owner"),
    "pillar": pgettext_lazy("missing", "a pillar"),
    "pillars": pgettext_lazy("missing", "a pillar"),
    "problem": pgettext_lazy("missing", "a gap"),
    "stage": pgettext_lazy("missing", "a stage"),
    "starts": pgettext_lazy("missing", "a start date"),
    "supports": pgettext_lazy("missing", "a touchpoint"),
    "supports_actions": pgettext_lazy("missing", "an action"),
    "target": pgettext_lazy("missing", "a target"),
    "target_date": pgettext_lazy("missing", "a target date"),
    "touchpoint": pgettext_lazy("missing", "a touchpoint"),
    "touchpoints": pgettext_lazy("missing", "a touchpoint"),
    "vision_elements": pgettext_lazy("missing", "a vision element"),
}
"""What is missing where a field is empty; the word stands after "lacks"."""


def own(*fields: str) -> Check:
    """A hole where at least one of the record's own fields is empty."""

    def prepare(plan: Plan, as_of: date) -> Says:
        def says(record: Any) -> Mapping[str, object] | None:
            missing = [str(MISSING[field]) for field in fields if is_empty(getattr(record, field))]
            return {"missing": get_text_list(missing, gettext("and"))} if missing else None

        return says

    return Check(prepare, fields=fields)


def nothing_from(records: Records, field: str) -> Check:
    """A hole where no record of another kind names this one."""

    def prepare(plan: Plan, as_of: date) -> Says:
        named = {identity for record in records.of(plan) for identity in getattr(record, field)}

        def says(record: Any) -> Mapping[str, object] | None:
            return None if record.id in named else {}

        return says

    return Check(prepare, linked_by=records.kind)


def too_few_or_many_elements() -> Check:
    """A hole where the vision has fewer than two or more than four elements."""

    def prepare(plan: Plan, as_of: date) -> Says:
        def says(vision: Vision) -> Mapping[str, object] | None:
            return None if 2 <= len(vision.elements) <= 4 else {"count": len(vision.elements)}

        return says

    return Check(prepare, fields=("elements",))


def moved_without_reason() -> Check:
    """A hole where a sweet spot stands elsewhere than its priority puts it, and nobody said why."""

    def prepare(plan: Plan, as_of: date) -> Says:
        moved = {place.spot.id: place for place in figures.sweet_spot_places(plan) if place.moved}

        def says(spot: SweetSpot) -> Mapping[str, object] | None:
            place = moved.get(spot.id)
            if place is None or not is_empty(spot.reason):
                return None
            return {"chosen": place.chosen, "computed": place.computed}

        return says

    return Check(prepare, fields=("reason",))


def no_metric_at_touchpoint() -> Check:
    """A hole where no metric measures the sweet spot's touchpoint."""

    def prepare(plan: Plan, as_of: date) -> Says:
        measured = {point for metric in plan.metrics for point in metric.touchpoints}

        def says(spot: SweetSpot) -> Mapping[str, object] | None:
            return None if spot.touchpoint in measured else {}

        return says

    return Check(prepare, linked_by="metric")


def missed_and_idle() -> Check:
    """A hole where a metric missed its target and nothing of its contingency is under way."""

    def prepare(plan: Plan, as_of: date) -> Says:
        running = {action.id for action in plan.actions if action.status in ("in_progress", "done")}
        taken = {task.metric for task in plan.contingency_tasks if task.status in ("accepted", "done")}
        known = figures.all_series(plan)

        def says(metric: Metric) -> Mapping[str, object] | None:
            if figures.status(metric, known[metric.id], as_of) != "missed":
                return None
            if metric.id in taken or not running.isdisjoint(metric.contingency_actions):
                return None
            return {"score": shown(known[metric.id][-1].value), "target": shown(metric.target)}

        return says

    return Check(prepare, fields=("contingency_actions",))


def is_empty(value: object) -> bool:
    """Whether a field says nothing. Nought is a value; a refused consent is not."""
    return value is None or value is False or value == () or (isinstance(value, str) and not value.strip())


def shown(number: float | None) -> str:
    """A score in the active language, without needless decimals."""
    rounded = round(number or 0, 2)
    return str(number_format(int(rounded) if rounded == int(rounded) else rounded))


# ------------------------------------------------------------------ the table

RULES: tuple[Rule, ...] = (
    Rule("A01", "blocks", 3, VISION, own("built_on"), _("The vision rests on no finding or interview")),
    Rule(
        "A02",
        "blocks",
        3,
        VISION,
        too_few_or_many_elements(),
        _("The vision should have two to four elements; it has %(count)s"),
    ),
    Rule("A03", "warns", 6, ELEMENTS, nothing_from(GAPS, "vision_elements"), _("Vision element “%(name)s” has no gap")),
    Rule(
        "A04",
        "blocks",
        6,
        GAPS,
        own("vision_elements", "touchpoints", "evidence"),
        _("Gap “%(name)s” lacks %(missing)s"),
    ),
    Rule("A05", "warns", 7, GAPS, nothing_from(CHOSEN_PILLARS, "gaps"), _("Gap “%(name)s” has no pillar")),
    Rule("A06", "warns", 8, GAPS, nothing_from(ACTIONS, "gaps"), _("Gap “%(name)s” has no action")),
    Rule("A07", "warns", 11, GAPS, nothing_from(METRICS, "gaps"), _("Gap “%(name)s” has no metric")),
    Rule("A08", "blocks", 7, ALL_PILLARS, own("gaps", "vision_elements"), _("Pillar “%(name)s” lacks %(missing)s")),
    Rule("A09", "warns", 8, CHOSEN_PILLARS, nothing_from(ACTIONS, "pillars"), _("Pillar “%(name)s” has no action")),
    Rule("A10", "warns", 11, CHOSEN_PILLARS, nothing_from(METRICS, "pillars"), _("Pillar “%(name)s” has no metric")),
    Rule("A11", "blocks", 8, ACTIONS, own("gaps", "pillars"), _("Action “%(name)s” lacks %(missing)s")),
    Rule("A12", "blocks", 8, ACTIONS, own("owner", "due"), _("Action “%(name)s” lacks %(missing)s")),
    Rule("A13", "blocks", 9, LEVERS, own("owner"), _("Lever “%(name)s” has no owner")),
    Rule("A14", "warns", 9, ACTIONS, nothing_from(LEVERS, "supports_actions"), _("Action “%(name)s” uses no lever")),
    Rule(
        "A15",
        "blocks",
        10,
        SWEET_SPOTS,
        moved_without_reason(),
        _("Sweet spot “%(name)s” is number %(chosen)s, computed number %(computed)s, and no reason is given"),
    ),
    Rule("A16", "warns", 10, SWEET_SPOTS, own("actions"), _("Sweet spot “%(name)s” has no action")),
    Rule(
        "A17",
        "blocks",
        11,
        METRICS,
        own("vision_elements", "gaps", "pillars"),
        _("Metric “%(name)s” lacks %(missing)s"),
    ),
    Rule(
        "A18",
        "blocks",
        11,
        METRICS,
        own("target", "target_date", "owner", "contingency"),
        _("Metric “%(name)s” lacks %(missing)s"),
    ),
    Rule(
        "A19",
        "warns",
        11,
        METRICS,
        missed_and_idle(),
        _("Metric “%(name)s” missed its target: %(score)s, target %(target)s, and its contingency is not under way"),
    ),
    Rule(
        "A20",
        "blocks",
        12,
        ROLLOUT,
        own("audience", "pillars", "starts", "ends"),
        _("Rollout item “%(name)s” lacks %(missing)s"),
    ),
    Rule(
        "A21",
        "warns",
        12,
        CHOSEN_PILLARS,
        nothing_from(ROLLOUT, "pillars"),
        _("Pillar “%(name)s” is not in the rollout plan"),
    ),
    Rule(
        "A22",
        "warns",
        12,
        CHOSEN_PILLARS,
        nothing_from(PERSONAL_PILLARS, "pillars"),
        _("Pillar “%(name)s” is in nobody's personal pillar"),
    ),
    Rule(
        "A23",
        "blocks",
        12,
        PERSONAL_PILLARS,
        own("pillars"),
        _("Personal pillar “%(name)s” serves no pillar"),
        unnamed=_("A personal pillar that is not for everyone serves no pillar"),
    ),
    Rule("A24", "warns", 5, TOUCHPOINTS, own("owner", "emotion_target"), _("Touchpoint “%(name)s” lacks %(missing)s")),
    Rule(
        "A25",
        "warns",
        12,
        TEAMS,
        nothing_from(ROLLOUT, "audience"),
        _("The rollout does not reach the team “%(name)s”"),
    ),
    Rule(
        "A26",
        "blocks",
        7,
        PROMISES,
        own("pillar", "touchpoint", "problem"),
        _("Customer promise “%(name)s” lacks %(missing)s"),
    ),
    Rule(
        "A27",
        "warns",
        7,
        ELEMENTS,
        nothing_from(CHOSEN_PILLARS, "vision_elements"),
        _("Vision element “%(name)s” has no pillar"),
    ),
    Rule(
        "A28",
        "warns",
        11,
        ELEMENTS,
        nothing_from(METRICS, "vision_elements"),
        _("Vision element “%(name)s” has no metric"),
    ),
    Rule("A29", "blocks", 4, INSIGHTS, own("evidence"), _("Insight “%(name)s” has no evidence")),
    Rule("A30", "blocks", 2, INTERVIEWS, own("interviewer", "consent"), _("Interview “%(name)s” lacks %(missing)s")),
    Rule("A31", "blocks", 5, TOUCHPOINTS, own("stage"), _("Touchpoint “%(name)s” stands on no stage")),
    Rule("A32", "warns", 11, SWEET_SPOTS, no_metric_at_touchpoint(), _("Sweet spot “%(name)s” has no metric")),
    Rule("A33", "warns", 9, LEVERS, own("supports_actions"), _("Lever “%(name)s” supports no action")),
    Rule(
        "A34", "warns", 5, EMPLOYEE_JOURNEYS, own("supports"), _("Employee journey “%(name)s” supports no touchpoint")
    ),
)
BY_ID: Mapping[str, Rule] = {rule.id: rule for rule in RULES}


def check(plan: Plan, as_of: date) -> list[Finding]:
    """Every hole in a plan, by rule and then in the order of the records, in the active language."""
    return [finding for rule in RULES for finding in rule.findings(plan, as_of)]


# ------------------------------------------------------------------ coverage

COVERAGE: Mapping[str, str] = {
    "vision element without gap": "A03",
    "vision element without pillar": "A27",
    "vision element without metric": "A28",
    "gap without pillar": "A05",
    "gap without action": "A06",
    "gap without metric": "A07",
    "pillar without action": "A09",
    "pillar without metric": "A10",
    "pillar without personal pillar": "A22",
    "pillar without rollout": "A21",
    "action without lever": "A14",
}
"""What the file of derived figures lists, by the words it uses, and the rule that sees it."""


def coverage(findings: Iterable[Finding]) -> dict[str, list[str]]:
    """The records with a hole, by the words of the derived figures."""
    found = list(findings)
    return {words: [hole.record for hole in found if hole.rule == rule] for words, rule in COVERAGE.items()}


def covered(plan: Plan, findings: Iterable[Finding]) -> float | None:
    """Coverage in per cent: the share of (record, warning rule) pairs without a finding; ``None`` of no pairs."""
    pairs = sum(len(rule.records.of(plan)) for rule in RULES if rule.level == "warns")
    holes = sum(1 for finding in findings if finding.level == "warns")
    return 100 * (pairs - holes) / pairs if pairs else None
