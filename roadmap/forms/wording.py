"""What a form says where something must be written, and where nothing is chosen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django import forms
from django.db import models
from django.utils.functional import Promise as LazyText
from django.utils.translation import gettext_lazy as _

from cxplan.kit.forms import name_the_blank, put_plainly
from journeys.models import Assessment, EcosystemPart, Journey, Persona, Stage, StageAssessment, Touchpoint
from roadmap.models import (
    Action,
    ContingencyTask,
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
    TouchpointIdea,
    VisionCandidate,
    VisionCheck,
    VisionElement,
)

#: What to do where a field was left empty.
REQUIRED: Final[Mapping[tuple[type[models.Model], str], LazyText]] = {
    (Source, "title"): _("Write the name of the source, for example “Strategy 2026–2030”."),
    (Finding, "text"): _("Write what you found, for example “The brand promises closeness and never says where”."),
    (Interview, "label"): _("Write a pseudonym, for example “The one who moved house”."),
    (VisionElement, "text"): _("Write one part of the vision, for example “The customer always knows”."),
    (VisionCheck, "question"): _("Write the question, for example “Is it simple enough to remember?”"),
    (VisionCandidate, "text"): _("Finish the sentence, for example “…settle their energy matters in three minutes”."),
    (Persona, "name"): _("Give the persona a name, for example “Reijo, 67”."),
    (KeyQuestion, "text"): _("Write the question, for example “What did you have to find out yourself?”"),
    (Insight, "text"): _("Write what the customer needs, suffers from or enjoys."),
    (Stage, "name"): _("Write the name of the stage, for example “Activate”."),
    (Journey, "name"): _("Write the name of the journey, for example “A power cut at home”."),
    (Touchpoint, "name"): _("Write the name of the touchpoint, for example “The first bill”."),
    (Touchpoint, "journey"): _("Choose the journey it stands on. If there is none yet, add a journey first."),
    (Assessment, "touchpoint"): _("Choose the touchpoint that was scored."),
    (StageAssessment, "stage"): _("Choose the stage that was assessed."),
    (EcosystemPart, "name"): _("Write its name, for example “Customer register”."),
    (Gap, "title"): _("Write what is missing, for example “The outage leaves the customer in the dark”."),
    (Pillar, "statement"): _("Write what we never or always do, for example “We never leave a customer in silence”."),
    (Pillar, "kind"): _("Choose whether it is something we never or always do."),
    (Promise, "text"): _("Write what the customer may count on, for example “You hear from us in ten minutes”."),
    (Action, "title"): _("Write what is done, for example “A message to everyone in ten minutes”."),
    (Action, "bucket"): _("Choose the bucket it belongs to."),
    (Lever, "name"): _("Write what we already have, for example “The phone system knows who called last”."),
    (TouchpointIdea, "text"): _("Write the idea, for example “A call to everyone who waited more than four hours”."),
    (Metric, "name"): _("Write what is measured, for example “Power-cut message in ten minutes”."),
    (Measurement, "metric"): _("Choose the metric that was measured."),
    (Measurement, "period"): _("Write the period, for example 2026-10 or 2026-Q4."),
    (ContingencyTask, "metric"): _("Choose the metric that missed its target."),
    (RolloutItem, "focus"): _("Write what it is about, for example “No silence in a power cut”."),
    (PersonalPillar, "statement"): _("Write what you do, for example “I always ring the doorbell when I am done”."),
    (PersonalPillar, "kind"): _("Choose whether it is something you never or always do."),
    (ReadinessStatement, "text"): _("Write the statement, for example “I may settle the matter at once”."),
    (HeldWorkshop, "title"): _("Write the name of the workshop, for example “Gap workshop”."),
    (HeldWorkshop, "step"): _("Choose the step it was held for."),
    (Decision, "text"): _("Write what was decided."),
    (Programme, "name"): _("Write the name of the programme, for example “Alongside 2031”."),
}
CHOOSE: Final = _("Choose…")
NOBODY: Final = _("Nobody yet")
NOT_CHOSEN: Final = _("Not chosen yet")
#: What it means that nothing is chosen.
BLANK: Final[Mapping[str, LazyText]] = {
    **dict.fromkeys(("owner", "interviewer", "caller", "facilitator", "by", "cx_owner", "sponsor"), NOBODY),
    **dict.fromkeys(("interaction", "content", "special", "expectation"), _("Not assessed yet")),
    "answer": _("Not answered yet"),
    "consent": _("Not asked yet"),
    "visible": _("Not known yet"),
    "team": _("No team"),
    "persona": _("No persona"),
}


def name_blanks(fields: Mapping[str, forms.Field]) -> None:
    """Say in every field that may be empty what that means."""
    for name, field in fields.items():
        name_the_blank(field, CHOOSE if field.required else BLANK.get(name, NOT_CHOSEN))


def speak(model: type[models.Model], fields: Mapping[str, forms.Field]) -> None:
    """Let every field say what to do where something is wrong with it."""
    for name, field in fields.items():
        put_plainly(field, required=REQUIRED.get((model, name), ""))
