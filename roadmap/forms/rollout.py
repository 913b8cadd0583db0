"""Forms of the rollout and of readiness."""

from __future__ import annotations

from functools import partial
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from roadmap.domain import details
from roadmap.models import (
    ReadinessStatement,
    RolloutItem,
)

from .base import Finish, RecordForm


class Answers(forms.CharField):
    """Whole numbers separated by spaces or commas."""

    def to_python(self, value: Any) -> list[int]:  # type: ignore[override]  # a field's own type
        words = str(value or "").replace(",", " ").split()
        try:
            return [int(word) for word in words]
        except ValueError:
            raise ValidationError(_("Write whole numbers with spaces between, for example 3 4 2 5.")) from None

    def prepare_value(self, value: Any) -> Any:
        return " ".join(map(str, value)) if isinstance(value, list) else value


class ReadinessStatementForm(RecordForm):
    management = Answers(label=_("answers of management, 1 to 5"), required=False, max_length=10_000)
    staff = Answers(label=_("answers of staff, 1 to 5"), required=False, max_length=10_000)

    loose = frozenset({"management", "staff"})

    class Meta:
        model = ReadinessStatement
        fields = ("text", "theme", "management", "staff")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            for group in ("management", "staff"):
                own = [answer for answer in self.instance.answers.all() if answer.group == group]
                self.initial[group] = [answer.value for answer in sorted(own, key=lambda answer: answer.position)]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        low, high = (self.instance.round.scale_min, self.instance.round.scale_max) if self.instance.pk else (1, 5)
        for group in ("management", "staff"):
            if any(not low <= value <= high for value in data.get(group) or ()):
                message = _("Every answer is a number from %(low)s to %(high)s.") % {"low": low, "high": high}
                self.add_error(group, message)
        return data

    def finish(self) -> Finish:
        return partial(
            details.set_readiness_answers,
            management=self.cleaned_data["management"],
            staff=self.cleaned_data["staff"],
        )


class RolloutItemForm(RecordForm):
    class Meta:
        model = RolloutItem
        fields = ("focus", "audience", "starts", "ends", "how", "communication", "owner", "pillars", "status")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        starts, ends = data.get("starts"), data.get("ends")
        if starts and ends and ends < starts:
            self.add_error("ends", _("It cannot end before it starts."))
        return data
