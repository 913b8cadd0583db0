"""Forms of live workshops: opening one for a step, and harvesting it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cxplan.kit.forms import put_plainly
from roadmap.domain import naming
from roadmap.domain.agenda import Agenda
from roadmap.domain.harvest import Outcome, Pick
from roadmap.domain.kinds import BY_NAME
from roadmap.models import Programme, VisionElement

from .base import STATEMENT, choices, limit

LANE: Final = "lane"
#: What the records of a kind are asked to lean on; what lay on the wall with their notes is linked without asking.
LINKS: Final[Mapping[str, tuple[str, ...]]] = {
    "gap": ("vision_elements", "touchpoints"),
    "pillar": ("gaps", "vision_elements"),
    "action": ("gaps", "pillars"),
    "lever": ("supports_actions",),
    "metric": ("gaps", "pillars"),
}
#: How a browser writes a day and a time.
LOCAL: Final = "%Y-%m-%dT%H:%M"


class OpeningForm(forms.Form):
    title = forms.CharField(label=gettext_lazy("Title"), max_length=300)
    starts_at = forms.DateTimeField(
        label=gettext_lazy("When"),
        required=False,
        help_text=gettext_lazy("You may leave it empty and begin at once."),
        input_formats=[LOCAL],
        widget=forms.DateTimeInput(format=LOCAL, attrs={"type": "datetime-local"}),
    )
    minutes = forms.IntegerField(
        label=gettext_lazy("Length in minutes"),
        min_value=10,
        max_value=480,
        help_text=gettext_lazy("The phases share it as they share it now; each can be given more time in the room."),
    )

    def full_clean(self) -> None:
        for field in self.fields.values():
            put_plainly(field)
        self.fields["starts_at"].error_messages["invalid"] = _(
            "Write the day and the time, for example 2026-11-04T13:00."
        )
        super().full_clean()


@dataclass(frozen=True)
class Row:
    """An outcome with its fields."""

    outcome: Outcome
    take: forms.BoundField
    text: forms.BoundField
    #: Where it belongs, who sees it through and by when.
    aside: Sequence[forms.BoundField]
    links: Sequence[forms.BoundField]


class HarvestForm(forms.Form):
    """What is taken into the plan, in which words, on what it leans, and why."""

    reason = forms.CharField(
        label=gettext_lazy("Why these?"),
        help_text=gettext_lazy("One or two sentences, as they were said in the room."),
        max_length=STATEMENT,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    customers = forms.IntegerField(
        label=gettext_lazy("How many of the people were customers?"), required=False, min_value=0, max_value=10_000
    )

    def __init__(
        self,
        *args: Any,
        programme: Programme,
        agenda: Agenda,
        outcomes: Sequence[Outcome],
        lanes: Mapping[str, str],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.programme, self.agenda, self.lanes = programme, agenda, lanes
        self.outcomes = [outcome for outcome in outcomes if outcome.made is None]
        self.made = next((BY_NAME[makes.kind] for makes in agenda.makes if makes.kind != "assessment"), None)
        self.far = self._far()
        for outcome in self.outcomes:
            self.fields |= self._fields(outcome)

    def _far(self) -> dict[str, dict[str, Any]]:
        """What the records may lean on, and who may own them, by key; asked for once for all rows."""
        if self.made is None or not self.outcomes:
            return {}
        columns = {column.name: column for column in self.made.model._meta.get_fields()}
        names = [*LINKS.get(self.made.name, ()), *(["owner"] if "owner" in columns else [])]
        found = {}
        for name in names:
            far: Any = columns[name].related_model
            options = choices(far, self.programme)
            if far is VisionElement:
                options = options.filter(vision__is_current=True)
            found[name] = {str(one.pk): one for one in options}
        return found

    def _fields(self, outcome: Outcome) -> dict[str, forms.Field]:
        key = outcome.key
        found: dict[str, forms.Field] = {
            f"take-{key}": forms.BooleanField(
                label=Truncator(outcome.name).chars(120), required=False, initial=outcome.is_chosen
            ),
            f"text-{key}": forms.CharField(
                label=_("In the plan as"),
                required=False,
                initial=outcome.name,
                widget=forms.Textarea(attrs={"rows": 2}),
            ),
        }
        limit(found[f"text-{key}"], self._longest())
        if self.lanes and self._chooses_lane():
            options = [*self.lanes.items()]
            found[f"lane-{key}"] = forms.ChoiceField(
                label=_("Where it belongs"), choices=options, required=False, initial=outcome.lane
            )
        for name in self._linked():
            column: Any = self.made.model._meta.get_field(name) if self.made else None
            found[f"{name}-{key}"] = forms.MultipleChoiceField(
                label=capfirst(column.verbose_name),
                required=False,
                choices=[(pk, naming.called(one)) for pk, one in self.far[name].items()],
                widget=forms.CheckboxSelectMultiple,
            )
        if "owner" in self.far:
            people = [("", _("nobody yet")), *((pk, str(one)) for pk, one in self.far["owner"].items())]
            found[f"owner-{key}"] = forms.ChoiceField(label=_("Who"), choices=people, required=False)
        if self.made and self.made.name == "action":
            found[f"due-{key}"] = forms.DateField(
                label=_("By when"),
                required=False,
                widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
            )
        return found

    def _linked(self) -> list[str]:
        return [name for name in self.far if name != "owner"]

    def _chooses_lane(self) -> bool:
        return any(makes.lane and makes.lane != "theme" for makes in self.agenda.makes)

    def _longest(self) -> int:
        """How long the words may be: as long as the column that takes them."""
        makes = next((makes for makes in self.agenda.makes if makes.kind != "assessment"), None)
        column = (makes.group or makes.text) if makes else ""
        if not makes or column in ("", "theme"):
            return 120
        field: Any = BY_NAME[makes.kind].model._meta.get_field(column)
        return field.max_length or STATEMENT

    def full_clean(self) -> None:
        for field in self.fields.values():
            put_plainly(field)
        self.fields["reason"].error_messages["required"] = _("Say why: a year from now somebody will ask.")
        super().full_clean()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for outcome in self.outcomes:
            words = cleaned.get(f"text-{outcome.key}")
            if cleaned.get(f"take-{outcome.key}") and words is not None and not words.strip():
                self.add_error(f"text-{outcome.key}", _("Write how it stands in the plan."))
        if self.outcomes and not any(cleaned.get(f"take-{outcome.key}") for outcome in self.outcomes):
            raise ValidationError(_("Nothing is ticked. Tick at least one, or leave the workshop as it is."))
        return cleaned

    def rows(self) -> Iterator[Row]:
        """The fields of each outcome."""
        for outcome in self.outcomes:
            yield Row(
                outcome=outcome,
                take=self[f"take-{outcome.key}"],
                text=self[f"text-{outcome.key}"],
                aside=self._bound(outcome, LANE, "owner", "due"),
                links=self._bound(outcome, *self._linked()),
            )

    def _bound(self, outcome: Outcome, *names: str) -> list[forms.BoundField]:
        keys = [f"{name}-{outcome.key}" for name in names]
        return [self[key] for key in keys if key in self.fields]

    def picks(self) -> list[Pick]:
        """What was ticked, in the order of the result."""
        return [self._pick(outcome) for outcome in self.outcomes if self.cleaned_data[f"take-{outcome.key}"]]

    def _pick(self, outcome: Outcome) -> Pick:
        given = {name: self.cleaned_data.get(f"{name}-{outcome.key}") for name in (LANE, "owner", "due")}
        return Pick(
            outcome=outcome,
            text=self.cleaned_data[f"text-{outcome.key}"].strip(),
            lane=given[LANE] or outcome.lane,
            links={name: [int(pk) for pk in self.cleaned_data[f"{name}-{outcome.key}"]] for name in self._linked()},
            owner=self.far["owner"][given["owner"]] if given["owner"] else None,
            due=given["due"],
        )
