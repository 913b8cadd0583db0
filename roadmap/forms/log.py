"""Forms of what concerns the whole programme: workshops held and decisions made."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override, pgettext_lazy

from roadmap.domain import details
from roadmap.models import (
    Decision,
    HeldWorkshop,
)
from roadmap.steps import BY_NUMBER

from .base import Finish, RecordForm
from .wording import CHOOSE

#: The ways of working that a live workshop knows, by the word that a file stores; people write them in their language.
MODES: Final = {
    "read": pgettext_lazy("way of working", "reading"),
    "write_hidden": pgettext_lazy("way of working", "silent writing"),
    "write_together": pgettext_lazy("way of working", "writing together"),
    "reveal": pgettext_lazy("way of working", "revealing"),
    "group": pgettext_lazy("way of working", "grouping"),
    "place": pgettext_lazy("way of working", "placing on the journey"),
    "vote": pgettext_lazy("way of working", "voting"),
    "rank": pgettext_lazy("way of working", "ranking"),
    "score": pgettext_lazy("way of working", "scoring"),
    "discuss": pgettext_lazy("way of working", "discussion"),
    "test": pgettext_lazy("way of working", "trying out"),
    "assign": pgettext_lazy("way of working", "sharing out"),
    "decide": pgettext_lazy("way of working", "deciding"),
    "close": pgettext_lazy("way of working", "closing"),
}


class HeldWorkshopForm(RecordForm):
    step = forms.TypedChoiceField(
        label=_("step"),
        coerce=int,
        choices=lambda: [("", CHOOSE), *((n, f"{n}. {step.name}") for n, step in BY_NUMBER.items())],
    )
    agenda = forms.CharField(label=_("agenda"), required=False, widget=forms.Textarea)

    loose = frozenset({"agenda"})

    class Meta:
        model = HeldWorkshop
        fields = ("title", "step", "held_on", "facilitator", "participants", "customers", "minutes", "agenda")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            items = self.instance.agenda.order_by("position")
            self.initial["agenda"] = "\n".join(
                f"{item.minutes} | {MODES.get(item.mode, item.mode)} | {item.text}"
                + (f" | {item.votes_each}" if item.votes_each else "")
                for item in items
            )
        self.fields["agenda"].widget.attrs["rows"] = 6
        self.fields["agenda"].help_text = _(
            "One item a line: minutes | way of working | what is done | votes for each. Ways of working: %(modes)s."
        ) % {"modes": ", ".join(map(str, MODES.values()))}

    def clean_agenda(self) -> list[details.AgendaLine]:
        return [_agenda_line(line) for line in self.cleaned_data["agenda"].splitlines() if line.strip()]

    def finish(self) -> Finish:
        return partial(details.set_agenda, agenda=self.cleaned_data["agenda"])


def _agenda_line(line: str) -> details.AgendaLine:
    """Read "15 | voting | Choose one | 1"."""
    parts = [part.strip() for part in line.split("|", 3)]
    minutes, mode, text, votes = (*parts, "", "", "")[:4]
    if not minutes.isdecimal() or len(minutes) > 6 or (votes and (not votes.isdecimal() or len(votes) > 6)):
        raise ValidationError(
            _("“%(line)s” does not begin with minutes. Write for example: 15 | %(mode)s | Choose one | 1"),
            params={"line": line, "mode": MODES["vote"]},
        )
    if len(mode) > 64:
        raise ValidationError(_("“%(mode)s” is too long for a way of working."), params={"mode": mode})
    return details.AgendaLine(int(minutes), _mode(mode), text, int(votes) if votes else None)


def _mode(written: str) -> str:
    """The stored word for a way of working, in whichever language it was written; any other is kept as it is."""
    for language, _name in settings.LANGUAGES:
        with override(language):
            for key, word in MODES.items():
                if written.casefold() in (key, str(word).casefold()):
                    return key
    return written


class DecisionForm(RecordForm):
    class Meta:
        model = Decision
        fields = ("text", "why", "by", "made_on")
