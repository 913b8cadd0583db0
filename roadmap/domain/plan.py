"""The whole programme as one typed tree: what alignment, figures, trace and every export read.

Attribute names are the keys of the exchange format, ids are exchange ids (``g1``), links are tuples
of ids, and every text is in the programme's one language. The tree is plain data: it holds no
database row and no request, so every rule over it is a pure function. ``loading.load`` fills it in a
fixed number of queries; ``exchange`` reads it from and writes it to a file.

``Annotated`` types carry what the published schema needs: bounds, and with ``To`` the kinds that a
link may point at.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Literal, TypeVar, dataclass_transform

from annotated_types import Ge, Gt, Le, MaxLen, MinLen
from pydantic import Field

S = TypeVar("S")


@dataclass(frozen=True)
class To:
    """What a link points at: one or more kinds of record."""

    kinds: tuple[str, ...]

    def __init__(self, *kinds: str) -> None:
        object.__setattr__(self, "kinds", kinds)


ID = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"
PERIOD = r"^\d{4}(-(0[1-9]|1[0-2]|Q[1-4]|W(0[1-9]|[1-4]\d|5[0-3])))?$"


Id = Annotated[str, Field(pattern=ID)]
Name = Annotated[str, MinLen(1), MaxLen(300)]
Text = Annotated[str, MaxLen(20_000)]
Statement = Annotated[str, MinLen(1), MaxLen(2_000)]
Word = Annotated[str, MinLen(1), MaxLen(64)]
Five = Annotated[int, Ge(1), Le(5)]
Point = Annotated[int, Ge(-100), Le(100)]
Mean = Annotated[float, Ge(1), Le(5)]
Spread = Annotated[float, Ge(0), Le(5)]
Count = Annotated[int, Ge(0), Le(2_000_000_000)]
Year = Annotated[int, Ge(1900), Le(2200)]
Share = Annotated[float, Ge(0), Le(1)]
Period = Annotated[str, Field(pattern=PERIOD)]

PersonId = Annotated[str, To("person")]
TeamId = Annotated[str, To("team")]
Evidence = Annotated[str, To("finding", "interview", "customer_call", "insight")]

Answer = Literal["yes", "partly", "no"]
Kind = Literal["never", "always"]
WorkStatus = Literal["planned", "in_progress", "done"]
StepState = Literal["not_started", "in_progress", "done"]
Visibility = Literal["private", "team", "programme"]


@dataclass_transform(frozen_default=True, kw_only_default=True)
def record(shape: type[S]) -> type[S]:
    """Make a class one of the tree's shapes: frozen, and made by the names of its keys alone."""
    return dataclass(frozen=True, slots=True, kw_only=True)(shape)


@record
class Organisation:
    id: Id
    name: Name
    sector: Annotated[str, MaxLen(300)] = ""
    description: Text = ""
    brand_promise: Text = ""


@record
class Team:
    id: Id
    name: Name


@record
class Person:
    """A member of the workspace; ``role`` is the part played in this programme."""

    id: Id
    name: Name
    team: TeamId | None = None
    role: Annotated[str, MaxLen(64)] = ""
    title: Annotated[str, MaxLen(300)] = ""


@record
class BusinessCase:
    """What the change is worth: a range in the organisation's own money, with its assumptions."""

    text: Text = ""
    low: float | None = None
    high: float | None = None
    assumptions: tuple[Statement, ...] = ()


@record
class Weights:
    """How much each part counts in a touchpoint's experience; shares of their sum."""

    effectiveness: Annotated[float, Ge(0)] = 1
    ease: Annotated[float, Ge(0)] = 1
    emotion: Annotated[float, Gt(0)] = 4


@record
class Gate:
    """The mid-way approval of what steps 1 to 6 found."""

    approved_by: PersonId | None = None
    approved_on: date | None = None
    note: Text = ""


