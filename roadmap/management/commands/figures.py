from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from roadmap.domain.derived import derived
from roadmap.domain.plan import Plan

from ._plan import PlanCommand


class Command(PlanCommand):
    help = "Print every figure that follows from a programme's plan."

    def data(self, plan: Plan, as_of: date) -> object:
        return derived(plan, as_of)

    def lines(self, plan: Plan, as_of: date) -> Iterable[str]:
        return _outline(derived(plan, as_of))


def _outline(value: object, indent: str = "") -> Iterator[str]:
    """Nested figures as an indented list; a row of plain values on one line."""
    pairs = value.items() if isinstance(value, Mapping) else ((None, member) for member in _members(value))
    for name, member in pairs:
        label = f"{indent}{name}:" if name is not None else f"{indent}-"
        if _is_row(member):
            yield f"{label} {_row(member)}".rstrip()
        else:
            yield label
            yield from _outline(member, indent + "  ")


def _members(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def _is_row(value: object) -> bool:
    inner = value.values() if isinstance(value, Mapping) else _members(value)
    return not any(isinstance(member, Mapping | list) for member in inner)


def _row(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_plain(member)}" for name, member in value.items())
    return ", ".join(_plain(member) for member in _members(value))


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if value is None:
        return "–"
    return str(number_format(value)) if isinstance(value, int | float) else str(value)
