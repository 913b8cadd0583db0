"""How every command of a room begins: once, one after the other, and told to the desk.

The phone names its command. Its name goes to the desk's stream first, which also holds that stream until the command
is through: a command that comes a second time changes nothing, and two at a time cannot both take the last dot.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from cxplan.live import publish
from cxplan.live.publish import Repeated
from cxplan.workshops.models import Session, State

__all__ = ["TOLD", "UNDO_FOR", "Closed", "Repeated", "TimeIsUp", "TooLate", "command"]

#: For so long a turn to another phase, or another grouping, can be taken back.
UNDO_FOR: Final = timedelta(seconds=10)

#: Who else is told, in the same transaction, that a workshop opened, closed or has another deadline; every floor above
#: that shows workshops adds its own.
TOLD: Final[list[Callable[[Session], object]]] = []


class TooLate(Exception):
    """It was done too long ago to be taken back, or has been taken back already."""


class Closed(Exception):
    """The workshop is not open, or the phase takes this no more; nothing was changed."""


class TimeIsUp(Closed):
    """The deadline has passed; nothing was changed."""


@contextmanager
def command(session: Session, kind: str, name: UUID | None, *, while_open: bool = True) -> Iterator[Session]:
    """Carry out one command; yields the session as it stands now, its phase with it.

    ``kind`` tells the desk what changed. Raises ``Repeated`` where ``name`` was carried out before, ``Closed`` where
    the workshop is not open, and ``TimeIsUp`` where its deadline has passed, whether anybody has ended it or not.
    """
    with transaction.atomic():
        publish.write(session.desk_id, kind, command=name)
        current = Session.objects.select_related("phase").get(pk=session.pk)
        if while_open and current.state == State.CLOSED and current.deadline is not None:
            raise TimeIsUp
        if while_open and current.state != State.OPEN:
            raise Closed
        if while_open and current.is_overdue:
            raise TimeIsUp
        yield current
        if kind == "session":
            for tell in TOLD:
                tell(current)
