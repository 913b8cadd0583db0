"""The kinds of record: where each is stored, how its ids begin, which step it belongs to, and its silhouette."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models

from cxplan.workspaces.models import Member, Record, Team
from journeys.models import (
    Assessment,
    EcosystemPart,
    Journey,
    Persona,
    Stage,
    StageAssessment,
    Touchpoint,
)
from roadmap.models import (
    Action,
    Comment,
    ContingencyTask,
    CustomerCall,
    Decision,
    Finding,
    Gap,
    HeldWorkshop,
    Insight,
    Interview,
    KeyQuestion,
    Lever,
    Measurement,
    Metric,
    PersonalPillar,
    Pillar,
    Promise,
    ReadinessRound,
    ReadinessStatement,
    RolloutItem,
    Source,
    SweetSpot,
    Theme,
    TouchpointIdea,
    Vision,
    VisionCandidate,
    VisionCheck,
    VisionElement,
)


@dataclass(frozen=True)
class Kind:
    """One kind of record.

    ``name`` is what links and addresses call it (``gap``), ``prefix`` begins the ids that the
    application gives out (``g9``). A tied kind belongs to the workspace and stands in a programme
    through a ``Tie``; the others belong to one programme.
    """

    name: str
    model: type[models.Model]
    prefix: str
    step: int
    tied: bool = False

    @property
    def is_record(self) -> bool:
        """Whether it can be edited, trashed and restored like any record."""
        return issubclass(self.model, Record)

    def objects(self) -> Any:
        """The model's manager; typed loosely because the kinds' models differ."""
        return self.model._default_manager


ALL = (
    Kind("team", Team, "team", 12, tied=True),
    Kind("person", Member, "person", 12, tied=True),
    Kind("readiness_round", ReadinessRound, "rr", 12),
    Kind("readiness_statement", ReadinessStatement, "r", 12),
    Kind("source", Source, "s", 1),
    Kind("theme", Theme, "theme", 1),
    Kind("finding", Finding, "f", 1),
    Kind("persona", Persona, "per", 4, tied=True),
    Kind("interview", Interview, "i", 2),
    Kind("vision", Vision, "v", 3),
    Kind("vision_element", VisionElement, "ve", 3),
    Kind("vision_check", VisionCheck, "vc", 3),
    Kind("vision_candidate", VisionCandidate, "vk", 3),
    Kind("key_question", KeyQuestion, "kq", 4),
    Kind("customer_call", CustomerCall, "c", 4),
    Kind("insight", Insight, "n", 4),
    Kind("stage", Stage, "st", 5, tied=True),
    Kind("journey", Journey, "j", 5, tied=True),
    Kind("touchpoint", Touchpoint, "tp", 5, tied=True),
    Kind("assessment", Assessment, "as", 5),
    Kind("ecosystem_part", EcosystemPart, "e", 5, tied=True),
    Kind("stage_assessment", StageAssessment, "sa", 5),
    Kind("gap", Gap, "g", 6),
    Kind("pillar", Pillar, "pi", 7),
    Kind("promise", Promise, "pr", 7),
    Kind("action", Action, "a", 8),
    Kind("lever", Lever, "l", 9),
    Kind("sweet_spot", SweetSpot, "ss", 10),
    Kind("touchpoint_idea", TouchpointIdea, "nt", 10),
    Kind("metric", Metric, "m", 11),
    Kind("measurement", Measurement, "me", 11),
    Kind("contingency_task", ContingencyTask, "ct", 11),
    Kind("rollout_item", RolloutItem, "ro", 12),
    Kind("personal_pillar", PersonalPillar, "pp", 12),
    Kind("workshop", HeldWorkshop, "w", 3),
    Kind("decision", Decision, "d", 3),
    Kind("comment", Comment, "k", 3),
)
BY_NAME = {kind.name: kind for kind in ALL}
BY_MODEL = {kind.model: kind for kind in ALL}

#: The silhouette of each kind; a pillar's own tells whether it is one of never or of always.
MARKS: Mapping[str, str] = {
    **dict.fromkeys(("source", "theme", "finding", "interview", "customer_call", "insight", "key_question"), "quote"),
    **dict.fromkeys(("vision", "vision_check", "vision_candidate"), "vision"),
    "vision_element": "element",
    **dict.fromkeys(("stage", "journey", "touchpoint", "assessment", "stage_assessment", "ecosystem_part"), "touch"),
    "touchpoint_idea": "touch",
    "gap": "gap",
    "pillar": "pillar",
    "promise": "pillar",
    "action": "action",
    "lever": "action",
    "sweet_spot": "sweet",
    **dict.fromkeys(("metric", "measurement", "contingency_task"), "metric"),
    **dict.fromkeys(("team", "person", "persona", "rollout_item", "personal_pillar"), "person"),
    **dict.fromkeys(("readiness_round", "readiness_statement", "workshop", "decision", "comment"), "person"),
}


def mark(kind: str, record: Any = None) -> str:
    """The silhouette of a kind, or of one record of it."""
    return str(record.kind) if kind == "pillar" and record is not None else MARKS[kind]
