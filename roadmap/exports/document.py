"""The plan as a document: everything the template prints, in words, in one language.

A port of the plan to paper: chapters gather their own rows, this module sets them in order. Every part
may be missing; a programme with nothing but a name is a short document that says what is still to come.
"""

from dataclasses import dataclass, replace

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cxplan.kit.charts.sheet import measure
from roadmap.domain import alignment as rules
from roadmap.domain.plan import Plan
from roadmap.exports import language, words
from roadmap.exports.book import Book
from roadmap.exports.chapters import actions, evidence, gaps, journey, metrics, pillars, rollout, spots, today, vision
from roadmap.exports.chapters.alignment import Alignment, alignment
from roadmap.exports.chapters.appendix import Appendix, appendix
from roadmap.exports.chapters.base import Chapter
from roadmap.exports.chapters.gaps import Gate
from roadmap.exports.chapters.pillars import OwnPillar, Side
from roadmap.exports.chapters.summary import Summary, summary
from roadmap.exports.numbers import Numbers
from roadmap.exports.options import Options, Part

CHAPTERS = (
    evidence.sources, evidence.interviews, vision.chapter, today.chapter, journey.chapter, gaps.chapter,
    pillars.chapter, actions.chapter, actions.levers, spots.chapter, metrics.chapter, rollout.chapter,
)  # fmt: skip
TITLE_WIDTH, TITLE_HEIGHT = 440.0, 190.0
OPENER_WIDTH, OPENER_HEIGHT = 520.0, 130.0
COVER_PURPOSE = 320


@dataclass(frozen=True, slots=True)
class Cover:
    """The cover; `size` is the title's in points."""

    title: str
    size: int
    purpose: str
    owner: str
    sponsor: str
    mark: str
    mark_detail: str


@dataclass(frozen=True, slots=True)
class StepLine:
    """A step in a list of contents; `printed` says whether it has a place to go to."""

    number: int
    title: str
    printed: bool


@dataclass(frozen=True, slots=True)
class PlanPart:
    """One of the four parts with its filled chapters; `size` is its title's in points. One without any has no pages."""

    number: int
    name: str
    size: int
    lead: str
    steps: tuple[StepLine, ...]
    chapters: tuple[Chapter, ...]
    gate: Gate | None


