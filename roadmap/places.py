"""Where records stand: the page that keeps each kind, and a record's place on it."""

from __future__ import annotations

from typing import Any, TypedDict

from django.urls import reverse

from roadmap.domain.kinds import BY_MODEL, Kind
from roadmap.steps import BY_NUMBER


class Base(TypedDict):
    """What every address inside a programme begins with."""

    workspace: str
    programme: int


#: Kinds that speak of the whole programme and stand on a page of their own.
IN_LOG = ("decision", "workshop")


def page(kind: Kind, *, workspace: str, programme: int) -> str:
    """The address of the page that keeps the records of a kind: its step's, or the log's."""
    if kind.name in IN_LOG:
        return reverse("roadmap:log", args=[workspace, programme])
    return reverse("roadmap:step", args=[workspace, programme, BY_NUMBER[kind.step].slug])


def section(kind: Kind, *, workspace: str, programme: int) -> str:
    """Where the records of a kind begin on their page."""
    return f"{page(kind, workspace=workspace, programme=programme)}#{kind.name}-list"


def record(of: Any, *, workspace: str, programme: int) -> str:
    """A record's place on the page of its kind."""
    kind = BY_MODEL[type(of)]
    return f"{page(kind, workspace=workspace, programme=programme)}#{kind.name}-{of.pk}"
