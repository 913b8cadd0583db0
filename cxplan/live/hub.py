"""What all streams of a process share: the ear at Redis, the reading of the table, and the clock."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final
from uuid import UUID

from django.db import Error as DatabaseError
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from . import messages, metrics, table
from .channel import Channel
from .client import Client, End, body
from .door import Admit, Door
from .presence import RENEWED, Presence
from .table import News

log = logging.getLogger(__name__)

#: Seconds in which an event that came too early waits for its forerunners before the table is asked for them.
GRACE: Final = 0.03
#: Seconds between two looks at the table: rarely, as Redis brings what is new, and often while it is away and for as
#: long after as those who write may still leave it alone.
RARELY: Final = 5
OFTEN: Final = 1
UNEASY: Final = 5.0
#: Seconds between two tries to reach Redis, and after which a Redis that says nothing at all is given up.
AGAIN: Final = 0.25
SILENCE: Final = 15.0
#: Seconds between two signs of life to a browser, and between two questions whether it may still listen.
ALIVE: Final = 15
MAY_STILL: Final = 30
LATEST: Final = 2**63 - 1
COMMENT: Final = body(b":\n\n")


class Hub:
    """The streams that somebody listens to in this process."""

    def __init__(self, url: str, admit: Admit) -> None:
        self.url = url
        self.channels: dict[UUID, Channel] = {}
        self.presence = Presence()
        self.door = Door(admit, ThreadPoolExecutor(2, "live-door"))
        self._readers = ThreadPoolExecutor(1, "live-table")
        self._redis: Redis | None = None
        self._uneasy_until = 0.0
        self._behind: set[Channel] = set()
        self._wanted = asyncio.Event()
        self._wheel: list[set[tuple[Channel, Client]]] = [set() for _ in range(MAY_STILL)]
        self._seats = 0
        self._unsure: set[tuple[Channel, Client]] = set()
        self._rechecked: dict[UUID, float] = {}
        self._tasks: set[asyncio.Task[Any]] = set()

    def start(self) -> None:
        for work in (self._listen, self._mend, self._tick, self._settle):
            self._begin(self._forever(work))

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _forever(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """What all streams hang on goes on after a mistake of ours, too."""
        while True:
            try:
                await work()
            except Exception:
                log.exception("%s broke off and begins anew", work.__name__)
                await asyncio.sleep(OFTEN)

    # Browsers come and go

    def hold(self, key: UUID) -> Channel:
        """The channel of a stream; it is kept until everyone who holds it has released it."""
        channel = self.channels.setdefault(key, Channel(key))
        channel.holders += 1
        return channel

    def release(self, channel: Channel) -> None:
        channel.holders -= 1
        if not channel.holders:
            self.channels.pop(channel.key, None)
            self._behind.discard(channel)

    async def reach(self, channel: Channel, since: int | None) -> bool:
        """Let a channel know what somebody has missed since; false where there is no such stream."""
        async with channel.opening:  # whoever comes at the same time finds what the first has read
            if channel.covers(since):
                return True
            known, asked = channel.known, LATEST if since is None else since
            if known and asked > channel.version:
                asked = channel.version
            older = known and asked < channel.version
            news = (await self._read({channel.key: asked})).get(channel.key)
            if news is None:
                return False
            if older:
                channel.extend(asked, news)
            else:
                channel.catch_up(asked, news)
            return True

    def attach(self, channel: Channel, client: Client, *, asked_at: float) -> None:
        """From now on the client hears what happens. ``asked_at`` is when it was asked whether it may."""
        channel.clients.add(client)
        self._seats += 1
        client.slot = self._seats % MAY_STILL
        self._wheel[client.slot].add((channel, client))
        self.presence.arrive(channel, client)
        metrics.LISTENING.inc()
        if self._rechecked.get(channel.key, 0.0) >= asked_at:
            self._unsure.add((channel, client))

    def detach(self, channel: Channel, client: Client) -> None:
        channel.clients.discard(client)
        self._wheel[client.slot].discard((channel, client))
        self._unsure.discard((channel, client))
        self.presence.leave(channel, client)
        metrics.LISTENING.dec()
        if client.end:
            metrics.ENDED.labels(client.end.value).inc()

    def close(self) -> None:
        """End every stream: their browsers find another gateway."""
        for channel in tuple(self.channels.values()):
            channel.close(End.CLOSING)

    # Redis says that there is something new

    async def _listen(self) -> None:
        while True:
            try:
                retry = Retry(NoBackoff(), 0)
                async with Redis.from_url(self.url, retry=retry, socket_connect_timeout=1.0) as redis:
                    await self._hear(redis)
            except (RedisError, OSError) as problem:
                if self._redis:
                    log.warning("Redis is away, the table is read instead: %s", problem)
            finally:
                self._redis = None
            self._uneasy_until = time.monotonic() + UNEASY
            await asyncio.sleep(AGAIN)

    async def _hear(self, redis: Redis) -> None:
        async with redis.pubsub() as ear:
            await ear.subscribe(messages.CHANNEL)
            heard = time.monotonic()
            while True:
                told = await ear.get_message(timeout=SILENCE / 3)
                now = time.monotonic()
                if told is None:
                    if now - heard > SILENCE:
                        raise ConnectionError("it says nothing any more")
                    await ear.ping()
                    continue
                heard = now
                if told["type"] == "subscribe":
                    self._redis = redis
                    self._uneasy_until = now + UNEASY
                    self._catch_up(self.channels.values())
                    self.presence.look(self.channels.values())
                elif told["type"] == "message":
                    self._heard(told["data"])

    def _heard(self, message: bytes) -> None:
        try:
            word, key, version, frame = messages.read(message)
        except ValueError:
            log.warning("a message that is none of ours came on %s", messages.CHANNEL)
            return
        if word == messages.RECHECK:
            self._rechecked[key] = time.monotonic()
        channel = self.channels.get(key)
        if channel is None:
            return
        if word == messages.EVENT:
            channel.take(version, frame)
            if channel.behind:
                asyncio.get_running_loop().call_later(GRACE, self._still_behind, channel)
        elif word == messages.RECHECK:
            self._doubt(channel)
        elif word == messages.HERE:
            self.presence.look([channel])

    # The table brings what Redis did not

    def _still_behind(self, channel: Channel) -> None:
        if channel.behind:
            self._catch_up([channel])

    def _catch_up(self, channels: Iterable[Channel]) -> None:
        self._behind.update(channel for channel in channels if channel.known)
        if self._behind:
            self._wanted.set()

    async def _mend(self) -> None:
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            behind, self._behind = self._behind, set()
            known = {channel.key: channel.version for channel in behind}
            try:
                found = await self._read(known)
            except DatabaseError as problem:
                log.warning("the table of events cannot be read: %s", problem)
                await asyncio.sleep(OFTEN)
                self._catch_up(channel for channel in behind if channel.holders)
                continue
            for channel in behind:
                self._apply(channel, known[channel.key], found.get(channel.key))

    def _apply(self, channel: Channel, since: int, news: News | None) -> None:
        if news is None:
            channel.close(End.REFUSED)
            return
        if news.version > channel.version:
            metrics.CAUGHT_UP.inc()
        channel.catch_up(since, news)
        if news.access != channel.access:
            channel.access = news.access
            self._doubt(channel)

    async def _read(self, known: Mapping[UUID, int]) -> dict[UUID, News]:
        return await asyncio.get_running_loop().run_in_executor(self._readers, table.news, known)

    # The clock

    async def _tick(self) -> None:
        """Once a second: a few signs of life, a few questions at the door, now and then a look at the table."""
        second = 0
        while True:
            await asyncio.sleep(1)
            second += 1
            now = time.monotonic()
            uneasy = self._redis is None or now < self._uneasy_until
            if uneasy or second % RARELY == 0:
                self._catch_up(self.channels.values())
            if second % RENEWED == 0:
                self.presence.look(self.channels.values())
                self._rechecked = {key: at for key, at in self._rechecked.items() if at > now - RENEWED}
            for seat in range(second % ALIVE, MAY_STILL, ALIVE):
                for _, client in self._wheel[seat]:
                    client.write(COMMENT)
            asked = {*self._wheel[second % MAY_STILL], *self._unsure}
            if asked:
                self._begin(self._ask_again(asked))

    async def _settle(self) -> None:
        while True:
            await asyncio.sleep(0.1)
            await self.presence.settle(self._redis)

    # Who may still listen

    def _doubt(self, channel: Channel) -> None:
        self._begin(self._ask_again({(channel, client) for client in channel.clients}))

    async def _ask_again(self, asked: set[tuple[Channel, Client]]) -> None:
        """End the streams of those who may no longer listen. Where nobody knows they are asked again soon."""
        places = list(asked)
        answers = await asyncio.gather(
            *(self.door.ask(client.cookies, channel.key) for channel, client in places), return_exceptions=True
        )
        for (channel, client), answer in zip(places, answers, strict=True):
            if isinstance(answer, BaseException):
                log.warning("nobody knows who may listen: %s", answer)
                if client in channel.clients:
                    self._unsure.add((channel, client))
                continue
            self._unsure.discard((channel, client))
            if answer is None:
                client.close(End.REFUSED)
