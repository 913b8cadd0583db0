"""What the sections of steps 1 to 4 show beside their records."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from roadmap.access import ProgrammeRequest
from roadmap.domain import naming
from roadmap.domain.kinds import BY_MODEL
from roadmap.exports import words
from roadmap.steps import BY_NUMBER

from .links import Links

Rows = Callable[[str], list[Any]]
Shown = dict[str, Any]


def grouped(records: Iterable[Any], names: Mapping[str, Any]) -> list[Shown]:
    """Records by their kind in the order of the names; a kind without records is left out."""
    by_kind: dict[str, list[Any]] = {}
    for record in records:
        by_kind.setdefault(record.kind, []).append(record)
    return [
        {"name": name, "kind": kind, "records": by_kind[kind], "total": by_kind[kind][0].of_group}
        for kind, name in names.items()
        if kind in by_kind
    ]


@dataclass(frozen=True, slots=True)
class Feeling:
    """How something felt: a face, and the word beside it."""

    face: str
    word: str


def felt(score: float | None) -> Feeling:
    """The feeling nearest to a score on 1 to 5; neither face nor word where nobody scored."""
    if score is None:
        return Feeling("", "")
    feelings = (
        Feeling("f-2", pgettext("felt emotion", "Disappointed")),
        Feeling("f-1", pgettext("felt emotion", "Worried")),
        Feeling("f0", pgettext("felt emotion", "Neutral")),
        Feeling("f1", pgettext("felt emotion", "Content")),
        Feeling("f2", pgettext("felt emotion", "Delighted")),
    )
    return feelings[min(max(round(score), 1), 5) - 1]


def interviews(request: ProgrammeRequest, rows: Rows) -> Shown:
    """Interviews by who was heard, each with the questions it answered."""
    asked = {question.id: str(question) for question in BY_NUMBER[2].questions}
    for record in rows("interview"):
        answers = sorted(record.answers.all(), key=lambda answer: (answer.position, answer.pk))
        record.asked = [(asked.get(answer.question, answer.question), answer.text) for answer in answers]
    names = {
        "customer": pgettext("group of interviews", "Customers"),
        "staff": pgettext("group of interviews", "Staff"),
        "history": pgettext("group of interviews", "History"),
    }
    return {"groups": grouped(rows("interview"), names)}


def visions(request: ProgrammeRequest, rows: Rows) -> Shown:
    """The sentence that holds, what it rests on, and the versions before it."""
    current = next((vision for vision in rows("vision") if vision.is_current), None)
    earlier = [vision for vision in rows("vision") if vision is not current]
    if current is None:
        return {"current": None, "earlier": earlier}
    links = Links(request)
    found = [*current.built_on_interviews.all(), *current.built_on_findings.all()]
    return {
        "current": current,
        "earlier": earlier,
        "evidence": links.evidence(found),
        "hints": _hints(current.statement, current.year, timezone.localdate()),
    }


MEMORABLE = 30
"""A sentence longer than this many words is seldom repeated in a corridor."""


def _hints(statement: str, year: int | None, today: date) -> list[Shown]:
    """What can be said of a sentence at a glance; the checks beneath are answered by people."""
    ahead, count = (year - today.year) if year else 0, len(statement.split())
    away = ngettext("%(years)d year ahead", "%(years)d years ahead", ahead) % {"years": ahead}
    return [
        {"met": 1 <= ahead <= 10, "text": away if ahead > 0 else _("Say a year, for example 2031")},
        {"met": count <= MEMORABLE, "text": ngettext("%(n)d word", "%(n)d words", count) % {"n": count}},
    ]


def elements(request: ProgrammeRequest, rows: Rows) -> Shown:
    """Vision elements, each with what grew from it."""
    links = Links(request)
    for record in rows("vision_element"):
        record.chain = [
            grown(links, record, "gap", record.gap_count, _("Add a gap"), vision_elements=record.pk),
            grown(links, record, "pillar", record.pillar_count, _("Add a pillar"), vision_elements=record.pk),
            grown(links, record, "metric", record.metric_count, _("Add a metric"), vision_elements=record.pk),
        ]
    return {}


def grown(links: Links, record: Any, kind: str, count: int, hole: str, **filled: int) -> Shown:
    """What of a kind grew from a record: a count that leads to its chain, or the hole where it should be."""
    if not count:
        return {"hole": hole, "url": links.add(kind, **filled)}
    of = BY_MODEL[type(record)].name
    return {"mark": kind, "text": naming.counted(kind, count), "walk": links.chain(of, record.pk)}


def candidates(request: ProgrammeRequest, rows: Rows) -> Shown:
    """Candidates with their votes as dots, the most voted first."""
    for record in rows("vision_candidate"):
        record.dots = range(record.votes)
    return {}


def personas(request: ProgrammeRequest, rows: Rows) -> Shown:
    """Personas in people's words."""
    for record in rows("persona"):
        record.percent = round(record.share * 100) if record.share is not None else None
        record.channel_names = [words.named(words.KINDS, channel) for channel in record.channels]
    return {}


def calls(request: ProgrammeRequest, rows: Rows) -> Shown:
    """Calls, each with the questions it answered."""
    for record in rows("customer_call"):
        answers = sorted(record.answers.all(), key=lambda answer: (answer.position, answer.pk))
        record.asked = [(answer.question.text, answer.text) for answer in answers]
        feeling = felt(record.experience)
        record.face, record.feeling = feeling.face, feeling.word
        if not record.quote and record.asked:
            record.words = record.asked.pop(0)[1]
    return {}


def insights(request: ProgrammeRequest, rows: Rows) -> Shown:
    """Insights by their kind, each with its evidence."""
    links = Links(request)
    for record in rows("insight"):
        found = [*record.customer_calls.all(), *record.interviews.all(), *record.findings.all()]
        record.evidence = links.evidence(found)
    names = {
        "pain": pgettext("group of insights", "Pains"),
        "need": pgettext("group of insights", "Needs"),
        "delight": pgettext("group of insights", "Delights"),
    }
    return {"groups": grouped(rows("insight"), names)}
