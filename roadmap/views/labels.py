"""What the buttons say that begin a record of a kind or link one, and the form's heading."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

#: Kinds that follow something else before the order they were put in (the page says so before one of them moves).
AMONG = {
    "finding": _("Findings stand by theme and weight: it moves among those of the same."),
    "interview": _("It moves within its group."),
    "insight": _("It moves within its group."),
    "touchpoint": _("It moves within its stage. To put it on another stage, edit it."),
    "ecosystem_part": _("It moves within its group."),
    "gap": _("Gaps stand by severity: it moves among those of the same."),
    "pillar": _("It moves within its lane."),
    "promise": _("Promises stand by what became of them: it moves among those of the same state."),
    "action": _("Actions stand by bucket and day: it moves among those of the same."),
    "lever": _("It moves within its group."),
    "metric": _("Metrics stand by whether the target is met: it moves among those of the same state."),
    "personal_pillar": _("It moves among those of the same writer."),
}

ADD = {
    "source": _("Add a source"),
    "finding": _("Add a finding"),
    "interview": _("Add an interview"),
    "vision": _("Write a new version of the vision"),
    "vision_element": _("Add a vision element"),
    "vision_check": _("Add a check"),
    "vision_candidate": _("Add a candidate"),
    "persona": _("Add a persona"),
    "key_question": _("Add a key question"),
    "customer_call": _("Add a customer call"),
    "insight": _("Add an insight"),
    "journey": _("Add a journey"),
    "stage": _("Add a stage"),
    "touchpoint": _("Add a touchpoint"),
    "assessment": _("Add an assessment"),
    "stage_assessment": _("Assess a stage"),
    "ecosystem_part": _("Add a part of the ecosystem"),
    "gap": _("Add a gap"),
    "pillar": _("Add a pillar"),
    "promise": _("Add a customer promise"),
    "action": _("Add an action"),
    "lever": _("Add a lever"),
    "sweet_spot": _("Add a sweet spot"),
    "touchpoint_idea": _("Add an idea"),
    "metric": _("Add a metric"),
    "measurement": _("Add a measurement"),
    "contingency_task": _("Start a contingency"),
    "rollout_item": _("Add to the rollout"),
    "personal_pillar": _("Write your own pillar"),
    "readiness_statement": _("Add a statement"),
    "workshop": _("Add a workshop"),
    "decision": _("Add a decision"),
}

#: What a section is headed with where that says more than the name of its kind; the way to it says the same.
HEADING = {
    "vision": _("The sentence"),
    "vision_check": _("Does it hold?"),
    "touchpoint": _("Touchpoints on their stages"),
    "stage_assessment": _("How each stage holds"),
    "assessment": _("Rounds of scores"),
    "ecosystem_part": _("What the service stands on"),
}

#: What to say where a link is missing, by the field that would hold it.
LINK = {
    "actions": _("Link an action"),
    "audience": _("Choose the teams"),
    "built_on": _("Link a finding"),
    "evidence": _("Link evidence"),
    "gaps": _("Link a gap"),
    "levers": _("Link a lever"),
    "metrics": _("Link a metric"),
    "pillar": _("Link a pillar"),
    "pillars": _("Link a pillar"),
    "problem": _("Link a gap"),
    "stage": _("Choose the stage"),
    "supports": _("Link a touchpoint"),
    "supports_actions": _("Link an action"),
    "touchpoint": _("Link a touchpoint"),
    "touchpoints": _("Link a touchpoint"),
    "vision_elements": _("Link a vision element"),
}
