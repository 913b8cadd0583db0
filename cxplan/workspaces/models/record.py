"""What every artifact of a workspace has in common."""

from __future__ import annotations

from typing import ClassVar, Self, TypeVar

from django.db import models

from cxplan.kit.models import Positioned, Stamped, Trashable, Versioned

from .workspace import Workspace

M_co = TypeVar("M_co", bound="Record", covariant=True)


class RecordQuerySet(models.QuerySet[M_co]):
    """Filters of every record; a query begins with a workspace or a programme."""

    def of(self, workspace: Workspace) -> Self:
        return self.filter(workspace=workspace)

    def alive(self) -> Self:
        return self.filter(trashed_at=None)

    def trashed(self) -> Self:
        return self.exclude(trashed_at=None)

    def in_order(self) -> Self:
        return self.order_by("position", "pk")


class Record(Stamped, Positioned, Versioned, Trashable):
    """An artifact of one workspace, recorded in its history."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+", editable=False)

    #: The column that names the programme a row belongs to, where it belongs to one.
    programme_column: ClassVar[str | None] = None
    #: ``(column, value, words)``: while the column has the value, the history keeps no words.
    private_words: ClassVar[tuple[str, str, str] | None] = None

    class Meta:
        abstract = True
