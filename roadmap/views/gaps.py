"""What the section of gaps shows: the picture, the widest difference, evidence and chain of each gap."""

from __future__ import annotations

from typing import Any

from django.db.models import F, Prefetch
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from cxplan.kit import charts
from journeys.models import Touchpoint
from roadmap.access import ProgrammeRequest
from roadmap.domain import figures, plan
from roadmap.domain.figures import TouchpointFigures
from roadmap.domain.kept import kept
from roadmap.domain.loading import scored, weights
from roadmap.domain.plan import Weights
from roadmap.exports.language import number, point
from roadmap.forms import choices
from roadmap.models import Gap, Programme

from .evidence import Rows, Shown, grown
from .journey import formula, shape
from .links import Link, Links

PICTURED = 24
"""A picture of more gaps than this is read by nobody; the table under it names them all."""


def shown(request: ProgrammeRequest, rows: Rows) -> Shown:
    """The gaps with their figures; each touchpoint's come from its latest scores."""
    links, counted = Links(request), weights(request.programme)
    for gap in rows("gap"):
        found = [
            *gap.customer_calls.all(),
            *gap.interviews.all(),
            *gap.findings.all(),
            *gap.insights.all(),
        ]
        gap.evidence = links.evidence(found)
        gap.difference = _widest(_points(gap, counted))
        gap.chain = _chain(gap, links)
    return {"picture": kept(request.programme, "gaps", lambda: _picture(request.programme, counted))}


def _picture(programme: Programme, counted: Weights | None) -> SafeString:
    """Every gap between what is expected and what is experienced, the severest first; empty where nothing is scored."""
    at_gaps = choices(Touchpoint, programme).prefetch_related(scored())
    own = Gap.objects.of(programme).alive().order_by(F("severity").desc(nulls_last=True), "position", "pk")
    table: list[Shown] = []
    groups: list[charts.Group] = []
    for gap in own.only("title", "severity").prefetch_related(Prefetch("touchpoints", at_gaps)):
        points = _points(gap, counted)
        spans = [charts.Span(at.name, own.experience, given.expectation) for at, given, own in points]
        groups.append(charts.Group(gap.title, spans, gap.severity or 0))
        table += (
            {
                "gap": gap,
                "name": at.name,
                "experience": number(own.experience),
                "expectation": number(given.expectation),
                "difference": number(own.expectation_gap, sign=True),
            }
            for at, given, own in points
        )
    known = [span for group in groups for span in group.spans if span.start is not None and span.end is not None]
    if not known:
        return SafeString("")
    worst = min(known, key=lambda span: (span.start or 0) - (span.end or 0))
    headline = _("Furthest from what is expected: %(name)s") % {"name": worst.label}
    drawn = [group for group in groups if group.spans]
    data = charts.Dumbbells(
        title=headline,
        groups=drawn[:PICTURED],
        legend=(_("experience now"), _("what the customer expects")),
        pips=_("Severity"),
        decimal=point(),
    )
    context = {
        "picture": charts.dumbbells(data),
        "on_a_phone": charts.narrow_dumbbells(data),
        "headline": headline,
        "drawn": len(drawn[:PICTURED]),
        "rest": len(drawn) - PICTURED,
        "rows": table,
        "formula": formula(counted),
    }
    return render_to_string("roadmap/gap/_picture.html", context)


Points = list[tuple[Touchpoint, plan.Touchpoint, TouchpointFigures]]


def _points(gap: Gap, counted: Weights | None) -> Points:
    """The touchpoints of a gap, each with its latest scores and its figures."""
    shapes = [(at, shape(at)) for at in gap.touchpoints.all()]
    return [(at, given, figures.touchpoint(given, counted)) for at, given in shapes]


def _widest(points: Points) -> str:
    """The touchpoint where the customer's experience falls shortest of what they expect, in words."""
    known = [(own.expectation_gap, at, given, own) for at, given, own in points if own.expectation_gap is not None]
    if not known:
        return ""
    gap, at, given, own = min(known, key=lambda one: one[0])
    return _("%(place)s: expected %(expected)s, experienced %(experienced)s (%(difference)s).") % {
        "place": at.name,
        "expected": number(given.expectation),
        "experienced": number(own.experience),
        "difference": number(gap, sign=True),
    }


def _chain(gap: Any, links: Links) -> list[Link]:
    """Upwards to the vision and the touchpoint, downwards to pillars, actions and metrics."""
    up: list[Link] = [
        {"mark": "element", "text": element.text, "walk": links.chain("vision_element", element.pk)}
        for element in gap.vision_elements.all()
    ] or [{"hole": _("Link a vision element"), "url": links.edit(gap)}]
    up += [
        {"mark": "touch", "text": at.name, "walk": links.chain("touchpoint", at.pk)} for at in gap.touchpoints.all()
    ] or [{"hole": _("Link a touchpoint"), "url": links.edit(gap)}]
    if not gap.evidence:
        up.append({"hole": _("Link evidence"), "url": links.edit(gap)})
    return [
        *up,
        grown(links, gap, "pillar", gap.pillar_count, _("Add a pillar"), gaps=gap.pk),
        grown(links, gap, "action", gap.action_count, _("Add an action"), gaps=gap.pk),
        grown(links, gap, "metric", gap.metric_count, _("Add a metric"), gaps=gap.pk),
    ]
