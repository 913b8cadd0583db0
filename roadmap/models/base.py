"""What every artifact of a programme has in common."""

from __future__ import annotations

from typing import ClassVar, Self, TypeVar

from django.db import models

from cxplan.workshops.models import Note
from cxplan.workspaces.models import Record, RecordQuerySet

from .programme import Programme

M_co = TypeVar("M_co", bound="ProgrammeRecord", covariant=True)


class ProgrammeRecordQuerySet(RecordQuerySet[M_co]):
    def of(self, programme: Programme) -> Self:  # type: ignore[override]  # a programme narrows its workspace
        return self.filter(programme=programme)


class ProgrammeRecord(Record):
    """A record of one programme, known in files and rules by its exchange id (``g4``)."""

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="+", editable=False)
    exchange_id = models.CharField(max_length=64, editable=False)

    programme_column = "programme_id"

    class Meta:
        abstract = True
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["programme", "exchange_id"],
                name="%(app_label)s_%(class)s_id_once",
            ),
        ]


class FromNote(models.Model):
    """A record that may have begun as a note in a workshop."""

    from_note = models.ForeignKey(Note, models.SET_NULL, null=True, related_name="+", editable=False)

    class Meta:
        abstract = True
