"""What some records keep in rows of their own: answers, an agenda, a theme known by its name.

Each function runs inside the record's command and replaces what stood there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Max

from roadmap.models import (
    AgendaItem,
    CallAnswer,
    CustomerCall,
    Finding,
    HeldWorkshop,
    Interview,
    InterviewAnswer,
    KeyQuestion,
    Programme,
    ReadinessAnswer,
    ReadinessStatement,
    Theme,
)


def set_theme(finding: Finding, *, name: str) -> None:
    """Group a finding under the theme of that name, made where it is new; no name, no theme."""
    theme = _theme(finding.programme, name)
    if finding.theme_id != (theme.pk if theme else None):
        finding.theme = theme
        finding.save(update_fields=["theme"])


def under_theme(held: Programme, values: dict[str, Any], *, name: str) -> None:
    """Group findings that are about to be made under the theme of that name."""
    values["theme"] = _theme(held, name)


def _theme(held: Programme, name: str) -> Theme | None:
    if not name:
        return None
    own = Theme.objects.of(held).alive()
    theme = own.filter(name__iexact=name).first()
    if theme is None:
        last = own.aggregate(last=Max("position"))["last"] or 0
        theme = Theme.objects.create(
            workspace=held.workspace,
            programme=held,
            exchange_id=held.next_id("theme"),
            position=last + 1,
            name=name,
        )
    return theme


def set_interview_answers(interview: Interview, *, answers: Mapping[str, str]) -> None:
    """Keep the answers by question id; an empty answer is no answer."""
    interview.answers.all().delete()
    InterviewAnswer.objects.bulk_create(
        InterviewAnswer(interview=interview, question=question, text=text, position=place)
        for place, (question, text) in enumerate(answers.items())
        if text
    )


def set_call_answers(call: CustomerCall, *, answers: Mapping[KeyQuestion, str]) -> None:
    """Keep the answers to the key questions; an empty answer is no answer."""
    call.answers.all().delete()
    CallAnswer.objects.bulk_create(
        CallAnswer(call=call, question=question, text=text, position=place)
        for place, (question, text) in enumerate(answers.items())
        if text
    )


def set_readiness_answers(statement: ReadinessStatement, *, management: Sequence[int], staff: Sequence[int]) -> None:
    """Keep the anonymous answers of both groups, in order."""
    statement.answers.all().delete()
    ReadinessAnswer.objects.bulk_create(
        ReadinessAnswer(statement=statement, group=group, position=place, value=value)
        for group, values in (("management", management), ("staff", staff))
        for place, value in enumerate(values)
    )


@dataclass(frozen=True)
class AgendaLine:
    """One item of an agenda: minutes, how it is worked, what is done, votes for each person."""

    minutes: int
    mode: str
    text: str
    votes_each: int | None = None


def set_agenda(workshop: HeldWorkshop, *, agenda: Sequence[AgendaLine]) -> None:
    """Keep the agenda in its order."""
    workshop.agenda.all().delete()
    AgendaItem.objects.bulk_create(
        AgendaItem(
            workshop=workshop,
            position=place,
            minutes=item.minutes,
            mode=item.mode,
            text=item.text,
            votes_each=item.votes_each,
        )
        for place, item in enumerate(agenda)
    )
