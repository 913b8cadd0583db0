"""No field of any table is stored before the register of personal data knows it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

from cxplan.workspaces.models import Member, User
from roadmap.domain import register
from roadmap.domain.register import REGISTER, Fate, Held, Mark

PUBLISHED = Path(__file__).parents[2] / "docs" / "personal-data.md"
MODELS = {model._meta.label: model for model in apps.get_models()}


def fields(model: type[models.Model]) -> set[str]:
    return {field.name for field in (*model._meta.concrete_fields, *model._meta.many_to_many)}


def test_every_table_is_in_the_register_once() -> None:
    assert Counter(held.label for held in REGISTER) == Counter(list(MODELS))


@pytest.mark.parametrize("label", sorted(MODELS))
def test_every_field_is_marked_once(label: str) -> None:
    marked = Counter(field for held in REGISTER if held.label == label for field, _ in held.marks())
    assert marked == Counter(fields(MODELS[label])), f"mark the fields of {label} in roadmap/domain/register.py"


@pytest.mark.parametrize("label", sorted(MODELS))
def test_whatever_names_a_person_is_personal(label: str) -> None:
    model = MODELS[label]
    named = {
        field.name
        for field in (*model._meta.concrete_fields, *model._meta.many_to_many)
        if field.related_model in (Member, User)
    }
    assert {field for field in named if register.marks()[label][field] is not Mark.PERSONAL} == set()


@pytest.mark.parametrize("held", REGISTER, ids=lambda held: held.label)
def test_what_is_personal_has_a_fate(held: Held) -> None:
    assert (held.fate is Fate.NONE) == (not held.personal)


def test_the_published_register_is_up_to_date() -> None:
    """Otherwise: manage.py personal_data > docs/personal-data.md."""
    assert PUBLISHED.read_text(encoding="utf-8") == register.to_markdown()
