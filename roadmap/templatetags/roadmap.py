"""What a page of a programme is put together from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template
from django.template.context import Context
from django.template.loader import get_template
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString

from roadmap.domain.kinds import Kind
from roadmap.forms import MANY
from roadmap.views.labels import HEADING

register = template.Library()


@register.simple_tag(takes_context=True)
def section(context: Context, shown: Mapping[str, Any]) -> SafeString:
    """The records of a kind, from the same template that answers a change with them alone."""
    with context.push(**shown):
        own: Any = get_template(shown["list_template"])
        return SafeString(own.template.render(context))


@register.inclusion_tag("roadmap/steps/_jumps.html")
def jumps(*shown: Mapping[str, Any]) -> dict[str, Any]:
    """The way to each section of a long page, in the order in which they stand there."""
    names = [(each["kind"].name, each["verbose_name_plural"]) for each in shown]
    return {"places": [{"name": name, "says": HEADING.get(name, plural)} for name, plural in names]}


@register.filter
def takes_many(kind: Kind) -> bool:
    """Whether records of a kind may be pasted line by line."""
    return kind.name in MANY


@register.filter
def words(value: object) -> str:
    """A key of an imported file as people write it: ``line_of_sight`` is "line of sight"."""
    return str(value).replace("_", " ")


@register.filter
def mark_year(statement: object, year: object) -> str:
    """A vision with its year made to stand out."""
    text = str(statement)
    before, found, after = text.partition(str(year)) if year else (text, "", "")
    return format_html("{}<b>{}</b>{}", before, found, after) if found else conditional_escape(text)


@register.filter
def with_year(text: object, year: object) -> str:
    """A question of the method with the programme's year in its place."""
    shown = str(year or "20__")
    return str(text).replace("{year}", shown).replace("{vuosi}", shown)
