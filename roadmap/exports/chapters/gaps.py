"""Step 6 and the gate: what lies between the vision and today, and what we know now."""

from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cxplan.kit import charts
from roadmap.domain import figures
from roadmap.domain import gate as domain
from roadmap.domain.plan import Gap, Touchpoint
from roadmap.exports import language
from roadmap.exports.book import Book, Code
from roadmap.exports.chapters.base import Chapter

TALLEST = 560.0
SHOWN_EVIDENCE = 2


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of evidence by id and in words."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class GapRow:
    """A gap in words."""

    id: str
    code: Code
    title: str
    current: str
    desired: str
    root_cause: str
    evidence: tuple[Piece, ...]
    more: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Gaps(Chapter):
    """Step 6."""

    pictures: tuple[SafeString, ...]
    gaps: tuple[GapRow, ...]


@dataclass(frozen=True, slots=True)
class Widest:
    """A gap with the touchpoint where experience falls shortest of what is expected."""

    gap: Gap
    code: Code
    difference: str
    place: str


@dataclass(frozen=True, slots=True)
class Gate:
    """What we know now, on one page."""

    want: str
    experience: str
    evenness: str
    below: str
    measured: bool
    insights: tuple[Piece, ...]
    gaps: tuple[Widest, ...]
    approval: str
    note: str


def chapter(book: Book) -> Gaps:
    """Gather the gaps."""
    gaps = book.plan.gaps
    lead = ngettext(
        "%(n)s gap between the vision and today. The dot is the experience now, the ring what the customer "
"expects. Severity was voted by secret ballot.",
        "%(n)s gaps between the vision and today. The dot is the experience now, the ring what the customer "
"expects. Severity was voted by secret ballot.",
        len(gaps),
    ) % {"n": len(gaps)}  # fmt: skip
    return Gaps(
        number=6, lead=lead, empty=not gaps, pictures=_pictures(book), gaps=tuple(_row(book, gap) for gap in gaps)
    )


def ranked(book: Book) -> list[Gap]:
    """Return the gaps by severity, then by how far experience falls short."""
    return list(domain.rank(book.plan, figures.touchpoints(book.plan)))


def widest(book: Book, most: int) -> tuple[Widest, ...]:
    """Return the severest gaps with their widest touchpoint in words."""
    found = []
    for gap in ranked(book)[:most]:
        point = _widest_point(book, gap)
        figures = book.numbers.point(point.id) if point else None
        place, difference = "", ""
        if point and figures and figures.expectation_gap is not None:
            difference = language.number(figures.expectation_gap, sign=True)
            place = _("%(place)s: expected %(expected)s, experienced %(experienced)s.") % {
                "place": point.name, "expected": language.number(point.expectation),
                "experienced": language.number(figures.experience),
            }  # fmt: skip
        found.append(Widest(gap, book.codes[gap.id], difference, place))
    return tuple(found)


def _points(book: Book, gap: Gap) -> list[Touchpoint]:
    return [point for point in map(book.point, gap.touchpoints) if point]


def _widest_point(book: Book, gap: Gap) -> Touchpoint | None:
    measured = [point for point in _points(book, gap) if book.numbers.point(point.id).expectation_gap is not None]
    return min(measured, key=lambda point: book.numbers.point(point.id).expectation_gap or 0.0, default=None)


def _pictures(book: Book) -> tuple[SafeString, ...]:
    """Draw the gaps as dumbbells, over several pictures where they are many."""
    groups = [_group(book, gap) for gap in ranked(book)]
    top = widest(book, 1)
    if not any(group.spans for group in groups) or not top:
        return ()
    title = _("Gaps: expectation and experience on a scale of 1–5 at each touchpoint of a gap. Severest is "
"%(name)s (%(d)s).") % {
        "name": top[0].gap.title, "d": top[0].difference or "–",
    }  # fmt: skip
    data = charts.Dumbbells(
        title=title,
        groups=groups,
        legend=(_("experience now"), _("what the customer expects")),
        pips=_("Severity"),
        decimal=language.point(),
    )
    pages = enumerate(charts.split_dumbbells(data, TALLEST), 1)
    drawn = [charts.dumbbells(page, f"gaps-{i}") for i, page in pages]
    return tuple(picture for picture in drawn if picture)


def _group(book: Book, gap: Gap) -> charts.Group:
    spans = [
        charts.Span(point.name, book.numbers.point(point.id).experience, point.expectation)
        for point in _points(book, gap)
    ]
    return charts.Group(f"{book.codes[gap.id].text} {gap.title}", spans, gap.severity or 0)


def _row(book: Book, gap: Gap) -> GapRow:
    known = [key for key in gap.evidence if key in book.evidence]
    return GapRow(
        id=gap.id,
        code=book.codes[gap.id],
        title=gap.title,
        current=gap.current,
        desired=gap.desired,
        root_cause=gap.root_cause,
        evidence=tuple(Piece(key, book.evidence[key]) for key in known[:SHOWN_EVIDENCE]),
        more=", ".join(known[SHOWN_EVIDENCE:]),
    )


def gate(book: Book) -> Gate | None:
    """Gather what steps 1–6 found, as the gate's own page tells it; None while there is neither vision nor gap."""
    plan, told = book.plan, domain.of_plan(book.plan, book.as_of)
    if not told.gaps or not told.vision or not told.vision.statement:
        return None
    approval, given = "", plan.programme.gate
    if given and given.approved_by:
        approval = _("Approved by %(who)s, %(when)s") % {
            "who": book.person(given.approved_by), "when": language.day(given.approved_on),
        }  # fmt: skip
    return Gate(
        want=told.vision.statement,
        experience=language.number(told.experience, 2),
        evenness=language.number(told.evenness, 2),
        below=f"{told.below}/{told.points}",
        measured=told.experience is not None,
        insights=tuple(Piece(one.id, one.text) for one in told.insights),
        gaps=widest(book, len(told.gaps)),
        approval=approval,
        note=given.note if given else "",
    )
