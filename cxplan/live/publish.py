"""Write into a stream: Postgres orders and keeps it, Redis wakes those who listen once it is committed."""

from __future__ import annotations

import logging
import time
from functools import cache, partial
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from . import messages
from .models import Stream

log = logging.getLogger(__name__)

#: Nobody's command waits longer than this for Redis, and while it is away hardly anybody does.
PATIENCE: Final = 0.5
PAUSE: Final = 1.0

WRITE: Final = """
WITH stream AS (
    UPDATE live_stream SET version = version + 1 WHERE id = %s RETURNING id, key, version
), event AS (
    INSERT INTO live_event (stream_id, version, kind, html, command)
    SELECT id, version, %s, %s, %s FROM stream
    ON CONFLICT (stream_id, command) DO NOTHING
    RETURNING version
)
SELECT stream.key, event.version FROM stream LEFT JOIN event ON true
"""
RECHECK: Final = "UPDATE live_stream SET access = access + 1 WHERE id = ANY(%s) RETURNING key"


class Repeated(Exception):
    """This command was carried out before; nothing was changed now."""


def write(stream_id: int, kind: str, html: str = "", *, command: UUID | None = None) -> int:
    """Add an event to a stream, in the transaction of what it tells of; returns its version.

    The stream's row stays locked until the transaction ends, so that the commands of a stream go one after the other.
    Raises ``Repeated`` where the stream has an event of the same command: the transaction is rolled back, even if
    somebody catches it inside.
    """
    rows = _ask(WRITE, [stream_id, kind, html, command])
    if not rows:
        raise Stream.DoesNotExist
    key, version = rows[0]
    if version is None:
        transaction.set_rollback(True)
        raise Repeated
    message = messages.event(key, version, kind, html)
    transaction.on_commit(partial(_tell, message), robust=True)
    return int(version)


def recheck(*stream_ids: int) -> None:
    """Let everyone who listens to these streams be asked again whether they may, once the transaction is committed.

    It is written into the streams' rows as well, so that it holds where Redis is away.
    """
    found = _ask(RECHECK, [sorted(stream_ids)])
    if len(found) < len(set(stream_ids)):
        raise Stream.DoesNotExist
    for (key,) in found:
        transaction.on_commit(partial(_tell, messages.hint(messages.RECHECK, key)), robust=True)


def _ask(sql: str, parameters: list[Any]) -> list[tuple[Any, ...]]:
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("A stream is written in the transaction of what it tells of.")
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


class _Wire:
    """The way to Redis. Where it is away the gateways read the table, so nobody has to wait for it."""

    def __init__(self, url: str) -> None:
        self.redis = Redis.from_url(
            url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE, retry=Retry(NoBackoff(), 1)
        )
        self.away_until = 0.0

    def send(self, message: bytes) -> None:
        if time.monotonic() < self.away_until:
            return
        try:
            self.redis.publish(messages.CHANNEL, message)
        except RedisError as problem:
            self.away_until = time.monotonic() + PAUSE
            log.warning("Redis is away, those who listen will find what is new by themselves: %s", problem)


@cache
def _wire(url: str) -> _Wire:
    return _Wire(url)


def _tell(message: bytes) -> None:
    _wire(settings.REDIS_URL).send(message)
