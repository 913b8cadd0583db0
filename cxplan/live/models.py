"""A stream and what was said in it. The table is the truth: Redis only says that there is something new."""

from __future__ import annotations

import uuid

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models.functions import Now

from cxplan.kit.models import long_text


class Stream(models.Model):
    """A sequence of events for one audience; whoever may listen knows its key.

    ``version`` is that of the latest event: events of a stream are numbered without a gap, in the order in which their
    transactions were committed. ``access`` grows whenever somebody may have lost the right to listen.
    """

    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    version = models.PositiveBigIntegerField(default=0, editable=False)
    access = models.PositiveIntegerField(default=0, editable=False)

    def __str__(self) -> str:
        return str(self.key)


class Event(models.Model):
    """One thing that happened: what kind, what there is to see of it, and the command that did it."""

    stream = models.ForeignKey(Stream, models.CASCADE, related_name="events")
    version = models.PositiveBigIntegerField()
    kind = models.CharField(max_length=32)
    html = long_text()
    command = models.UUIDField(null=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["stream", "version"], name="live_event_version"),
            models.UniqueConstraint(fields=["stream", "command"], name="live_event_command"),
        ]
        indexes = [BrinIndex(fields=["created_at"], name="live_event_created")]

    def __str__(self) -> str:
        return f"{self.stream_id}:{self.version} {self.kind}"
