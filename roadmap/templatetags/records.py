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
from django.utils.translation import ngettext

from roadmap import places
from roadmap.domain import approvals, naming
from roadmap.domain.hops import KINDS
from roadmap.domain.kinds import BY_MODEL, Kind, mark
from roadmap.views.labels import LINK

register = template.Library()

register.filter("is_approved", approvals.is_approved)

LONGEST = 44


@register.filter
def called(record: models.Model) -> str:
    """The name of a record, or its first words."""
    return naming.called(record)


@register.filter
def is_chained(kind: Kind) -> bool:
    """Whether records of a kind are links of the chain."""
    return kind.name in KINDS


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
        text = Truncator(naming.called(each)).chars(LONGEST)
        yield {"mark": _mark(each), "text": text, "walk": _address(context, "chain", each)}
    if len(linked) > 1:
        said = ngettext("%(count)d more", "%(count)d more", len(linked) - 1) % {"count": len(linked) - 1}
        yield {"mark": _mark(linked[1]), "text": said, "walk": _address(context, "chain", record)}
    if not linked and holes:
        url = _address(context, "edit", record) if context["member"].can_edit else ""
        yield {"hole": LINK[field], "url": url}


def _mark(record: models.Model) -> str:
    return mark(BY_MODEL[type(record)].name, record)


def _address(context: RequestContext, name: str, record: models.Model) -> str:
    """The page of a record by its name."""
    kind = BY_MODEL[type(record)].name
    return reverse(f"roadmap:{name}", args=[context["workspace"].slug, context["programme"].pk, kind, record.pk])
