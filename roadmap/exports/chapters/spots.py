"""Step 10: where we invest first."""

from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from cxplan.kit import charts
from roadmap.exports import language, words
from roadmap.exports.book import Book, Code
from roadmap.exports.chapters.base import Chapter


@dataclass(frozen=True, slots=True)
class SpotRow:
    """A sweet spot: the team's rank, the computed one, and why."""

    code: Code
    name: str
    priority: str
    computed: str
    reordered: bool
    reason: str
    actions: tuple[Code, ...]


@dataclass(frozen=True, slots=True)
class Idea:
    """A new encounter."""

    text: str
    kind: str
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Spots(Chapter):
    """Step 10."""

    picture: SafeString | None
    spots: tuple[SpotRow, ...]
    reordered: str
    ideas: tuple[Idea, ...]


def chapter(book: Book) -> Spots:
    """Gather the sweet spots."""
    plan = book.plan
    rows = ranked(book)
    ideas = tuple(Idea(one.text, words.named(words.KINDS, one.kind), one.chosen) for one in plan.new_touchpoint_ideas)
    moved = [row.code.text for row in rows if row.reordered]
    reordered = ""
    if moved:
        reordered = _("The team's order differs from the computed one at %(ranks)s.") % {
            "ranks": language.listed(moved)
        }
    return Spots(
        number=10,
        lead=_("The more important the encounter and the weaker the experience, the higher to the right. The stars "
"get people and money first."),
        empty=not (rows or plan.new_touchpoint_ideas),
        picture=_picture(book) if rows else None,
        spots=rows,
        reordered=reordered,
        ideas=ideas,
    )  # fmt: skip


def ranked(book: Book) -> tuple[SpotRow, ...]:
    """Return the sweet spots by rank."""
    rows = []
    for spot in sorted(book.plan.sweet_spots, key=lambda one: one.rank):
        point = book.point(spot.touchpoint)
        place = book.numbers.place(spot.id)
        rows.append(
            SpotRow(
                code=book.codes[spot.id],
                name=point.name if point else _("no touchpoint chosen"),
                priority=language.number(book.numbers.point(point.id).priority) if point else "–",
                computed=_ordinal(place.computed) if place else "–",
                reordered=place is not None and place.moved,
                reason=spot.reason,
                actions=book.coded(spot.actions),
            )
        )
    return tuple(rows)


def _ordinal(place: int) -> str:
    return f"{place}." if language.finnish() else str(place)


def _picture(book: Book) -> SafeString | None:
    spots = []
    for point in book.plan.customer_touchpoints():
        experience = book.numbers.point(point.id).experience
        if point.importance is not None and experience is not None:
            spots.append(charts.Spot(point.name, point.importance, experience, book.stars.get(point.id, 0)))
    names = [spot.label for spot in sorted(spots, key=lambda spot: spot.rank) if spot.rank]
    title = _("Sweet-spot matrix: %(n)s touchpoints by importance and experience. With a star: %(names)s.") % {
        "n": len(spots), "names": ", ".join(names) or "–",
    }  # fmt: skip
    return charts.sweet_spots(
        charts.Matrix(
            title=title,
            spots=spots,
            across=_("Experience gets weaker"),
            up=_("Importance to the customer grows"),
            contour=_("priority"),
        )
    )
