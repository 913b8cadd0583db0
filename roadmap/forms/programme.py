"""Forms of the programme itself, of its exports and of the state of its steps."""

from __future__ import annotations

from django import forms

from roadmap.models import (
    Export,
    Programme,
)
from roadmap.models.programme import StepStatusState

from .base import RecordForm


class ProgrammeForm(RecordForm):
    class Meta:
        model = Programme
        fields = (
            "name",
            "purpose",
            "language",
            "starts_on",
            "vision_year",
            "cx_owner",
            "sponsor",
            "core_group",
            "development_stage",
            "development_stage_reason",
            "business_case",
            "business_case_low",
            "business_case_high",
            "focus_line",
            "organisation_name",
            "organisation_sector",
            "organisation_description",
            "organisation_brand_promise",
        )


class NewProgrammeForm(forms.ModelForm[Programme]):
    """Start a programme: a name is enough."""

    class Meta:
        model = Programme
        fields = ("name", "language", "vision_year", "organisation_name")


class ExportForm(forms.ModelForm[Export]):
    """What to print: language, mark, how much of the plan."""

    class Meta:
        model = Export
        fields = ("language", "parts", "appendix", "mark")


class StepStateForm(forms.Form):
    state = forms.ChoiceField(choices=StepStatusState)
