"""Forms of what concerns the whole programme: workshops held and decisions made."""

from __future__ import annotations

from functools import partial
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from roadmap.domain import details
from roadmap.models import (
    Decision,
    HeldWorkshop,
)
from roadmap.steps import BY_NUMBER

from .base import Finish, RecordForm
from .wording import CHOOSE


class HeldWorkshopForm(RecordForm):
    step = forms.TypedChoiceField(
        label=_("step"),
        coerce=int,
        choices=lambda: [("", CHOOSE), *((n, f"{n}. {step.name}") for n, step in BY_NUMBER.items())],
    )
    agenda = forms.CharField(
        label=_("agenda"),
        required=False,
        widget=forms.Textarea,
        help_text=_("One item a line: minutes | way of working | what is done | votes for each."),
    )

    loose = frozenset({"agenda"})

    class Meta:
        model = HeldWorkshop
        fields = ("title", "step", "held_on", "facilitator", "participants", "customers", "minutes", "agenda")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            items = self.instance.agenda.order_by("position")
            self.initial["agenda"] = "\n".join(
                f"{item.minutes} | {item.mode} | {item.text}" + (f" | {item.votes_each}" if item.votes_each else "")
                for item in items
            )
        self.fields["agenda"].widget.attrs["rows"] = 6

    def clean_agenda(self) -> list[details.AgendaLine]:
        return [_agenda_line(line) for line in self.cleaned_data["agenda"].splitlines() if line.strip()]

    def finish(self) -> Finish:
        return partial(details.set_agenda, agenda=self.cleaned_data["agenda"])


def _agenda_line(line: str) -> details.AgendaLine:
    """Read "15 | vote | Choose one | 1"."""
    parts = [part.strip() for part in line.split("|", 3)]
    minutes, mode, text, votes = (*parts, "", "", "")[:4]
    if not minutes.isdecimal() or len(minutes) > 6 or (votes and (not votes.isdecimal() or len(votes) > 6)):
        raise ValidationError(
            _("“%(line)s” does not begin with minutes. Write for example: 15 | vote | Choose one | 1"),
            params={"line": line},
        )
    if len(mode) > 64:
        raise ValidationError(_("“%(mode)s” is too long for a way of working."), params={"mode": mode})
    return details.AgendaLine(int(minutes), mode, text, int(votes) if votes else None)


class DecisionForm(RecordForm):
    class Meta:
        model = Decision
        fields = ("text", "why", "by", "made_on")
