"""Forms of the programme itself, of its exports and of the state of its steps."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from roadmap.domain import exports
from roadmap.models import (
    Export,
    Programme,
)
from roadmap.models.exports import OF_PILLARS, WISHES, ExportPart
from roadmap.models.programme import Language, StepStatusState
from roadmap.steps import STEPS

from . import wording
from .base import TEXT, RecordForm


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
    """Start a programme: a name is enough. It begins empty, or as a copy of the example."""

    EMPTY, EXAMPLE = "empty", "example"

    begin = forms.ChoiceField(
        label=_("How it begins"),
        required=False,
        choices=((EMPTY, _("Empty")), (EXAMPLE, _("As a copy of the example programme"))),
        widget=forms.RadioSelect,
        initial=EMPTY,
        help_text=_(
            "The example is a made-up energy company with all twelve steps filled in. A copy keeps its own year, "
            "organisation and people. The people have no accounts and can be named in the copy only. A copy can be "
            "thrown away like any programme."
        ),
    )

    field_order = ("name", "language", "begin")

    class Meta:
        model = Programme
        fields = ("name", "language", "vision_year", "organisation_name")

    @property
    def is_copy(self) -> bool:
        """Whether a copy of the example is asked for."""
        return bool(self.cleaned_data["begin"] == self.EXAMPLE)

    def values(self) -> dict[str, Any]:
        """What the programme begins with; a copy keeps its own year and organisation."""
        names = ("name", "language") if self.is_copy else self._meta.fields or ()
        return {name: self.cleaned_data[name] for name in names}

    def full_clean(self) -> None:
        wording.speak(Programme, self.fields)
        super().full_clean()


class ExportForm(forms.ModelForm[Export]):
    """What to print, and how: one step has to be named, and a wall needs pillars to hang on it."""

    step = forms.TypedChoiceField(
        label=_("Which step"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=lambda: [("", "–"), *((step.number, f"{step.number} {step.short}") for step in STEPS)],
    )
    language = forms.ChoiceField(label=_("language"), choices=Language)

    class Meta:
        model = Export
        fields = ("parts", "step", "language", "mark", "appendix")
        help_texts = {"mark": _("Stands on every page of the plan. Empty, it says: Internal – for management only.")}

    def __init__(self, *args: Any, programme: Programme, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.programme = programme
        parts: Any = self.fields["parts"]
        parts.choices = WISHES
        for field in self.fields.values():
            field.label = capfirst(field.label or "")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        parts = cleaned.get("parts")
        if parts == ExportPart.STEP and "step" not in self.errors and cleaned.get("step") is None:
            self.add_error("step", _("Choose the step to print."))
        if parts != ExportPart.STEP:
            cleaned["step"] = None
        if parts in OF_PILLARS and not exports.has_pillars(self.programme):
            self.add_error("parts", _("No pillar is chosen yet. Choose the pillars in step 7, then make this."))
        return cleaned


class ExportPrefillForm(forms.Form):
    """What a link from another page asks for; anything odd in it is passed over."""

    parts = forms.ChoiceField(choices=WISHES, required=False)
    step = forms.TypedChoiceField(
        choices=[(step.number, step.number) for step in STEPS], coerce=int, empty_value=None, required=False
    )

    def initial_values(self) -> dict[str, Any]:
        """The wishes that can be, to begin a form with."""
        self.full_clean()
        return {name: value for name, value in self.cleaned_data.items() if value}


class GateForm(forms.Form):
    """Management's word on what is known now, given to what the approver saw."""

    note = forms.CharField(
        label=_("What was agreed"),
        required=False,
        max_length=TEXT,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("For example what was left open, or on what condition you go on."),
    )
    saw = forms.CharField(
        max_length=64, widget=forms.HiddenInput, error_messages={"required": _("Read the page again, then approve it.")}
    )


class PresentForm(forms.Form):
    """Whom presence names at a page, by their keys: ``7,12``."""

    who = forms.RegexField(r"\A\d{1,18}(,\d{1,18}){0,99}\Z", max_length=2000)

    def clean_who(self) -> list[int]:
        return [int(key) for key in self.cleaned_data["who"].split(",")]


class StepStateForm(forms.Form):
    state = forms.ChoiceField(choices=StepStatusState)
