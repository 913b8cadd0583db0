"""The evidence in full, cited or not; the workshops held and the decisions made."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from roadmap.exports import language, words
from roadmap.exports.book import Book


@dataclass(frozen=True, slots=True)
class FindingRow:
    """A finding in full."""

    id: str
    text: str
    passage: str
    theme: str
    weight: str


@dataclass(frozen=True, slots=True)
class SourceRows:
    """A source, with its text where it was given as text, and what was found in it."""

    title: str
    about: str
    text: str
    findings: tuple[FindingRow, ...]


@dataclass(frozen=True, slots=True)
class InterviewRow:
    """An interview by pseudonym."""

    id: str
    label: str
    held: str
    wish: str
    heard: str


@dataclass(frozen=True, slots=True)
class WorkshopRow:
    """A workshop that was held."""

    title: str
    step: str
    held: str
    people: str
    minutes: str
    facilitator: str


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """A decision."""

    made: str
    text: str
    why: str
    who: str


@dataclass(frozen=True, slots=True)
class Appendix:
    """Everything the plan leans on."""

    sources: tuple[SourceRows, ...]
    interviews: tuple[InterviewRow, ...]
    workshops: tuple[WorkshopRow, ...]
    decisions: tuple[DecisionRow, ...]


def appendix(book: Book) -> Appendix | None:
    """Gather the appendix, None where there would be nothing in it."""
    found = Appendix(_sources(book), _interviews(book), _workshops(book), _decisions(book))
    return found if any((found.sources, found.interviews, found.workshops, found.decisions)) else None


def _sources(book: Book) -> tuple[SourceRows, ...]:
    """Set every finding, cited or not, under its source; those without one come last."""
    found: dict[str, list[FindingRow]] = {}
    for one in book.plan.findings:
        passage = " ".join(text for text in (one.page, one.passage) if text)
        row = FindingRow(one.id, one.text, passage, one.theme.replace("_", " "), str(one.weight or "–"))
        found.setdefault(one.source if one.source in book.sources else "", []).append(row)
    listed = []
    for source in book.plan.sources:
        about = [words.named(words.KINDS, source.kind), language.day(source.dated), source.url,
                 source.file.name if source.file else ""]  # fmt: skip
        listed.append(
            SourceRows(source.title, " · ".join(text for text in about if text), source.text,
                       tuple(found.get(source.id, ())))
        )  # fmt: skip
    if "" in found:
        listed.append(SourceRows(_("Without a source"), "", "", tuple(found[""])))
    return tuple(listed)


def _interviews(book: Book) -> tuple[InterviewRow, ...]:
    rows = []
    for one in book.plan.interviews:
        heard = [one.notes, one.said, one.did, *one.answers.values()]
        rows.append(
            InterviewRow(
                one.id, one.label, language.day(one.held_on), one.wish, " ".join(text for text in heard if text)
            )
        )
    return tuple(rows)


def _workshops(book: Book) -> tuple[WorkshopRow, ...]:
    return tuple(
        WorkshopRow(one.title, str(words.STEPS[one.step - 1]), language.day(one.held_on), str(one.participants or "–"),
                    str(one.minutes or "–"), book.person(one.facilitator))
        for one in book.plan.workshops
    )  # fmt: skip


def _decisions(book: Book) -> tuple[DecisionRow, ...]:
    return tuple(
        DecisionRow(language.day(one.made_on), one.text, one.why, book.person(one.by)) for one in book.plan.decisions
    )
