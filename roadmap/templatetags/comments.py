"""Comments in templates: how many a record has."""

from __future__ import annotations

from django import template
from django.template.context import RequestContext

from cxplan.workspaces.models import Record
from roadmap.domain import comments
from roadmap.models import Comment

register = template.Library()

register.filter("takes_comments", comments.takes)


@register.simple_tag(takes_context=True)
def comment_count(context: RequestContext, record: Record) -> int:
    """How many comments a record has; one query for every record of a page."""
    request = context["request"]
    if not hasattr(request, "comment_counts"):
        request.comment_counts = comments.counts(context["programme"])
    return comments.count_of(record, request.comment_counts)


@register.simple_tag(takes_context=True)
def may_write(context: RequestContext, comment: Comment) -> bool:
    """Whether the reader may change a comment."""
    return comments.may_write(comment, context["member"])
