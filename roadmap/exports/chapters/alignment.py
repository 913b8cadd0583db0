"""Traceability: the chain as a picture, its holes as sentences, and both ends of it as tables."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cxplan.kit import charts
from roadmap.domain.alignment import Finding
from roadmap.domain.plan import Action, Gap, Metric, Pillar
from roadmap.exports.book import Book, Code, linking
from roadmap.exports.chapters.pillars import shared

MOST_RECORDS, MOST_LINES = 14, 24

LACKS = {
    "A03": gettext_lazy("no gap"),
    "A05": gettext_lazy("no pillar"),
    "A06": gettext_lazy("no action"),
    "A07": gettext_lazy("no metric"),
    "A09": gettext_lazy("no action"),
    "A10": gettext_lazy("no metric"),
    "A27": gettext_lazy("no pillar"),
    "A28": gettext_lazy("no metric"),
}
"""What a record of the picture lacks, in two words, by the rule that found it."""

Linked = TypeVar("Linked", Action, Metric)


@dataclass(frozen=True, slots=True)
class Hole:
    """A finding in a sentence; `level` is blocks or warns."""

    text: str
    level: str


@dataclass(frozen=True, slots=True)
class PillarTrace:
    """What a pillar connects."""

    code: Code
    statement: str
    elements: tuple[Code, ...]
    gaps: tuple[Code, ...]
    actions: tuple[Code, ...]
    metrics: tuple[Code, ...]
    periods: tuple[Code, ...]
    own: int


@dataclass(frozen=True, slots=True)
class GapTrace:
    """What a gap connects."""

    code: Code
    title: str
    elements: tuple[Code, ...]
    evidence: str
    pillars: tuple[Code, ...]
    actions: tuple[Code, ...]
    metrics: tuple[Code, ...]


@dataclass(frozen=True, slots=True)
class Alignment:
    """The whole chapter."""

    picture: SafeString | None
    holes: tuple[Hole, ...]
    more: int
    whole: bool
    pillars: tuple[PillarTrace, ...]
    gaps: tuple[GapTrace, ...]


def alignment(book: Book, findings: Sequence[Finding], urls: Mapping[str, str] | None = None) -> Alignment | None:
    """Gather the chain and its holes, None where there is no chain yet; on a page its picture leads to `urls`."""
    plan = book.plan
    if not (plan.gaps or plan.pillars or plan.actions or plan.metrics):
        return None
    holes = _holes(book, findings)
    return Alignment(
        picture=_picture(book, findings, urls or {}),
        holes=holes[:MOST_LINES],
        more=max(len(holes) - MOST_LINES, 0),
        whole=not findings,
        pillars=tuple(_pillar(book, pillar) for pillar in plan.pillars),
        gaps=tuple(_gap(book, gap) for gap in plan.gaps),
    )


def _holes(book: Book, findings: Sequence[Finding]) -> tuple[Hole, ...]:
    """Put the findings in sentences, those that block first; one rule found often is one sentence."""
    by_rule: dict[str, list[Finding]] = {}
    for finding in sorted(findings, key=lambda one: (one.level != "blocks", one.rule)):
        by_rule.setdefault(finding.rule, []).append(finding)
    return tuple(_hole(book, rows) for rows in by_rule.values())


def _hole(book: Book, rows: Sequence[Finding]) -> Hole:
    first, *others = rows
    text = _("%(message)s (%(record)s).") % {"message": first.message, "record": _called(book, first.record)}
    if first.record not in book.codes:
        text = f"{first.message}."
    if others:
        names = [_called(book, finding.record) for finding in others[:MOST_RECORDS]]
        more = " …" if len(others) > MOST_RECORDS else ""
        text += " " + _("The same holds for %(records)s.") % {"records": ", ".join(names) + more}
    return Hole(text, first.level)


def _called(book: Book, key: str) -> str:
    """Name a record in a row of many: its code, a touchpoint's or a team's name, or its id."""
    if key in book.codes:
        return book.codes[key].text
    point = book.point(key)
    return point.name if point else book.teams.get(key, key)


def _pillar(book: Book, pillar: Pillar) -> PillarTrace:
    plan = book.plan
    return PillarTrace(
        code=book.codes[pillar.id],
        statement=pillar.statement,
        elements=book.coded(pillar.vision_elements),
        gaps=book.coded(pillar.gaps),
        actions=book.coded(one.id for one in linking(plan.actions, "pillars", pillar.id)),
        metrics=book.coded(one.id for one in linking(plan.metrics, "pillars", pillar.id)),
        periods=book.coded(one.id for one in linking(plan.rollout, "pillars", pillar.id)),
        own=sum(pillar.id in one.pillars for one in shared(book)),
    )


def _gap(book: Book, gap: Gap) -> GapTrace:
    plan = book.plan
    return GapTrace(
        code=book.codes[gap.id],
        title=gap.title,
        elements=book.coded(gap.vision_elements),
        evidence=", ".join(gap.evidence) or "–",
        pillars=book.coded(one.id for one in linking(plan.pillars, "gaps", gap.id)),
        actions=book.coded(one.id for one in linking(plan.actions, "gaps", gap.id)),
        metrics=book.coded(one.id for one in linking(plan.metrics, "gaps", gap.id)),
    )


# ------------------------------------------------------------------ the picture


def _picture(book: Book, findings: Sequence[Finding], urls: Mapping[str, str]) -> SafeString | None:
    plan = book.plan
    lacks = {finding.record: str(LACKS[finding.rule]) for finding in findings if finding.rule in LACKS}
    elements = plan.vision.elements if plan.vision else ()
    lacking = [book.codes[key].text for key in lacks if key in book.codes]
    last = [
        *(_node(book, one.id, one.title, "ink", lacks, urls) for one in _near(book, plan.actions)),
        *(_node(book, one.id, one.name, "metric", lacks, urls) for one in _near(book, plan.metrics)),
    ]
    return charts.trace(
        charts.Trace(
            title=_(
                "Traceability from left to right: vision elements, gaps, pillars, actions and metrics. "
                "Something is missing from: %(holes)s."
            )
            % {"holes": ", ".join(lacking[:MOST_RECORDS]) or "–"},
            columns=[
                (_("Vision element"), [_node(book, one.id, one.text, "brand", lacks, urls) for one in elements]),
                (_("Gap"), [_node(book, one.id, one.title, "gap", lacks, urls) for one in plan.gaps]),
                (_("Pillar"), [_node(book, one.id, one.statement, one.kind, lacks, urls) for one in plan.pillars]),
                (_("Actions and metrics"), last),
            ],
            links=_links(book),
        )
    )


def _node(book: Book, key: str, label: str, tone: str, lacks: dict[str, str], urls: Mapping[str, str]) -> charts.Node:
    return charts.Node(key, book.codes[key].text, label, tone, lacks.get(key, ""), urls.get(key, ""))


def _links(book: Book) -> list[tuple[str, str, str]]:
    """Link the columns; a line's shade tells which element of the vision it began from."""
    plan = book.plan
    elements = plan.vision.elements if plan.vision else ()
    shades = {element.id: ("ink", "brand", "sky")[i % 3] for i, element in enumerate(elements)}
    leaning = [(one.id, one.vision_elements) for one in plan.gaps]
    leaning += [(one.id, one.vision_elements) for one in plan.pillars]
    tones = {record: next((shades[key] for key in keys if key in shades), "line-strong") for record, keys in leaning}
    links = [(key, gap.id, shades.get(key, "ink")) for gap in plan.gaps for key in gap.vision_elements]
    links += [(key, pillar.id, tones.get(key, "ink")) for pillar in plan.pillars for key in pillar.gaps]
    served = [*((one.id, one.pillars) for one in plan.actions), *((one.id, one.pillars) for one in plan.metrics)]
    return links + [(key, record, tones.get(key, "ink")) for record, pillars in served for key in pillars]


def _near(book: Book, records: Sequence[Linked]) -> list[Linked]:
    """Order records by the mean place of their pillars, so that lines cross less."""
    place = {pillar.id: i for i, pillar in enumerate(book.plan.pillars)}

    def mean(record: Linked) -> float:
        places = [place[key] for key in record.pillars if key in place]
        return sum(places) / len(places) if places else len(place)

    return sorted(records, key=mean)
