"""Forms of what is collected: sources and their findings, interviews, calls and personas."""

from __future__ import annotations

from functools import partial
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from journeys.models import Persona
from roadmap.domain import details
from roadmap.models import (
    CustomerCall,
    Finding,
    Interview,
    KeyQuestion,
    Source,
    Theme,
)
from roadmap.steps import BY_NUMBER

from .base import DOCUMENT, AnswersForm, Finish, RecordForm, Suggesting, choices, limit


class FindingForm(RecordForm):
    theme_name = forms.CharField(label=_("theme"), max_length=120, required=False)

    loose = frozenset({"theme_name"})

    class Meta:
        model = Finding
        fields = ("text", "source", "page", "passage", "theme_name", "weight")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.theme_id:
            self.initial["theme_name"] = self.instance.theme.name
        names = Theme.objects.of(self.programme).alive().in_order().values_list("name", flat=True)
        self.fields["theme_name"].widget = Suggesting(names, attrs={"maxlength": 120})

    def finish(self) -> Finish:
        return partial(details.set_theme, name=self.cleaned_data["theme_name"].strip())


class SourceForm(RecordForm):
    class Meta:
        model = Source
        fields = ("title", "kind", "dated", "text", "url")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        limit(self.fields["text"], DOCUMENT)


class InterviewForm(AnswersForm):
    class Meta:
        model = Interview
        fields = (
            "label",
            "kind",
            "held_on",
            "interviewer",
            "persona",
            "consent",
            "wish",
            "notes",
            "said",
            "did",
            "delete_on",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        given = {answer.question: answer.text for answer in self.instance.answers.all()} if self.instance.pk else {}
        asked = {question.id: str(question) for question in BY_NUMBER[2].questions}
        self.ask([*asked.items(), *((key, key) for key in given if key not in asked)], given)

    def finish(self) -> Finish:
        return partial(details.set_interview_answers, answers=self.answers())


class CustomerCallForm(AnswersForm):
    class Meta:
        model = CustomerCall
        fields = ("called_on", "caller", "persona", "experience", "quote")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.questions = {str(question.pk): question for question in choices(KeyQuestion, self.programme)}
        given = {str(row.question_id): row.text for row in self.instance.answers.all()} if self.instance.pk else {}
        self.ask([(key, question.text) for key, question in self.questions.items()], given)

    def finish(self) -> Finish:
        answers = {self.questions[key]: text for key, text in self.answers().items()}
        return partial(details.set_call_answers, answers=answers)


class PersonaForm(RecordForm):
    channel_names = forms.CharField(label=_("channels"), required=False, help_text=_("Separated by commas."))

    loose = frozenset({"channel_names"})

    class Meta:
        model = Persona
        fields = ("name", "age", "share", "goal", "fear", "channel_names")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["channel_names"] = ", ".join(self.instance.channels)

    def clean_channel_names(self) -> list[str]:
        names = [name.strip() for name in self.cleaned_data["channel_names"].split(",")]
        if any(len(name) > 64 for name in names):
            raise ValidationError(_("A channel's name has at most 64 characters."))
        return [name for name in names if name]

    def values(self) -> dict[str, Any]:
        return {**super().values(), "channels": self.cleaned_data["channel_names"]}
