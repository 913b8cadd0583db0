"""What the forms of all kinds of record share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from copy import copy
from functools import cache, partial
from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator, MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.text import capfirst

from cxplan.kit.forms import Offered, PickOne, ReasonedChoices
from cxplan.workspaces.models import Member, Team
from roadmap.domain import candidates, loading, naming
from roadmap.domain.programmes import people_to_name, teams_to_name
from roadmap.models import (
    Programme,
    ProgrammeRecord,
)

from . import wording

Finish = Callable[[Any], None]

#: The most characters of a sentence that stands for its record, and of any other text: the exchange format's own.
STATEMENT, TEXT, DOCUMENT = 2_000, 20_000, 200_000


def choices(model: type[models.Model], programme: Programme) -> models.QuerySet[Any]:
    """What a programme's record may be linked to: the programme's own, alive; people and teams of its workspace."""
    if model is Member:
        return people_to_name(programme)
    if model is Team:
        return teams_to_name(programme)
    manager: Any = model._default_manager
    if issubclass(model, ProgrammeRecord):
        own: models.QuerySet[Any] = manager.of(programme).alive().in_order()
        return own.select_related(naming.NAMED_AFTER[model]) if model in naming.NAMED_AFTER else own
    tied: models.QuerySet[Any] = manager.of(programme.workspace).filter(ties__programme=programme)
    if any(field.name == "trashed_at" for field in model._meta.concrete_fields):
        tied = tied.filter(trashed_at=None)
    return tied.order_by("ties__position", "pk")


def limit(field: forms.Field, most: int) -> None:
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
        many = [field.name for field in self._meta.model._meta.many_to_many if field.name in self.base_fields]
        self._meta = copy(self._meta)
        self._meta.exclude = many  # what the record holds of these Django would ask for one by one
        super().__init__(*args, **kwargs)
        self.programme, self.member = programme, member
        if self.instance.pk:
            self.initial.update(loading.linked(self.instance, many), version=self.instance.version)
        wording.name_blanks(self.fields)
        for name, field in self.fields.items():
            if field.label:
                field.label = capfirst(field.label)
            if isinstance(field, forms.ModelChoiceField):
                self._offer(name, field)
            if isinstance(field, forms.ModelMultipleChoiceField):
                field.widget = forms.CheckboxSelectMultiple()
                field.widget.choices = field.choices
            elif isinstance(field, forms.ModelChoiceField):
                field.widget = PickOne()
                field.widget.choices = field.choices
            elif isinstance(field, forms.DateField):
                field.widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
            elif isinstance(field.widget, forms.Textarea):
                field.widget.attrs["rows"] = 3
                limit(field, STATEMENT if field.required else TEXT)
        for name, low, high in _scales(self._meta.model):
            if isinstance(self.fields.get(name), forms.IntegerField):  # a float's, too; a list holds its own ends
                self.fields[name].validators += [MinValueValidator(low), MaxValueValidator(high)]
                self.fields[name].widget.attrs.update(min=low, max=high)

    def _offer(self, name: str, field: forms.ModelChoiceField[Any]) -> None:
        """Let a link be chosen among the programme's own, the good candidates first; asked for once, when shown."""
        own = choices(field.queryset.model, self.programme)  # type: ignore[union-attr]
        field.queryset = own

        @cache
        def options() -> list[Offered]:
            asking = candidates.Asking(self.programme, self.member, self._chosen())
            found = candidates.ranked(own, (self._meta.model, name), asking)
            return [Offered(each.record, naming.called(each.record), each.why, each.is_good) for each in found]

        field.iterator = partial(ReasonedChoices, options=options)  # type: ignore[assignment]  # called as a class is

    def _chosen(self) -> dict[str, frozenset[int]]:
        """What the links hold, saved or filled in."""
        links = (name for name, field in self.fields.items() if isinstance(field, forms.ModelChoiceField))
        values = {name: self[name].value() for name in links}
        return {name: candidates.keys(_listed(value)) for name, value in values.items()}

    def full_clean(self) -> None:
        wording.speak(self._meta.model, self.fields)
        super().full_clean()

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


def _listed(value: Any) -> Iterable[object]:
    """A field's value as several: a link to one holds one, an address names one."""
    return value if isinstance(value, list | tuple | set | models.QuerySet) else [value]


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