@record
class Programme:
    id: Id
    name: Name
    purpose: Text = ""
    starts_on: date | None = None
    vision_year: Year | None = None
    cx_owner: PersonId | None = None
    sponsor: PersonId | None = None
    core_group: tuple[PersonId, ...] = ()
    development_stage: Literal["excitement", "confusion", "awakening", "change"] | None = None
    development_stage_reason: Text = ""
    business_case: Text | BusinessCase = ""
    weights: Weights | None = None
    gate: Gate | None = None
    focus_line: Annotated[int, Ge(1), Le(100)] | None = None


# ------------------------------------------------------------------ readiness


@record
class Scale:
    min: Point = 1
    max: Point = 5
    low: Annotated[str, MaxLen(300)] = ""
    high: Annotated[str, MaxLen(300)] = ""


@record
class ReadinessAnswers:
    """Anonymous answers in the order they were given."""

    management: tuple[int, ...] = ()
    staff: tuple[int, ...] = ()


@record
class ReadinessStatement:
    id: Id
    theme: Annotated[str, MaxLen(64)] = ""
    text: Statement
    answers: ReadinessAnswers = ReadinessAnswers()


@record
class ReadinessRound:
    asked_on: date | None = None
    scale: Scale = Scale()
    statements: tuple[ReadinessStatement, ...] = ()


@record
class Readiness:
    """The latest round; earlier ones stand under ``rounds``."""

    asked_on: date | None = None
    scale: Scale = Scale()
    statements: tuple[ReadinessStatement, ...] = ()
    rounds: tuple[ReadinessRound, ...] = ()


# ------------------------------------------------------------------ steps 1 and 2


@record
class File:
    """A file travels beside the document; here stand its name and SHA-256."""

    name: Name
    hash: Annotated[str, MaxLen(128)] = ""


@record
class Source:
    id: Id
    kind: Literal["vision", "mission", "brand", "purpose", "strategy", "survey", "data"]
    title: Name
    dated: date | None = None
    text: Annotated[str, MaxLen(200_000)] = ""
    url: Annotated[str, MaxLen(2_000)] = ""
    file: File | None = None


@record
class Finding:
    id: Id
    source: Annotated[str, To("source")] | None = None
    theme: Annotated[str, MaxLen(120)] = ""
    weight: Five | None = None
    text: Statement
    page: Annotated[str, MaxLen(64)] = ""
    passage: Text = ""


@record
class Interview:
    """``label`` is the pseudonym; the interviewee's name is never stored."""

    id: Id
    kind: Literal["customer", "staff", "history"]
    label: Name
    held_on: date | None = None
    interviewer: PersonId | None = None
    persona: Annotated[str, To("persona")] | None = None
    consent: bool | None = None
    wish: Text = ""
    notes: Text = ""
    answers: dict[Word, Text] = field(default_factory=dict)
    said: Text = ""
    did: Text = ""
    delete_on: date | None = None


# ------------------------------------------------------------------ step 3


@record
class VisionElement:
    id: Id
    text: Statement


@record
class VisionCheck:
    id: Id
    question: Statement
    answer: Answer | None = None
    note: Text = ""


@record
class VisionCandidate:
    id: Id
    votes: Count = 0
    chosen: bool = False
    text: Statement


@record
class Vision:
    id: Id
    year: Year | None = None
    status: Literal["draft", "approved"] = "draft"
    approved_by: PersonId | None = None
    approved_on: date | None = None
    statement: Annotated[str, MaxLen(2_000)] = ""
    elements: tuple[VisionElement, ...] = ()
    built_on: tuple[Annotated[str, To("finding", "interview")], ...] = ()
    checks: tuple[VisionCheck, ...] = ()
    candidates: tuple[VisionCandidate, ...] = ()


# ------------------------------------------------------------------ step 4


@record
class Persona:
    id: Id
    name: Name
    age: Annotated[int, Ge(0), Le(150)] | None = None
    share: Share | None = None
    goal: Text = ""
    fear: Text = ""
    channels: tuple[Word, ...] = ()


@record
class KeyQuestion:
    id: Id
    text: Statement


@record
class CustomerCall:
    id: Id
    called_on: date | None = None
    caller: PersonId | None = None
    persona: Annotated[str, To("persona")] | None = None
    experience: Five | None = None
    answers: dict[Annotated[str, To("key_question")], Text] = field(default_factory=dict)
    quote: Text = ""