@dataclass(frozen=True, slots=True)
class ToCome:
    """The steps of one part in which nothing has been recorded."""

    number: int
    name: str
    lead: str
    steps: tuple[StepLine, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """The whole document. `fingerprint` is the hash that stands on every page."""

    language: str
    name: str
    organisation: str
    purpose: str
    version: str
    as_of: str
    created: str
    mark: str
    fingerprint: str
    cover: Cover
    summary: Summary | None
    parts: tuple[PlanPart, ...]
    to_come: tuple[ToCome, ...]
    alignment: Alignment | None
    appendix: Appendix | None
    appendix_left_out: bool
    people: bool
    marks: tuple[tuple[str, str, str], ...]
    formulas: tuple[tuple[str, str], ...]
    code_note: str
    cover_note: str

    @property
    def whole(self) -> bool:
        """Say whether this is the full plan: with cover, contents, openers and the formulas."""
        return bool(self.marks)

    @property
    def imprint(self) -> str:
        """Name the copy, as every page does: its version, its day, its hash and its mark."""
        parts = (f"{_('Version')} {self.version}", self.as_of, self.fingerprint, self.mark)
        return " · ".join(part for part in parts if part)

    @property
    def has_contents(self) -> bool:
        """Say whether there is enough in it for a list of contents."""
        return self.whole and bool(self.parts or self.alignment or self.appendix or self.appendix_left_out)


@dataclass(frozen=True, slots=True)
class Outline:
    """What the poster and the cards take from the plan."""

    language: str
    name: str
    organisation: str
    statement: str
    version: str
    as_of: str
    created: str
    sides: tuple[Side, ...]
    own: tuple[OwnPillar, ...]


def open_book(plan: Plan, options: Options) -> Book:
    """Open a plan for printing."""
    return Book(plan, options, Numbers(plan, options.as_of))


def document(plan: Plan, options: Options, fingerprint: str = "") -> Document:
    """Set a plan as a document in the active language."""
    book = open_book(plan, options)
    chapters: list[Chapter] = [build(book) for build in CHAPTERS]
    if options.part is Part.STEP:
        chapters = [chapter for chapter in chapters if chapter.number == options.step]
    full, short = options.part is Part.FULL, options.part is Part.SUMMARY
    programme, organisation = plan.programme, plan.organisation
    found = appendix(book) if full else None
    return Document(
        language=options.language or plan.default_language,
        name=programme.name,
        organisation=organisation.name if organisation else "",
        purpose=programme.purpose,
        version=options.version,
        as_of=language.day(options.as_of),
        created=options.as_of.isoformat(),
        mark=_mark(options),
        fingerprint=fingerprint[:12],
        cover=_cover(book),
        summary=summary(book) if full or short else None,
        parts=() if short else _parts(book, chapters, with_gate=full),
        to_come=() if short else _to_come(chapters),
        alignment=alignment(book, rules.check(plan, options.as_of)) if full else None,
        appendix=found if options.appendix else None,
        appendix_left_out=bool(found and not options.appendix),
        people=any(isinstance(one, rollout.Rollout) and one.own for one in chapters) and not short,
        marks=tuple((glyph, tone, str(text)) for glyph, tone, text in words.MARKS) if full else (),
        formulas=_formulas(plan) if full else (),
        code_note=_(
            "A mark and a number mean the same thing everywhere: △1 is the first gap, A1 the first action, L1 "
            "the first "
            "lever. Evidence ids (f09, i02, c05, n1) are found in the appendix."
        ),
        cover_note=_cover_note(plan),
    )


def outline(plan: Plan, options: Options) -> Outline:
    """Take from a plan what the poster and the cards show, in the active language: of the pillars the chosen ones."""
    book = open_book(replace(plan, pillars=tuple(rules.CHOSEN_PILLARS.of(plan))), options)
    return Outline(
        language=options.language or plan.default_language,
        name=plan.programme.name,
        organisation=plan.organisation.name if plan.organisation else "",
        statement=plan.vision.statement if plan.vision else "",
        version=options.version,
        as_of=language.day(options.as_of),
        created=options.as_of.isoformat(),
        sides=pillars.sides(book),
        own=pillars.own(book),
    )


def line(plan: Plan) -> tuple[list[float], set[int]]:
    """Return the journey as the ornaments draw it: emotions in order, and the places of the sweet spots."""
    points = [point for point in plan.customer_touchpoints() if point.emotion is not None]
    starred = {spot.touchpoint for spot in plan.sweet_spots}
    return [point.emotion or 0.0 for point in points], {i for i, one in enumerate(points) if one.id in starred}


def _mark(options: Options) -> str:
    return _("Internal – for management only") if options.mark is None else options.mark.strip()


def _cover(book: Book) -> Cover:
    programme = book.plan.programme
    mark, _dash, detail = _mark(book.options).partition(" – ")
    purpose = programme.purpose
    if len(purpose) > COVER_PURPOSE:
        purpose = purpose[:COVER_PURPOSE].rsplit(" ", 1)[0] + " …"
    return Cover(
        title=programme.name,
        size=title_size(programme.name, TITLE_WIDTH, TITLE_HEIGHT, 100),
        purpose=purpose,
        owner=book.person(programme.cx_owner) if programme.cx_owner else "",
        sponsor=book.person(programme.sponsor) if programme.sponsor else "",
        mark=mark,
        mark_detail=detail,
    )


def title_size(text: str, width: float, height: float, most: int, least: int = 16) -> int:
    """Return the largest size in points at which a title fits a box, words whole."""
    for size in range(most, least, -2):
        room, lines, left = width / 1.04, 1, width / 1.04
        for word in text.split():
            need = measure(word, size, strong=True)
            if need > room:
                break
            if need > left:
                lines, left = lines + 1, room
            left -= need + size * 0.25
        else:
            if lines * size * 0.9 <= height:
                return size
    return least


def _parts(book: Book, chapters: list[Chapter], *, with_gate: bool) -> tuple[PlanPart, ...]:
    """Set the filled chapters in the four parts."""
    filled = {chapter.number: chapter for chapter in chapters if not chapter.empty}
    parts = []
    for number, steps in enumerate(words.PART_STEPS, 1):
        parts.append(
            PlanPart(
                number=number,
                name=str(words.PARTS[number - 1]),
                size=title_size(str(words.PARTS[number - 1]), OPENER_WIDTH, OPENER_HEIGHT, 62),
                lead=str(words.PART_LEADS[number - 1]),
                steps=tuple(StepLine(step, str(words.STEPS[step - 1]), step in filled) for step in steps),
                chapters=tuple(filled[step] for step in steps if step in filled),
                gate=gaps.gate(book) if with_gate and number == 2 else None,
            )
        )
    return tuple(part for part in parts if part.chapters)


def _to_come(chapters: list[Chapter]) -> tuple[ToCome, ...]:
    """Set the empty chapters in the four parts."""
    empty = {chapter.number for chapter in chapters if chapter.empty}
    parts = [
        ToCome(
            number=number,
            name=str(words.PARTS[number - 1]),
            lead=str(words.PART_LEADS[number - 1]),
            steps=tuple(StepLine(step, str(words.STEPS[step - 1]), printed=False) for step in steps if step in empty),
        )
        for number, steps in enumerate(words.PART_STEPS, 1)
    ]
    return tuple(part for part in parts if part.steps)


def _formulas(plan: Plan) -> tuple[tuple[str, str], ...]:
    """Return the formulas in words; experience by the programme's own weights where it has some."""
    formulas = [(str(name), str(text)) for name, text in words.FORMULAS]
    weights = plan.programme.weights
    if weights and (weights.effectiveness, weights.ease, weights.emotion) != (1, 1, 4):
        text = _("(%(a)s · effectiveness + %(b)s · ease + %(c)s · emotion) / %(sum)s, all on a scale of 1–5") % {
            "a": language.plain(weights.effectiveness), "b": language.plain(weights.ease),
            "c": language.plain(weights.emotion),
            "sum": language.plain(weights.effectiveness + weights.ease + weights.emotion),
        }  # fmt: skip
        formulas[0] = (formulas[0][0], text)
    return tuple(formulas)


def _cover_note(plan: Plan) -> str:
    points = len(line(plan)[0])
    if points < 2:
        return ""
    return ngettext(
        "The line on the cover is the customer's journey: %(n)s touchpoint, as high as it feels.",
        "The line on the cover is the customer's journey: %(n)s touchpoints from left to right, the height is how the "
        "encounter feels. The stars are the sweet spots. The same line runs through the part openers.",
        points,
    ) % {"n": points}
