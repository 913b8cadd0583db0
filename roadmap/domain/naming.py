"""What people call a stored record: its name or its words, shortened."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Func, TextField, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, Concat, NullIf, Replace
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext_lazy, pgettext

from journeys.models import Assessment, StageAssessment
from roadmap.models import ContingencyTask, CustomerCall, Measurement, SweetSpot
from roadmap.models.today import NUMBER

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
#: Whose name is part of a record's own, to be fetched with it.
NAMED_AFTER: dict[type[models.Model], str] = {**BELONGS_TO, CustomerCall: "caller"}


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


#: How many records of a kind.
COUNTED: dict[str, Any] = {
    "source": ngettext_lazy("%(count)d source", "%(count)d sources", "count"),
    "finding": ngettext_lazy("%(count)d finding", "%(count)d findings", "count"),
    "interview": ngettext_lazy("%(count)d interview", "%(count)d interviews", "count"),
    "vision": ngettext_lazy("%(count)d vision", "%(count)d visions", "count"),
    "vision_element": ngettext_lazy("%(count)d vision element", "%(count)d vision elements", "count"),
    "vision_candidate": ngettext_lazy("%(count)d candidate", "%(count)d candidates", "count"),
    "customer_call": ngettext_lazy("%(count)d customer call", "%(count)d customer calls", "count"),
    "insight": ngettext_lazy("%(count)d insight", "%(count)d insights", "count"),
    "journey": ngettext_lazy("%(count)d journey", "%(count)d journeys", "count"),
    "touchpoint": ngettext_lazy("%(count)d touchpoint", "%(count)d touchpoints", "count"),
    "assessment": ngettext_lazy("%(count)d assessment", "%(count)d assessments", "count"),
    "stage_assessment": ngettext_lazy("%(count)d stage assessment", "%(count)d stage assessments", "count"),
    "ecosystem_part": ngettext_lazy("%(count)d part of the ecosystem", "%(count)d parts of the ecosystem", "count"),
    "gap": ngettext_lazy("%(count)d gap", "%(count)d gaps", "count"),
    "pillar": ngettext_lazy("%(count)d pillar", "%(count)d pillars", "count"),
    "promise": ngettext_lazy("%(count)d customer promise", "%(count)d customer promises", "count"),
    "action": ngettext_lazy("%(count)d action", "%(count)d actions", "count"),
    "lever": ngettext_lazy("%(count)d lever", "%(count)d levers", "count"),
    "sweet_spot": ngettext_lazy("%(count)d sweet spot", "%(count)d sweet spots", "count"),
    "metric": ngettext_lazy("%(count)d metric", "%(count)d metrics", "count"),
    "measurement": ngettext_lazy("%(count)d measurement", "%(count)d measurements", "count"),
    "contingency_task": ngettext_lazy("%(count)d contingency task", "%(count)d contingency tasks", "count"),
    "rollout_item": ngettext_lazy("%(count)d rollout item", "%(count)d rollout items", "count"),
    "personal_pillar": ngettext_lazy("%(count)d personal pillar", "%(count)d personal pillars", "count"),
    "decision": ngettext_lazy("%(count)d decision", "%(count)d decisions", "count"),
}


def counted(kind: str, count: int) -> str:
    """Some records of a kind in words: "2 actions"."""
    return str(COUNTED[kind] % {"count": count})


def name_of(model: type[models.Model]) -> Combinable:
    """The same name as an expression for the database, not shortened."""
    owner = BELONGS_TO.get(model)
    if model is CustomerCall:
        return Coalesce(NullIf(F("quote"), Value("")), _of_call(), output_field=TextField())
    if owner is None:
        return F(_words(model) or "pk")
    name = F(f"{owner}__name")
    return Concat(name, Value(", "), F("period")) if model is Measurement else name


def _of_call() -> Combinable:
    """``call_name`` for the database: concat_ws leaves out what is not known."""
    number = Func(F("exchange_id"), Value(NUMBER), function="substring")
    name = Replace(Value(_("Call %(number)s")), Value("%(number)s"), number)  # type: ignore[arg-type]  # any expression will do
    numbered = Coalesce(name, Value(pgettext("customer call", "Call")))
    caller = Replace(
        Value(_("caller %(name)s")),
        Value("%(name)s"),
        NullIf(F("caller__name"), Value("")),  # type: ignore[arg-type]  # any expression will do
    )
    return Func(Value(", "), numbered, caller, function="concat_ws", output_field=TextField())


def _words(model: type[models.Model]) -> str:
    fields = {field.name for field in model._meta.concrete_fields}
    return next((name for name in WORDS if name in fields), "")