@record
class Insight:
    id: Id
    kind: Literal["need", "pain", "delight"]
    text: Statement
    evidence: tuple[Annotated[str, To("finding", "interview", "customer_call")], ...] = ()


# ------------------------------------------------------------------ step 5


@record
class Stage:
    id: Id
    order: Count = 0
    name: Name
    meaning: Text = ""


@record
class Assessment:
    """One dated round of scores: means on 1 to 5, how many scored, and how far apart they were."""

    on: date | None = None
    source: Annotated[str, MaxLen(64)] = ""
    importance: Mean | None = None
    expectation: Mean | None = None
    effectiveness: Mean | None = None
    ease: Mean | None = None
    emotion: Mean | None = None
    n: Count | None = None
    spread: Spread | None = None


@record
class Touchpoint:
    """A touchpoint with its latest assessment; earlier rounds stand under ``assessments``."""

    id: Id
    stage: Annotated[str, To("stage")] | None = None
    order: Count = 0
    channel: Annotated[str, MaxLen(64)] = ""
    team: TeamId | None = None
    owner: PersonId | None = None
    name: Name
    emotion_target: Annotated[str, MaxLen(300)] = ""
    emotion_target_level: Mean | None = None
    moment_of_truth: bool = False
    meets: tuple[PersonId, ...] = ()
    customer_aim: Text = ""
    needs: Text = ""
    importance: Mean | None = None
    expectation: Mean | None = None
    effectiveness: Mean | None = None
    ease: Mean | None = None
    emotion: Mean | None = None
    n: Count | None = None
    assessed_on: date | None = None
    assessed_from: Annotated[str, MaxLen(64)] = ""
    spread: Spread | None = None
    assessments: tuple[Assessment, ...] = ()


@record
class ScoreScale:
    min: Point = 1
    max: Point = 5


@record
class Journey:
    id: Id
    kind: Literal["customer", "employee"]
    name: Name
    state: Literal["current", "target"] = "current"
    personas: tuple[Annotated[str, To("persona")], ...] = ()
    customer_took_part: bool = False
    score_scale: ScoreScale | None = None
    supports: tuple[Annotated[str, To("touchpoint")], ...] = ()
    touchpoints: tuple[Touchpoint, ...] = ()


@record
class EcosystemChange:
    on: date | None = None
    text: Statement


@record
class EcosystemPart:
    id: Id
    kind: Literal["technology", "process", "guideline", "data", "partner", "team"]
    name: Name
    touchpoints: tuple[Annotated[str, To("touchpoint")], ...] = ()
    visible: bool | None = None
    changes: tuple[EcosystemChange, ...] = ()


@record
class StageAssessment:
    stage: Annotated[str, To("stage")]
    interaction: Answer | None = None
    content: Answer | None = None
    special: Answer | None = None
    expectation: Literal["better", "as_expected", "worse"] | None = None
    note: Text = ""
    on: date | None = None
    journey: Annotated[str, To("journey")] | None = None


# ------------------------------------------------------------------ step 6


@record
class Gap:
    id: Id
    vision_elements: tuple[Annotated[str, To("vision_element")], ...] = ()
    touchpoints: tuple[Annotated[str, To("touchpoint")], ...] = ()
    evidence: tuple[Evidence, ...] = ()
    severity: Five | None = None
    title: Name
    desired: Text = ""
    current: Text = ""
    root_cause: Text = ""


# ------------------------------------------------------------------ step 7


@record
class Pillar:
    id: Id
    kind: Kind
    order: Count = 0
    statement: Statement
    gaps: tuple[Annotated[str, To("gap")], ...] = ()
    vision_elements: tuple[Annotated[str, To("vision_element")], ...] = ()
    votes: Count = 0
    state: Literal["proposed", "worded", "chosen", "approved"] | None = None
    approved_by: PersonId | None = None
    approved_on: date | None = None


