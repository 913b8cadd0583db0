"""Management's word on the vision, the pillars and the promises.

Only an approver gives it, and only to a record that lacks nothing of what blocks (domain rules A01,
A02, A08, A26). It is given to the words as they stand: who changes them takes it back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from cxplan.workspaces.models import Member
from roadmap.models import Pillar, Programme, ProgrammeRecord, Promise, Vision
from roadmap.models.pillars import PillarState, PromiseStatus
from roadmap.models.vision import VisionStatus

from . import alignment, loading, records


@dataclass(frozen=True)
class Approval:
    """How a kind says that it is approved: its column, the value given and the one it falls back to."""

    column: str
    given: str
    taken_back: str

    def values(self, by: Member) -> dict[str, Any]:
        """The columns that hold an approval given today."""
        if self.column == "status" and self.given == PromiseStatus.SELECTED:
            return {self.column: self.given, "selected_by": by}
        return {self.column: self.given, "approved_by": by, "approved_on": timezone.localdate()}

    def no_values(self) -> dict[str, Any]:
        """The columns of a record that is not approved."""
        if self.column == "status" and self.given == PromiseStatus.SELECTED:
            return {self.column: self.taken_back, "selected_by": None}
        return {self.column: self.taken_back, "approved_by": None, "approved_on": None}


BY_MODEL: dict[type[ProgrammeRecord], Approval] = {
    Vision: Approval("status", VisionStatus.APPROVED, VisionStatus.DRAFT),
    Pillar: Approval("state", PillarState.APPROVED, PillarState.CHOSEN),
    Promise: Approval("status", PromiseStatus.SELECTED, PromiseStatus.PROPOSED),
}


class Incomplete(Exception):
    """The record lacks what an approval needs; ``holes`` say what."""

    def __init__(self, holes: Sequence[alignment.Finding]) -> None:
        super().__init__(", ".join(hole.rule for hole in holes))
        self.holes = holes


def is_approved(record: ProgrammeRecord) -> bool:
    """Whether management has given its word on the record."""
    approval = BY_MODEL[type(record)]
    return bool(getattr(record, approval.column) == approval.given)


def approve(record: ProgrammeRecord, *, programme: Programme, by: Member) -> None:
    """Give management's word. Raises ``Incomplete`` where something blocks."""
    # Reading the plan takes dozens of queries: the programme is not held meanwhile, so what somebody else did before
    # it was ours is looked at once more
    seen = Programme.objects.of(programme.workspace).values_list("revision", flat=True).get(pk=programme.pk)
    _refuse_holes(record, programme)

    def look_again(current: ProgrammeRecord) -> None:
        if current.programme.revision != seen:
            _refuse_holes(current, current.programme)

    values = BY_MODEL[type(record)].values(by)
    records.change(record, programme=programme, by=by, values=values, finish=look_again)


def _refuse_holes(record: ProgrammeRecord, programme: Programme) -> None:
    """Raise ``Incomplete`` where something keeps the record from being approved."""
    found = alignment.check(loading.load(programme), timezone.localdate())
    holes = [hole for hole in found if hole.level == "blocks" and hole.record == record.exchange_id]
    if holes:
        raise Incomplete(holes)


def take_back(record: ProgrammeRecord, *, programme: Programme, by: Member) -> None:
    """Take management's word back."""
    records.change(record, programme=programme, by=by, values=BY_MODEL[type(record)].no_values())
