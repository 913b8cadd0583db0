"""Many records at once: one on each line, with what they share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from cxplan.workspaces.models import Member
from roadmap.domain import details
from roadmap.domain.kinds import Kind
from roadmap.domain.records import Prepare

from . import wording
from .base import RecordForm

MOST_LINES: Final = 200
#: What people put before the lines of a list.
BULLETS: Final = "-–—•*·▪●"


@dataclass(frozen=True)
class Many:
    """How a kind is added line by line: the field that holds the line, what all of them share, who wrote them."""

    words: str
    shared: tuple[str, ...] = ()
    writer: str = ""


MANY: Final[Mapping[str, Many]] = {
    "source": Many("title", ("kind",)),
    "finding": Many("text", ("source", "theme_name", "weight")),
    "vision_element": Many("text"),
    "vision_candidate": Many("text"),
    "key_question": Many("text"),
    "insight": Many("text", ("kind",)),
    "touchpoint": Many("name", ("journey", "stage")),
    "gap": Many("title"),
    "pillar": Many("statement", ("kind",)),
    "action": Many("title", ("bucket",)),
    "lever": Many("name", ("kind",)),
    "touchpoint_idea": Many("text", ("kind",)),
    "personal_pillar": Many("statement", ("kind", "pillars", "visibility"), writer="person"),
    "readiness_statement": Many("text", ("theme",)),
}


class ManyForm(forms.Form):
    """Lines to paste, and the fields of the kind's own form that all of them share."""

    lines = forms.CharField(widget=forms.Textarea(attrs={"rows": 10}), strip=False)

    def __init__(self, *args: Any, own: RecordForm, kind: Kind, member: Member, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind, self.member = kind, member
        self.many = MANY[kind.name]
        self.line = own.fields[self.many.words]
        self.fields["lines"].label = _("One on each line")
        self.fields["lines"].help_text = _("At most %(most)s lines. Empty lines and bullets are left out.") % {
            "most": MOST_LINES
        }
        self.fields |= {name: own.fields[name] for name in self.many.shared}
        self.multiple = own.multiple & set(self.many.shared)

    def full_clean(self) -> None:
        wording.speak(self.kind.model, {**self.fields, self.many.words: self.line})
        self.fields["lines"].error_messages["required"] = self.line.error_messages["required"]
        super().full_clean()

    def clean_lines(self) -> list[str]:
        """Each line as its record's own form would take it; every line that it would not is named."""
        typed = enumerate(self.cleaned_data["lines"].splitlines(), 1)
        numbered = [(number, words) for number, line in typed if (words := line.strip().lstrip(BULLETS).strip())]
        if not numbered:
            raise ValidationError(self.line.error_messages["required"])
        if len(numbered) > MOST_LINES:
            raise ValidationError(
                _("There are %(count)s lines; %(most)s fit at once. Add the rest afterwards."),
                params={"count": len(numbered), "most": MOST_LINES},
            )
        found, wrong = [], []
        for number, words in numbered:
            try:
                found.append(self.line.clean(words))
            except ValidationError as error:
                said = " ".join(error.messages)
                wrong.append(_("Line %(number)s: %(said)s") % {"number": number, "said": said})
        if wrong:
            raise ValidationError(wrong)
        return found

    def rows(self) -> list[dict[str, Any]]:
        """What each new record has of its own."""
        return [{self.many.words: words} for words in self.cleaned_data["lines"]]

    def shared(self) -> dict[str, Any]:
        """The columns that all of them share."""
        columns = {field.name for field in self.kind.model._meta.concrete_fields}
        shared = {name: self.cleaned_data[name] for name in self.many.shared if name in columns}
        return shared | ({self.many.writer: self.member} if self.many.writer else {})

    def links(self) -> dict[str, Iterable[models.Model]]:
        """What all of them are linked to."""
        return {name: self.cleaned_data[name] for name in self.multiple}

    def prepare(self) -> Prepare | None:
        """What the command has to find or make before."""
        if "theme_name" not in self.fields:
            return None
        return partial(details.under_theme, name=self.cleaned_data["theme_name"].strip())
