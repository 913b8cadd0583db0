"""What people call a stored record: its name or its words, shortened."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Concat
from django.utils.text import Truncator

from journeys.models import Assessment, StageAssessment
from roadmap.models import ContingencyTask, Measurement, SweetSpot

from .trace import NAME_LENGTH

#: The field that holds a record's name or words; the first that it has.
WORDS = ("name", "title", "label", "focus", "statement", "text", "question", "quote")
#: Records without a name go by that of the record they belong to.
BELONGS_TO: dict[type[models.Model], str] = {
    SweetSpot: "touchpoint",
    Assessment: "touchpoint",
    StageAssessment: "stage",
    Measurement: "metric",
    ContingencyTask: "metric",
}


def called(record: models.Model) -> str:
    """The name of a record. Whoever shows it has made sure that the reader may see it."""
    owner = BELONGS_TO.get(type(record))
    if owner is not None:
        parent = getattr(record, owner)
        name = called(parent) if parent is not None else str(record)
        return f"{name}, {record.period}" if isinstance(record, Measurement) else name
    field = _words(type(record))
    words = str(getattr(record, field) or "") if field else str(record)
    return Truncator(" ".join(words.split())).chars(NAME_LENGTH) or str(record)


def name_of(model: type[models.Model]) -> Combinable:
    """The same name as an expression for the database, not shortened."""
    owner = BELONGS_TO.get(model)
    if owner is None:
        return F(_words(model) or "pk")
    name = F(f"{owner}__name")
    return Concat(name, Value(", "), F("period")) if model is Measurement else name


def _words(model: type[models.Model]) -> str:
    fields = {field.name for field in model._meta.concrete_fields}
    return next((name for name in WORDS if name in fields), "")
