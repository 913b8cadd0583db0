"""Forms of the pillars, of the promises under them, and of what one person does."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.db import models
from django.utils.text import capfirst

from roadmap.domain import approvals
from roadmap.models import (
    PersonalPillar,
    Pillar,
    Promise,
)
from roadmap.models.pillars import PillarState, PromiseStatus

from .base import RecordForm


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


class PersonalPillarForm(RecordForm):
    class Meta:
        model = PersonalPillar
        fields = ("kind", "statement", "pillars", "touchpoints", "visibility")

    def values(self) -> dict[str, Any]:
        """A new personal pillar is the writer's own."""
        own = {} if self.instance.pk else {"person": self.member}
        return {**super().values(), **own}
