"""Step 4: through whose eyes we look, what we heard, and what we learnt."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from roadmap.exports import language, words
from roadmap.exports.book import Book, rows
from roadmap.exports.chapters.base import Chapter


@dataclass(frozen=True, slots=True)
class Face:
    """A persona."""

    name: str
    share: str
    goal: str
    fear: str
    channels: str


@dataclass(frozen=True, slots=True)
class Call:
    """A call to a customer: what was said, and how the experience was rated."""

    id: str
    said: str
    persona: str
    caller: str
    filled: str
    open: str
    experience: str


@dataclass(frozen=True, slots=True)
class Learnt:
    """An insight with its evidence."""

    id: str
    kind: str
    kind_name: str
    text: str
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Today(Chapter):
    """Step 4."""

    personas: tuple[tuple[Face, ...], ...]
    calls: tuple[Call, ...]
    insights: tuple[tuple[Learnt, ...], ...]


def chapter(book: Book) -> Today:
    """Gather personas, calls and insights."""
    plan = book.plan
    faces = [
        Face(one.name, language.percent(language.number(one.share * 100, 0)) if one.share is not None else "",
             one.goal, one.fear, ", ".join(words.named(words.KINDS, channel) for channel in one.channels))
        for one in plan.personas
    ]  # fmt: skip
    lead = _("Through whose eyes we look, what we heard in %(calls)s and what we learnt from them.") % {
        "calls": ngettext("%(n)s call", "%(n)s calls", len(plan.customer_calls)) % {"n": len(plan.customer_calls)}
    }
    return Today(
        number=4,
        lead=lead,
        empty=not (faces or plan.customer_calls or plan.insights),
        personas=rows(faces, 3),
        calls=_calls(book),
        insights=rows(insights(book), 3),
    )


def insights(book: Book) -> tuple[Learnt, ...]:
    """Return what was learnt."""
    return tuple(
        Learnt(one.id, one.kind, words.named(words.KINDS, one.kind), one.text, ", ".join(one.evidence))
        for one in book.plan.insights
    )


def _calls(book: Book) -> tuple[Call, ...]:
    calls = []
    for call in book.plan.customer_calls:
        said = [call.quote, *call.answers.values()] if call.quote else list(call.answers.values())
        rated = call.experience or 0
        calls.append(
            Call(call.id, " ".join(language.quoted(text) for text in said if text), book.persona(call.persona),
                 book.person(call.caller), "●" * rated, "○" * (5 - rated) if rated else "", str(rated or "–"))
        )  # fmt: skip
    return tuple(calls)