@record
class Promise:
    id: Id
    pillar: Annotated[str, To("pillar")] | None = None
    touchpoint: Annotated[str, To("touchpoint")] | None = None
    problem: Annotated[str, To("gap")] | None = None
    proposed_by: tuple[PersonId, ...] = ()
    selected_by: PersonId | None = None
    status: Literal["proposed", "selected", "rejected"] = "proposed"
    text: Statement
    behaviour: Text = ""
    target: Annotated[str, MaxLen(300)] | None = None
    metric: Text = ""
    compensation: Text = ""
    reward: Text = ""


# ------------------------------------------------------------------ steps 8 and 9


@record
class Action:
    id: Id
    bucket: Literal["acute", "product", "service_design", "communication"]
    owner: PersonId | None = None
    due: date | None = None
    status: WorkStatus = "planned"
    impact: Five | None = None
    effort: Five | None = None
    gaps: tuple[Annotated[str, To("gap")], ...] = ()
    pillars: tuple[Annotated[str, To("pillar")], ...] = ()
    touchpoints: tuple[Annotated[str, To("touchpoint")], ...] = ()
    title: Name


@record
class Lever:
    id: Id
    kind: Literal["system", "culture", "internal_communication"]
    name: Name
    used_now: Text = ""
    harness: Text = ""
    supports_actions: tuple[Annotated[str, To("action")], ...] = ()
    owner: PersonId | None = None
    ecosystem: tuple[Annotated[str, To("ecosystem_part")], ...] = ()


# ------------------------------------------------------------------ step 10


@record
class SweetSpot:
    id: Id
    touchpoint: Annotated[str, To("touchpoint")] | None = None
    rank: Annotated[int, Ge(1), Le(10_000)]
    reason: Text = ""
    actions: tuple[Annotated[str, To("action")], ...] = ()


@record
class TouchpointIdea:
    id: Id
    kind: Literal["customer_call", "targeted_marketing", "social_media"]
    text: Statement
    chosen: bool = False


# ------------------------------------------------------------------ step 11


@record
class Metric:
    id: Id
    kind: Literal["nps", "csat", "ces", "emotion", "proportion", "duration", "count", "value"]
    level: Annotated[str, MaxLen(64)] = ""
    name: Name
    question: Text = ""
    success: Text = ""
    unit: Annotated[str, MaxLen(64)] = ""
    direction: Literal["up", "down"] = "up"
    baseline: float | None = None
    target: float | None = None
    target_date: date | None = None
    cadence: Annotated[str, MaxLen(64)] = ""
    owner: PersonId | None = None
    min_n: Count | None = None
    vision_elements: tuple[Annotated[str, To("vision_element")], ...] = ()
    gaps: tuple[Annotated[str, To("gap")], ...] = ()
    pillars: tuple[Annotated[str, To("pillar")], ...] = ()
    touchpoints: tuple[Annotated[str, To("touchpoint")], ...] = ()
    promises: tuple[Annotated[str, To("promise")], ...] = ()
    contingency: Text = ""
    contingency_actions: tuple[Annotated[str, To("action")], ...] = ()


@record
class Measurement:
    """Raw counts of one period; which of them stand there follows from the metric's kind."""

    metric: Annotated[str, To("metric")]
    period: Period
    promoters: Count | None = None
    passives: Count | None = None
    detractors: Count | None = None
    counts: dict[int, Count] | None = None
    successes: Count | None = None
    value: float | None = None
    n: Count | None = None


@record
class ContingencyTask:
    id: Id
    metric: Annotated[str, To("metric")]
    owner: PersonId | None = None
    opened_on: date | None = None
    status: Literal["open", "accepted", "done"] = "open"
    done_on: date | None = None
    note: Text = ""


# ------------------------------------------------------------------ step 12


@record
class RolloutItem:
    id: Id
    order: Count = 0
    starts: date | None = None
    ends: date | None = None
    focus: Name
    audience: tuple[TeamId, ...] = ()
    owner: PersonId | None = None
    pillars: tuple[Annotated[str, To("pillar")], ...] = ()
    how: Text = ""
    communication: Text = ""
    status: WorkStatus = "planned"


