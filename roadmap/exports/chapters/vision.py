"""Step 3: the one sentence, its elements, and what it was built on."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from roadmap.exports import language, words
from roadmap.exports.book import Book, Code, rows
from roadmap.exports.chapters.base import Chapter


@dataclass(frozen=True, slots=True)
class Statement:
    """The vision as a note: its heading, the sentence and who approved it."""

    label: str
    text: str
    approved: str


@dataclass(frozen=True, slots=True)
class Element:
    """An element of the vision."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that was voted on."""

    votes: int
    text: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Check:
    """A question put to the vision, and its answer."""

    mark: str
    tone: str
    question: str
    answer: str
    note: str


@dataclass(frozen=True, slots=True)
class Basis:
    """A piece of evidence by id."""

    id: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VisionChapter(Chapter):
    """Step 3."""

    statement: Statement | None
    elements: tuple[tuple[Element, ...], ...]
    candidates: tuple[Candidate, ...]
    checks: tuple[Check, ...]
    built_on: tuple[Basis, ...]


def statement(book: Book) -> Statement | None:
    """Return the vision's sentence with its approval, None before there is one."""
    vision = book.plan.vision
    if vision is None or not vision.statement:
        return None
    year = vision.year or book.plan.programme.vision_year
    label = _("Vision %(year)s") % {"year": year} if year else _("Vision")
    approved = _("Not approved yet.")
    if vision.status == "approved" or vision.approved_by:
        approved = _("Approved by %(who)s, %(when)s") % {
            "who": book.person(vision.approved_by),
            "when": language.day(vision.approved_on),
        }
    return Statement(label, vision.statement, approved)


def elements(book: Book) -> tuple[Element, ...]:
    """Return the elements of the vision with their numerals."""
    found = book.plan.vision.elements if book.plan.vision else ()
    return tuple(Element(book.codes.get(one.id, Code("")).text, one.text) for one in found)


def chapter(book: Book) -> VisionChapter:
    """Gather the vision."""
    vision = book.plan.vision
    lead = _("From findings to notes, from notes to one sentence. Every part of this plan leans on it.")
    if vision is None:
        return VisionChapter(number=3, lead=lead, empty=True, statement=None, elements=(), candidates=(), checks=(),
                             built_on=())  # fmt: skip
    marks = {"yes": ("✓", "always"), "no": ("✕", "never"), "partly": ("◐", "brand")}
    checks = tuple(
        Check(*marks.get(check.answer or "", ("○", "")), check.question,
              words.named(words.ANSWERS, check.answer) if check.answer else _("Not answered yet."), check.note)
        for check in vision.checks
    )  # fmt: skip
    candidates = sorted(vision.candidates, key=lambda one: (not one.chosen, -one.votes))
    return VisionChapter(
        number=3,
        lead=lead,
        empty=not (vision.statement or vision.elements or vision.candidates),
        statement=statement(book),
        elements=rows(elements(book), 3),
        candidates=tuple(Candidate(one.votes, one.text, one.chosen) for one in candidates),
        checks=checks,
        built_on=tuple(Basis(key, book.evidence[key]) for key in vision.built_on if key in book.evidence),
    )
