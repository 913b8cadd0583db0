"""Forms of what goes on between meetings: asking the team, collecting notes for a workshop, taking in a vote."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cxplan.kit.forms import put_plainly
from cxplan.workshops.forms.between import DeadlineField
from cxplan.workspaces.models import Member
from roadmap.domain import programmes
from roadmap.domain.polls import Proposal
from roadmap.models import Programme

from .base import STATEMENT, choices

#: How far ahead the first deadline is proposed, at this hour.
AHEAD, HOUR = timedelta(days=5), time(16)


class PeopleForm(forms.Form):
    """Until when, and who is asked: the programme's people, or whoever else has an account."""

    deadline = DeadlineField()
    asked = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Who is asked"),
        queryset=Member.objects.none(),
        help_text=gettext_lazy("Each gets a mail with the link now, and a reminder a day before the end if needed."),
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, programme: Programme, **kwargs: Any) -> None:
        self.programme = programme
        found = Member.objects.of(programme.workspace).present().filter(user__is_active=True).in_order()
        team = {member.pk for member in programmes.people(programme)}
        own = [member.pk for member in found if member.pk in team]
        initial = {"deadline": _in_some_days(), "asked": own or [member.pk for member in found if member.can_edit]}
        super().__init__(*args, **{**kwargs, "initial": {**initial, **kwargs.get("initial", {})}})
        people: Any = self.fields["asked"]
        people.queryset = found
        for field in self.fields.values():
            put_plainly(field)


def _in_some_days() -> datetime:
    day = timezone.localdate() + AHEAD
    return timezone.make_aware(datetime.combine(day, HOUR))


class AskForm(PeopleForm):
    """A question about records."""

    question = forms.CharField(label=gettext_lazy("Question"), max_length=300)
    about = forms.ModelMultipleChoiceField(
        label=gettext_lazy("What is voted on"), queryset=Member.objects.none(), widget=forms.CheckboxSelectMultiple
    )
    field_order = ("question", "about", "deadline", "asked")

    def __init__(self, *args: Any, programme: Programme, model: Any, **kwargs: Any) -> None:
        found = choices(model, programme)
        initial = {"about": [record.pk for record in found], **kwargs.get("initial", {})}
        super().__init__(*args, programme=programme, **{**kwargs, "initial": initial})
        records: Any = self.fields["about"]
        records.queryset = found


class VerdictForm(forms.Form):
    """What of a vote is written into the records, and why: the vote proposes, the lead decides."""

    reason = forms.CharField(
        label=gettext_lazy("Why these?"),
        help_text=gettext_lazy("One or two sentences for whoever reads the plan later."),
        max_length=STATEMENT,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, proposals: Sequence[Proposal], most: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.proposals = [each for each in proposals if each.proposed is not None]
        for each in self.proposals:
            key = each.record.pk
            self.fields[f"take-{key}"] = forms.BooleanField(
                label=str(each.record), required=False, initial=each.changes
            )
            self.fields[f"value-{key}"] = forms.IntegerField(
                label=_("In the plan as"), min_value=1 if most == 5 else 0, max_value=most, initial=each.proposed
            )
        for name, field in self.fields.items():
            put_plainly(field, required=_("Say why: a year from now somebody will ask.") if name == "reason" else "")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and not self.accepted():
            raise ValidationError(_("Nothing is ticked. Tick what you take into the plan."))
        return cleaned

    def accepted(self) -> dict[int, int]:
        """The values of the records that were ticked."""
        keys = [each.record.pk for each in self.proposals]
        return {key: self.cleaned_data[f"value-{key}"] for key in keys if self.cleaned_data.get(f"take-{key}")}

    def rows(self) -> list[tuple[Proposal, forms.BoundField, forms.BoundField]]:
        keys = [(each, each.record.pk) for each in self.proposals]
        return [(each, self[f"take-{key}"], self[f"value-{key}"]) for each, key in keys]
