"""What the gateway reads of the table, for all its streams in one query. Only here does it meet the database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from django.db import connection, connections

from . import messages

#: More than this nobody is told one by one: their page is fetched anew.
MOST: Final = 1000

NEWS: Final = """
SELECT stream.key, stream.version, stream.access, event.version, event.kind, event.html
FROM unnest(%s::uuid[], %s::bigint[]) AS known (key, version)
JOIN live_stream stream ON stream.key = known.key
LEFT JOIN LATERAL (
    SELECT version, kind, html FROM live_event
    WHERE stream_id = stream.id AND version > known.version
    ORDER BY version LIMIT %s
) event ON true
ORDER BY event.version
"""

#: An event that was told is of use to browsers that come back, and its command to phones that send it again: both for
#: as long as a phone may keep a command (static/js/outbox.js). Then whoever comes back fetches their page anew, and the
#: words that people wrote stand in their records alone. Events without a command only serve those who come back: the
#: latest of a stream, or those of a day, are enough for them.
TRIM: Final = """
DELETE FROM live_event event USING live_stream stream
WHERE stream.id = event.stream_id AND (
    event.created_at < now() - interval '7 days'
    OR event.command IS NULL AND event.created_at < now() - interval '24 hours' AND event.version <= stream.version - %s
)
"""
LATEST: Final = 2000


@dataclass
class News:
    """How far a stream has come, and its events after a version: all that are left, but at most ``MOST``."""

    version: int
    access: int
    events: list[tuple[int, bytes]] = field(default_factory=list)


def news(known: Mapping[UUID, int]) -> dict[UUID, News]:
    """What each stream has after the version that is known of it; a stream that is no more is not in the answer."""
    found: dict[UUID, News] = {}
    try:
        with connection.cursor() as cursor:
            cursor.execute(NEWS, [list(known), list(known.values()), MOST])
            for key, version, access, number, kind, html in cursor:
                stream = found.setdefault(key, News(version, access))
                if number is not None:
                    stream.events.append((number, messages.frame(kind, html, number)))
    finally:
        connections.close_all()  # the thread keeps none while it waits
    return found


def trim() -> int:
    """Delete the events that nobody needs any more; returns how many."""
    with connection.cursor() as cursor:
        cursor.execute(TRIM, [LATEST])
        return int(cursor.rowcount)
