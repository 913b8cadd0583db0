"""Forms: one for each kind of record, and for the programme itself.

They hold fields and validation only. A view passes ``values()``, ``links()`` and ``finish()`` to a
domain command; nothing is ever saved here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from cxplan.workspaces.models import Member
from journeys.models import Assessment, EcosystemPart, Journey, Persona, Stage, StageAssessment, Touchpoint
from roadmap.domain import approvals, details
from roadmap.domain.kinds import BY_MODEL
from roadmap.domain.plan import PERIOD
from roadmap.models import (
    Action,
    ContingencyTask,
    CustomerCall,
    Decision,
    Export,
    Finding,
    Gap,
    HeldWorkshop,
    Insight,
    Interview,
    KeyQuestion,
    Lever,
    Measurement,
    Metric,
    PersonalPillar,
    Pillar,
    Programme,
    ProgrammeRecord,
    Promise,
    ReadinessStatement,
    RolloutItem,
    Source,
    SweetSpot,
    Theme,
    TouchpointIdea,
    Vision,
    VisionCandidate,
    VisionCheck,
    VisionElement,
)
from roadmap.models.metrics import MetricKind
from roadmap.models.pillars import PillarState, PromiseStatus
from roadmap.models.programme import StepStatusState
from roadmap.steps import BY_NUMBER

Finish = Callable[[Any], None]

#: The most characters of a sentence that stands for its record, and of any other text: the exchange format's own.
STATEMENT, TEXT, DOCUMENT = 2_000, 20_000, 200_000


def choices(model: type[models.Model], programme: Programme) -> models.QuerySet[Any]:
    """What a programme's record may be linked to: the programme's own, alive."""
    manager: Any = model._default_manager
    if issubclass(model, ProgrammeRecord):
        own: models.QuerySet[Any] = manager.of(programme).alive().in_order()
        return own
    tied: models.QuerySet[Any] = manager.of(programme.workspace).filter(ties__programme=programme)
    if any(field.name == "trashed_at" for field in model._meta.concrete_fields):
        tied = tied.filter(trashed_at=None)
    return tied.order_by("ties__position", "pk")


def _limit(field: forms.Field, most: int) -> None:
    """Let a field take no more than a file could carry."""
    field.validators = [one for one in field.validators if not isinstance(one, MaxLengthValidator)]
    field.validators.append(MaxLengthValidator(most))
    field.widget.attrs["maxlength"] = most


class RecordForm(forms.ModelForm[Any]):
    """The fields of one kind of record; only the programme's own records can be chosen."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    #: Fields that are no column of the record; a subclass hands them on in ``finish``.
    loose: frozenset[str] = frozenset()

    def __init__(self, *args: Any, programme: Programme, member: Member, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.programme, self.member = programme, member
        if self.instance.pk:
            self.initial["version"] = self.instance.version
        for field in self.fields.values():
            if field.label:
                field.label = capfirst(field.label)
            if isinstance(field, forms.ModelChoiceField):
                field.queryset = choices(field.queryset.model, programme)  # type: ignore[union-attr]
            if isinstance(field, forms.ModelMultipleChoiceField):
                field.widget = forms.CheckboxSelectMultiple()
                field.widget.choices = field.choices
            elif isinstance(field, forms.DateField):
                field.widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
            elif isinstance(field.widget, forms.Textarea):
                field.widget.attrs["rows"] = 3
                _limit(field, STATEMENT if field.required else TEXT)
        for name, low, high in _scales(self._meta.model):
            if isinstance(self.fields.get(name), forms.IntegerField):  # a float's, too; a list holds its own ends
                self.fields[name].validators += [MinValueValidator(low), MaxValueValidator(high)]
                self.fields[name].widget.attrs.update(min=low, max=high)

    @property
    def multiple(self) -> frozenset[str]:
        """The names of the fields that hold links to many."""
        return frozenset(
            name for name, field in self.fields.items() if isinstance(field, forms.ModelMultipleChoiceField)
        )

    def told(self) -> list[forms.BoundField]:
        """The fields to write into, and the hidden version."""
        return [bound for bound in self if bound.name not in self.multiple]

    def linked(self) -> list[forms.BoundField]:
        """The lists to choose links from."""
        return [bound for bound in self if bound.name in self.multiple]

    def values(self) -> dict[str, Any]:
        """The columns to write."""
        aside = {"version", *self.loose, *self.multiple}
        return {name: value for name, value in self.cleaned_data.items() if name not in aside}

    def links(self) -> dict[str, Iterable[models.Model]]:
        """The links that this form changed; for a new record all of them, also those filled in beforehand."""
        wanted = self.multiple & set(self.changed_data) if self.instance.pk else self.multiple
        return {name: self.cleaned_data[name] for name in wanted}

    def finish(self) -> Finish | None:
        """What the command still has to do with the record, if anything."""
        return None


def _scales(model: type[models.Model]) -> Iterator[tuple[str, float, float]]:
    """The fields that the database keeps on a scale, each with its ends: said at the field, not refused on saving."""
    for constraint in model._meta.constraints:
        if isinstance(constraint, models.CheckConstraint) and constraint.name.endswith("_on_scale"):
            leaves = dict(_leaves(constraint.condition))
            name = next(leaf.removesuffix("__gte") for leaf in leaves if leaf.endswith("__gte"))
            yield name, leaves[f"{name}__gte"], leaves[f"{name}__lte"]


def _leaves(condition: Any) -> Iterator[tuple[str, Any]]:
    for child in condition.children:
        if isinstance(child, models.Q):
            yield from _leaves(child)
        else:
            yield child


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


class Suggesting(forms.TextInput):
    """A line of text with suggestions; anything else may be written too."""

    template_name = "ui/suggesting.html"

    def __init__(self, suggestions: Iterable[str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.suggestions = suggestions

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        list_id = f"{context['widget']['attrs'].get('id', name)}-suggestions"
        context["widget"]["attrs"]["list"] = list_id
        return {**context, "suggestions": self.suggestions, "list_id": list_id}


class SourceForm(RecordForm):
    class Meta:
        model = Source
        fields = ("title", "kind", "dated", "text", "url")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _limit(self.fields["text"], DOCUMENT)


class VisionForm(RecordForm):
    class Meta:
        model = Vision
        fields = ("statement", "year", "built_on_findings", "built_on_interviews")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _limit(self.fields["statement"], STATEMENT)

    def values(self) -> dict[str, Any]:
        """An approval is given to words: other words are a draft again."""
        values = super().values()
        if "statement" in self.changed_data and self.instance.pk and approvals.is_approved(self.instance):
            values |= approvals.BY_MODEL[Vision].no_values()
        return values


class AnswersForm(RecordForm):
    """A record with one answer field for each of some questions."""

    def ask(self, questions: Iterable[tuple[str, str]], given: dict[str, str]) -> None:
        """Add a field for each ``(key, question)``, holding the answer given before."""
        self.answer_keys = {}
        for place, (key, question) in enumerate(questions):
            name = f"answer_{place}"
            self.answer_keys[name] = key
            self.fields[name] = forms.CharField(
                label=question, required=False, widget=forms.Textarea(attrs={"rows": 2}), initial=given.get(key, "")
            )
        self.loose = frozenset(self.answer_keys)

    def answers(self) -> dict[str, str]:
        """What was answered, by key."""
        return {key: self.cleaned_data[name].strip() for name, key in self.answer_keys.items()}


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


class MetricForm(RecordForm):
    class Meta:
        model = Metric
        fields = (
            "name",
            "kind",
            "level",
            "question",
            "success",
            "unit",
            "direction",
            "baseline",
            "target",
            "target_date",
            "cadence",
            "min_n",
            "owner",
            "contingency",
            "vision_elements",
            "gaps",
            "pillars",
            "touchpoints",
            "promises",
            "contingency_actions",
        )

    def clean_kind(self) -> str:
        """Raw counts say something for one kind of metric only."""
        kind: str = self.cleaned_data["kind"]
        measured = self.instance.pk and Measurement.objects.of(self.programme).alive().filter(metric=self.instance)
        if "kind" in self.changed_data and measured and measured.exists():
            raise ValidationError(
                _("This metric has measurements of its kind. Delete them first, or make a new metric.")
            )
        return kind


class MeasurementForm(RecordForm):
    """Raw counts of one period; which of them are asked for follows from the metric's kind."""

    RAW: ClassVar[dict[str, tuple[str, ...]]] = {
        MetricKind.NPS: ("promoters", "passives", "detractors"),
        MetricKind.CSAT: (),
        MetricKind.CES: (),
        MetricKind.EMOTION: ("successes", "n"),
        MetricKind.PROPORTION: ("successes", "n"),
    }
    SCORES: ClassVar[dict[str, range]] = {MetricKind.CSAT: range(1, 6), MetricKind.CES: range(1, 8)}

    class Meta:
        model = Measurement
        fields = ("metric", "period", "promoters", "passives", "detractors", "successes", "value", "n")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("metric", "period"):  # what stood in the form when another metric was chosen in it
            if self.add_prefix(name) in self.initial:
                self.initial[name] = self.initial[self.add_prefix(name)]
        self.fields["period"].validators.append(
            RegexValidator(PERIOD, _("Write the period as 2026-10, 2026-Q4, 2026-W43 or 2026."))
        )
        given = self.instance.counts or {}
        for score in range(1, 8):
            self.fields[f"score_{score}"] = forms.IntegerField(
                label=capfirst(_("answers of %(score)s") % {"score": score}),
                required=False,
                min_value=0,
                max_value=2_000_000_000,
                initial=given.get(str(score)),
            )
        self.loose = frozenset(f"score_{score}" for score in range(1, 8))
        metric = self._metric()
        if metric is not None:
            self._ask_only_for(metric.kind)

    def _metric(self) -> Metric | None:
        """The metric that is already known: of the record, chosen, or named by the address."""
        if self.instance.metric_id:
            own: Metric = self.instance.metric
            return own
        given = self.data.get(self.add_prefix("metric")) if self.is_bound else self.initial.get("metric")
        is_key = str(given or "").isdecimal() and len(str(given)) < 20
        return choices(Metric, self.programme).filter(pk=given).first() if is_key else None

    def _ask_only_for(self, kind: str) -> None:
        wanted = {"metric", "period", "version", *self.RAW.get(kind, ("value", "n"))}
        wanted |= {f"score_{score}" for score in self.SCORES.get(kind, ())}
        for name in [name for name in self.fields if name not in wanted]:
            del self.fields[name]
        self.loose &= wanted

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        metric, period = data.get("metric"), data.get("period")
        if metric is None:
            return data
        self._need_raw_counts(metric, data)
        same = Measurement.objects.of(self.programme).alive().filter(metric=metric, period=period)
        if period and same.exclude(pk=self.instance.pk).exists():
            self.add_error("period", _("This period has a measurement already. Edit that one."))
        return data

    def _need_raw_counts(self, metric: Metric, data: dict[str, Any]) -> None:
        scores = self.SCORES.get(metric.kind)
        if scores:
            if not any(data.get(f"score_{score}") for score in scores):
                self.add_error("period", _("Give how many answered each score."))
            return
        for name in self.RAW.get(metric.kind, ("value",)):
            if data.get(name) is None and name in self.fields:
                self.add_error(name, _("This is needed to compute the score."))
        successes, n = data.get("successes"), data.get("n")
        if successes is not None and n is not None and successes > n:
            self.add_error("successes", _("There cannot be more successes than answers."))

    def values(self) -> dict[str, Any]:
        values = super().values()
        scores = self.SCORES.get(values["metric"].kind)
        values["counts"] = {str(s): self.cleaned_data.get(f"score_{s}") or 0 for s in scores} if scores else None
        return values


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


class HeldWorkshopForm(RecordForm):
    step = forms.TypedChoiceField(
        label=_("step"),
        coerce=int,
        choices=lambda: [("", "---------"), *((n, f"{n}. {step.name}") for n, step in BY_NUMBER.items())],
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


class PersonalPillarForm(RecordForm):
    class Meta:
        model = PersonalPillar
        fields = ("kind", "statement", "pillars", "touchpoints", "visibility")

    def values(self) -> dict[str, Any]:
        """A new personal pillar is the writer's own."""
        own = {} if self.instance.pk else {"person": self.member}
        return {**super().values(), **own}


class StatedForm(RecordForm):
    """A record whose state people give it: anybody proposes, the lead chooses.

    Management's word is given on the record itself, never by filling in a form; it is given to words,
    so other words, or another state, take it back.
    """

    STATES: ClassVar[type[models.TextChoices]]
    #: The states that only the lead may give.
    LEADS: ClassVar[frozenset[str]]
    #: The column of the words that an approval is given to.
    WORDS: ClassVar[str]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.approval = approvals.BY_MODEL[self._meta.model]
        now = getattr(self.instance, self.approval.column)
        self.fields[self.approval.column] = forms.ChoiceField(
            label=capfirst(str(self._meta.model._meta.get_field(self.approval.column).verbose_name)),
            choices=[(key, label) for key, label in self.STATES.choices if key == now or self._may_give(key)],
            initial=now,
        )

    def _may_give(self, state: str) -> bool:
        return state != self.approval.given and (self.member.can_lead or state not in self.LEADS)

    def values(self) -> dict[str, Any]:
        values = super().values()
        column = self.approval.column
        if values[column] != self.approval.given:
            return {**self.approval.no_values(), **values}
        return values | self.approval.no_values() if self.WORDS in self.changed_data else values


class PillarForm(StatedForm):
    STATES, LEADS, WORDS = PillarState, frozenset({PillarState.CHOSEN}), "statement"

    class Meta:
        model = Pillar
        fields = ("kind", "statement", "votes", "gaps", "vision_elements")


class PromiseForm(StatedForm):
    STATES, LEADS, WORDS = PromiseStatus, frozenset({PromiseStatus.REJECTED}), "text"

    class Meta:
        model = Promise
        fields = (
            "text",
            "pillar",
            "touchpoint",
            "problem",
            "behaviour",
            "metric",
            "target",
            "compensation",
            "reward",
            "proposed_by",
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


class DecisionForm(RecordForm):
    class Meta:
        model = Decision
        fields = ("text", "why", "by", "made_on")


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


#: The fields of the kinds whose form is nothing but their columns and links.
PLAIN: dict[type[models.Model], tuple[str, ...]] = {
    VisionElement: ("text",),
    VisionCheck: ("question", "answer", "note"),
    VisionCandidate: ("text", "votes", "chosen"),
    KeyQuestion: ("text",),
    Insight: ("text", "kind", "findings", "interviews", "customer_calls"),
    Stage: ("name", "meaning"),
    Journey: ("name", "kind", "state", "personas", "customer_took_part", "supports"),
    Touchpoint: (
        "name",
        "journey",
        "stage",
        "channel",
        "customer_aim",
        "emotion_target",
        "emotion_target_level",
        "moment_of_truth",
        "team",
        "owner",
        "meets",
        "needs",
    ),
    Assessment: (
        "touchpoint",
        "on",
        "source",
        "importance",
        "expectation",
        "effectiveness",
        "ease",
        "emotion",
        "n",
        "spread",
    ),
    StageAssessment: ("stage", "journey", "on", "interaction", "content", "special", "expectation", "note"),
    EcosystemPart: ("name", "kind", "visible", "touchpoints"),
    Gap: (
        "title",
        "desired",
        "current",
        "root_cause",
        "severity",
        "vision_elements",
        "touchpoints",
        "insights",
        "findings",
        "interviews",
        "customer_calls",
    ),
    Action: ("title", "bucket", "owner", "due", "status", "impact", "effort", "gaps", "pillars", "touchpoints"),
    Lever: ("name", "kind", "used_now", "harness", "owner", "supports_actions", "ecosystem"),
    SweetSpot: ("touchpoint", "rank", "reason", "actions"),
    TouchpointIdea: ("text", "kind", "chosen"),
    ContingencyTask: ("metric", "owner", "opened_on", "status", "done_on", "note"),
}
OWN: dict[type[models.Model], type[RecordForm]] = {
    Source: SourceForm,
    Finding: FindingForm,
    Vision: VisionForm,
    Interview: InterviewForm,
    CustomerCall: CustomerCallForm,
    Metric: MetricForm,
    Measurement: MeasurementForm,
    ReadinessStatement: ReadinessStatementForm,
    HeldWorkshop: HeldWorkshopForm,
    Persona: PersonaForm,
    PersonalPillar: PersonalPillarForm,
    Pillar: PillarForm,
    Promise: PromiseForm,
    RolloutItem: RolloutItemForm,
    Decision: DecisionForm,
    Programme: ProgrammeForm,
}


def _plain(model: type[models.Model], fields: tuple[str, ...]) -> type[RecordForm]:
    made: type[Any] = forms.modelform_factory(model, form=RecordForm, fields=fields)
    return made


FORMS: dict[str, type[RecordForm]] = {BY_MODEL[model].name: form for model, form in OWN.items() if model in BY_MODEL}
FORMS |= {BY_MODEL[model].name: _plain(model, fields) for model, fields in PLAIN.items()}
