"""Steps 1 and 2: what we already say, and what people told us."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from roadmap.domain.plan import Finding
from roadmap.exports import language, words
from roadmap.exports.book import Book, rows
from roadmap.exports.chapters.base import Chapter

HEAVIEST, CARDS = 6, 16


@dataclass(frozen=True, slots=True)
class Passage:
    """A finding with where it was found."""

    id: str
    text: str
    source: str


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A source and the ids of what was found in it."""

    title: str
    kind: str
    dated: str
    findings: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources(Chapter):
    """Step 1."""

    heaviest: tuple[Passage, ...]
    sources: tuple[SourceRow, ...]


@dataclass(frozen=True, slots=True)
class Voice:
    """An interview as a note: what was wished for, what was heard, and who said it, by pseudonym."""

    id: str
    kind: str
    kind_name: str
    label: str
    wish: str
    notes: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Interviews(Chapter):
    """Step 2: the first interviews as notes, the rest as rows."""

    notes: tuple[tuple[Voice, ...], ...]
    others: tuple[Voice, ...]


def sources(book: Book) -> Sources:
    """Gather what we already say: the heaviest findings and every source."""
    plan = book.plan
    found: dict[str, list[str]] = {}
    for finding in plan.findings:
        found.setdefault(finding.source or "", []).append(finding.id)
    listed = tuple(
        SourceRow(source.title, words.named(words.KINDS, source.kind), language.day(source.dated),
                  tuple(found.get(source.id, ())))
        for source in plan.sources
    )  # fmt: skip
    lead = _(
        "%(sources)s and %(findings)s on what we have promised and what we already know. The heaviest are here."
    ) % {
        "sources": ngettext("%(n)s source", "%(n)s sources", len(listed)) % {"n": len(listed)},
        "findings": ngettext("%(n)s finding", "%(n)s findings", len(plan.findings)) % {"n": len(plan.findings)},
    }
    heaviest = tuple(
        Passage(finding.id, finding.text, book.sources.get(finding.source or "", ""))
        for finding in _heaviest(plan.findings)
    )
    return Sources(number=1, lead=lead, empty=not (listed or plan.findings), heaviest=heaviest, sources=listed)


def _heaviest(findings: tuple[Finding, ...]) -> list[Finding]:
    """Return the findings of the greatest weight given, a handful at most."""
    most = max([finding.weight or 0 for finding in findings], default=0)
    return [finding for finding in findings if (finding.weight or 0) == most][:HEAVIEST]


def interviews(book: Book) -> Interviews:
    """Gather what people told us."""
    voices = tuple(
        Voice(talk.id, talk.kind, words.named(words.KINDS, talk.kind), talk.label,
              language.quoted(talk.wish or talk.said), talk.notes or talk.did)
        for talk in book.plan.interviews
    )  # fmt: skip
    customers = sum(voice.kind == "customer" for voice in voices)
    staff = sum(voice.kind == "staff" for voice in voices)
    lead = _("%(interviews)s: %(customers)s with customers, %(staff)s with staff. Everyone was asked what they "
"would wish from us.") % {
        "interviews": ngettext("%(n)s interview", "%(n)s interviews", len(voices)) % {"n": len(voices)},
        "customers": customers,
        "staff": staff,
    }  # fmt: skip
    return Interviews(number=2, lead=lead, empty=not voices, notes=rows(voices[:CARDS], 2), others=voices[CARDS:])
