"""Addresses of a programme's records, and the pieces of evidence that lie behind them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from roadmap import places
from roadmap.access import ProgrammeRequest
from roadmap.domain.kinds import BY_MODEL, BY_NAME
from roadmap.models import CustomerCall, Finding, Interview
from roadmap.steps import BY_NUMBER

#: A link of a chain as the component takes it.
Link = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of evidence: the words, whose they are, and where they stand."""

    text: str
    by: str
    url: str


class Links:
    """The addresses of one programme; what a reader may not change has no address to change it at."""

    def __init__(self, request: ProgrammeRequest) -> None:
        self._may_edit = request.member.can_edit
        self._base: places.Base = {"workspace": request.workspace.slug, "programme": request.programme.pk}

    def step(self, number: int) -> str:
        """The page of a step."""
        return reverse("roadmap:step", kwargs={**self._base, "step": BY_NUMBER[number].slug})

    def record(self, record: Any) -> str:
        """A record's place on the page of its step."""
        return places.record(record, **self._base)

    def chain(self, kind: str, pk: int) -> str:
        """The chain of a record."""
        return reverse("roadmap:chain", kwargs={**self._base, "kind": kind, "pk": pk})

    def section(self, kind: str) -> str:
        """Where the records of a kind begin."""
        return places.section(BY_NAME[kind], **self._base)

    def edit(self, record: Any) -> str:
        """Where a record is changed."""
        kind = BY_MODEL[type(record)].name
        return reverse("roadmap:edit", kwargs={**self._base, "kind": kind, "pk": record.pk}) if self._may_edit else ""

    def add(self, kind: str, **filled: int) -> str:
        """Where a record is made, with a field filled in."""
        if not self._may_edit:
            return ""
        query = "&".join(f"{name}={value}" for name, value in filled.items())
        return reverse("roadmap:add", kwargs={**self._base, "kind": kind}) + (f"?{query}" if query else "")

    def evidence(self, records: Iterable[Any]) -> list[Piece]:
        """Records as evidence: the customer's own words where there are some."""
        return [Piece(_words(record), _whose(record), self.record(record)) for record in records]


def _words(record: Any) -> str:
    if isinstance(record, CustomerCall):
        return record.quote or next((answer.text for answer in record.answers.all()), str(record))
    if isinstance(record, Interview):
        return record.wish or record.notes or record.label
    return str(record)


def _whose(record: Any) -> str:
    if isinstance(record, Interview):
        return record.label
    if isinstance(record, CustomerCall):
        who = str(record.persona) if record.persona else _("customer")
        return _("%(who)s, called by %(caller)s") % {"who": who, "caller": record.caller} if record.caller else who
    if isinstance(record, Finding) and record.source:
        return record.source.title
    kind = str(type(record)._meta.verbose_name)
    number = str(record.exchange_id).lstrip("abcdefghijklmnopqrstuvwxyz-")
    return f"{kind} {int(number)}" if number.isdigit() else kind
