"""Forms: one for each kind of record, and for the programme itself.

They hold fields and validation only. A view passes ``values()``, ``links()`` and ``finish()`` to a
domain command; nothing is ever saved here.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import models

from journeys.models import Assessment, EcosystemPart, Journey, Persona, Stage, StageAssessment, Touchpoint
from roadmap.domain.kinds import BY_MODEL
from roadmap.models import (
    Action,
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
    Programme,
    Promise,
    ReadinessStatement,
    RolloutItem,
    Source,
    SweetSpot,
    TouchpointIdea,
    Vision,
    VisionCandidate,
    VisionCheck,
    VisionElement,
)

from .base import RecordForm, choices
from .evidence import CustomerCallForm, FindingForm, InterviewForm, PersonaForm, SourceForm
from .figures import FiguresForm
from .log import DecisionForm, HeldWorkshopForm
from .many import MANY, ManyForm
from .metrics import MeasurementForm, MetricForm
from .pillars import PersonalPillarForm, PillarForm, PromiseForm
from .programme import (
    ExportForm,
    ExportPrefillForm,
    GateForm,
    NewProgrammeForm,
    PresentForm,
    ProgrammeForm,
    StepStateForm,
)
from .rollout import ReadinessStatementForm, RolloutItemForm
from .spots import SweetSpotForm
from .vision import VisionForm
from .workshops import HarvestForm, OpeningForm

#: The fields of the kinds whose form is nothing but their columns and links.
PLAIN: dict[type[models.Model], tuple[str, ...]] = {
    VisionElement: ("text",),
    VisionCheck: ("question", "answer", "note"),
    VisionCandidate: ("text", "votes", "chosen"),
    KeyQuestion: ("text",),
    Insight: ("text", "kind", "findings", "interviews", "customer_calls"),
    Stage: ("name", "meaning"),
    Journey: ("name", "kind", "state", "personas", "customer_took_part", "supports"),
    Touchpoint: (
        "name",
        "journey",
        "stage",
        "channel",
        "customer_aim",
        "emotion_target",
        "emotion_target_level",
        "moment_of_truth",
        "team",
        "owner",
        "meets",
        "needs",
    ),
    Assessment: (
        "touchpoint",
        "on",
        "source",
        "importance",
        "expectation",
        "effectiveness",
        "ease",
        "emotion",
        "n",
        "spread",
    ),
    StageAssessment: ("stage", "journey", "on", "interaction", "content", "special", "expectation", "note"),
    EcosystemPart: ("name", "kind", "visible", "touchpoints"),
    Gap: (
        "title",
        "desired",
        "current",
        "root_cause",
        "severity",
        "vision_elements",
        "touchpoints",
        "insights",
        "findings",
        "interviews",
        "customer_calls",
    ),
    Action: ("title", "bucket", "owner", "due", "status", "impact", "effort", "gaps", "pillars", "touchpoints"),
    Lever: ("name", "kind", "used_now", "harness", "owner", "supports_actions", "ecosystem"),
    TouchpointIdea: ("text", "kind", "chosen"),
    ContingencyTask: ("metric", "owner", "opened_on", "status", "done_on", "note"),
}

OWN: dict[type[models.Model], type[RecordForm]] = {
    Source: SourceForm,
    Finding: FindingForm,
    Vision: VisionForm,
    Interview: InterviewForm,
    CustomerCall: CustomerCallForm,
    Metric: MetricForm,
    Measurement: MeasurementForm,
    ReadinessStatement: ReadinessStatementForm,
    HeldWorkshop: HeldWorkshopForm,
    Persona: PersonaForm,
    PersonalPillar: PersonalPillarForm,
    Pillar: PillarForm,
    Promise: PromiseForm,
    RolloutItem: RolloutItemForm,
    SweetSpot: SweetSpotForm,
    Decision: DecisionForm,
    Programme: ProgrammeForm,
}


def _plain(model: type[models.Model], fields: tuple[str, ...]) -> type[RecordForm]:
    made: type[Any] = forms.modelform_factory(model, form=RecordForm, fields=fields)
    return made


FORMS: dict[str, type[RecordForm]] = {BY_MODEL[model].name: form for model, form in OWN.items() if model in BY_MODEL}
FORMS |= {BY_MODEL[model].name: _plain(model, fields) for model, fields in PLAIN.items()}

__all__ = [
    "FORMS",
    "MANY",
    "ExportForm",
    "ExportPrefillForm",
    "FiguresForm",
    "GateForm",
    "HarvestForm",
    "ManyForm",
    "NewProgrammeForm",
    "OpeningForm",
    "PresentForm",
    "ProgrammeForm",
    "RecordForm",
    "StepStateForm",
    "choices",
]