@record
class PersonalPillar:
    """A person's or a team's own pillar. A private one stands here without its words."""

    id: Id
    person: PersonId | None = None
    team: TeamId | None = None
    kind: Kind
    statement: Annotated[str, MaxLen(2_000)]
    pillars: tuple[Annotated[str, To("pillar")], ...] = ()
    touchpoints: tuple[Annotated[str, To("touchpoint")], ...] = ()
    visibility: Visibility = "private"


# ------------------------------------------------------------------ across


@record
class AgendaItem:
    minutes: Count = 0
    mode: Annotated[str, MaxLen(64)] = ""
    text: Text = ""
    votes_each: Count | None = None


@record
class Workshop:
    """A workshop that was held."""

    id: Id
    step: Annotated[int, Ge(1), Le(12)]
    held_on: date | None = None
    facilitator: PersonId | None = None
    participants: Count | None = None
    customers: Count | None = None
    minutes: Count | None = None
    title: Name
    agenda: tuple[AgendaItem, ...] = ()


@record
class Decision:
    id: Id
    made_on: date | None = None
    by: PersonId | None = None
    about: tuple[Annotated[str, To("any")], ...] = ()
    text: Statement
    why: Text = ""


@record
class Comment:
    id: Id
    about: Annotated[str, To("any")]
    by: PersonId | None = None
    on: date | None = None
    text: Statement


@record
class Plan:
    """One programme, whole."""

    schema_version: Literal[1] = 1
    languages: tuple[Literal["fi", "en"], ...] = ("fi", "en")
    default_language: Literal["fi", "en"] = "fi"
    organisation: Organisation | None = None
    teams: tuple[Team, ...] = ()
    people: tuple[Person, ...] = ()
    programme: Programme
    readiness: Readiness | None = None
    sources: tuple[Source, ...] = ()
    findings: tuple[Finding, ...] = ()
    interviews: tuple[Interview, ...] = ()
    vision: Vision | None = None
    personas: tuple[Persona, ...] = ()
    key_questions: tuple[KeyQuestion, ...] = ()
    customer_calls: tuple[CustomerCall, ...] = ()
    insights: tuple[Insight, ...] = ()
    stages: tuple[Stage, ...] = ()
    journeys: tuple[Journey, ...] = ()
    ecosystem: tuple[EcosystemPart, ...] = ()
    stage_assessments: tuple[StageAssessment, ...] = ()
    gaps: tuple[Gap, ...] = ()
    pillars: tuple[Pillar, ...] = ()
    promises: tuple[Promise, ...] = ()
    actions: tuple[Action, ...] = ()
    levers: tuple[Lever, ...] = ()
    sweet_spots: tuple[SweetSpot, ...] = ()
    new_touchpoint_ideas: tuple[TouchpointIdea, ...] = ()
    metrics: tuple[Metric, ...] = ()
    measurements: tuple[Measurement, ...] = ()
    contingency_tasks: tuple[ContingencyTask, ...] = ()
    rollout: tuple[RolloutItem, ...] = ()
    personal_pillars: tuple[PersonalPillar, ...] = ()
    workshops: tuple[Workshop, ...] = ()
    decisions: tuple[Decision, ...] = ()
    comments: tuple[Comment, ...] = ()
    step_status: dict[Annotated[int, Ge(1), Le(12)], StepState] = field(default_factory=dict)

    def customer_journeys(self) -> tuple[Journey, ...]:
        """The journeys whose touchpoints have figures."""
        return tuple(journey for journey in self.journeys if journey.kind == "customer")

    def customer_touchpoints(self) -> tuple[Touchpoint, ...]:
        """Every customer touchpoint, in journey order."""
        return tuple(point for journey in self.customer_journeys() for point in journey.touchpoints)

    def shared_pillars(self) -> tuple[PersonalPillar, ...]:
        """The personal pillars that everyone in the programme may see."""
        return tuple(pillar for pillar in self.personal_pillars if pillar.visibility == "programme")


def names(shape: type) -> tuple[str, ...]:
    """The keys of a shape, in the order they are written."""
    return tuple(item.name for item in dataclasses.fields(shape))
