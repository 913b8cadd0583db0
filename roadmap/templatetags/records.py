"""Records in templates: their names, and what they lean on as links."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import template
from django.db import models
from django.template.context import RequestContext
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from roadmap import places
from roadmap.domain import approvals, naming
from roadmap.domain.kinds import BY_MODEL
from roadmap.models import PersonalPillar, Pillar

register = template.Library()

register.filter("is_approved", approvals.is_approved)

#: The silhouette of a kind in a trace.
MARKS = {
    "vision_element": "element",
    "vision": "vision",
    "gap": "gap",
    "action": "action",
    "metric": "metric",
    "sweet_spot": "sweet",
    "touchpoint": "touch",
    "promise": "pillar",
    "pillar": "pillar",
    "person": "person",
    "team": "person",
}
#: What to say where a link is missing, by the field that would hold it.
HOLES = {
    "gaps": _("Link a gap"),
    "problem": _("Link a gap"),
    "vision_elements": _("Link a vision element"),
    "pillars": _("Link a pillar"),
    "pillar": _("Link a pillar"),
    "touchpoint": _("Link a touchpoint"),
    "touchpoints": _("Link a touchpoint"),
    "actions": _("Link an action"),
    "supports_actions": _("Link an action"),
    "levers": _("Link a lever"),
    "metrics": _("Link a metric"),
    "audience": _("Choose the teams"),
}
LONGEST = 44


@register.filter
def called(record: models.Model) -> str:
    """The name of a record, or its first words."""
    return naming.called(record)


@register.simple_tag(takes_context=True)
def place(context: RequestContext, record: models.Model) -> str:
    """Where a record stands: its step's page, at the record."""
    return places.record(record, workspace=context["workspace"].slug, programme=context["programme"].pk)


@register.simple_tag(takes_context=True)
def leans_on(context: RequestContext, record: models.Model, *fields: str, holes: bool = True) -> SafeString:
    """The links of a record as chips, field by field; a missing one is dashed and leads to the form."""
    links = [link for field in fields for link in _links(context, record, field, holes=holes)]
    return render_to_string("ui/trace.html", {"links": links, "label": ""}) if links else SafeString("")


def _links(context: RequestContext, record: models.Model, field: str, *, holes: bool) -> Iterator[dict[str, Any]]:
    value = getattr(record, field)
    linked = [] if value is None else [value] if isinstance(value, models.Model) else list(value.all())
    linked = [each for each in linked if getattr(each, "trashed_at", None) is None]
    for each in linked[:1]:
        yield {"mark": _mark(each), "text": Truncator(naming.called(each)).chars(LONGEST), "url": place(context, each)}
    if len(linked) > 1:
        yield {"mark": _mark(linked[1]), "text": f"+{len(linked) - 1}"}
    if not linked and holes:
        yield {"hole": HOLES[field], "url": _form(context, record)}


def _mark(record: models.Model) -> str:
    if isinstance(record, Pillar | PersonalPillar):
        return str(record.kind)
    return MARKS.get(BY_MODEL[type(record)].name, "quote")


def _form(context: RequestContext, record: models.Model) -> str:
    """The form of a record, for those who may change it."""
    if not context["member"].can_edit:
        return ""
    kind = BY_MODEL[type(record)].name
    return reverse("roadmap:edit", args=[context["workspace"].slug, context["programme"].pk, kind, record.pk])
