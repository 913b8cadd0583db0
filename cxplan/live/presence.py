"""Who is here: told to a room as names come and go, and shared by the gateways through Redis.

Each gateway keeps its listeners' names in a sorted set of the stream, with the time until which they hold, and renews
them. One that is killed renews nothing, so its names go by themselves. While Redis is away a gateway knows its own.
"""

from __future__ import annotations

import json
import logging
import secrets
import time
from collections.abc import Iterable
from typing import Final

from redis.asyncio import Redis
from redis.exceptions import RedisError

from . import messages
from .channel import Channel
from .client import Client, body

log = logging.getLogger(__name__)

#: Seconds after which a name goes that nobody renewed, and how often the names of this gateway are renewed.
HOLDS: Final = 15
RENEWED: Final = 5
#: Seconds between two tellings: a second more for every so many people, as each is told of all.
PAUSE: Final = 0.3
SLOWER_BY: Final = 100


class Presence:
    """The names of one gateway's listeners, and those that the other gateways have."""

    def __init__(self) -> None:
        self._self = secrets.token_hex(4)
        self._changed: set[Channel] = set()

    def arrive(self, channel: Channel, client: Client) -> None:
        if channel.here:
            client.write(channel.here)
        else:
            self._changed.add(channel)
        if client.listener.who:
            channel.named[client.listener.who] += 1
            channel.left.discard(client.listener.who)
            self._changed.add(channel)

    def leave(self, channel: Channel, client: Client) -> None:
        who = client.listener.who
        if not who:
            return
        channel.named[who] -= 1
        if not channel.named[who]:
            del channel.named[who]
            channel.left.add(who)
        self._changed.add(channel)

    def look(self, channels: Iterable[Channel]) -> None:
        """Somebody came or went elsewhere, or names have to be renewed."""
        self._changed.update(channels)

    async def settle(self, redis: Redis | None) -> None:
        """Share what has changed here, and tell each room that has changed."""
        now = time.monotonic()
        for channel in [each for each in self._changed if each.here_not_before <= now]:
            self._changed.discard(channel)
            names = set(channel.named)
            if redis:
                try:
                    names = await self._share(redis, channel)
                except (RedisError, OSError) as problem:
                    log.debug("presence is not shared: %s", problem)
            self._tell(channel, sorted(names))

    async def _share(self, redis: Redis, channel: Channel) -> set[str]:
        key, now = f"{messages.CHANNEL}:here:{channel.key.hex}", time.time()
        left, channel.left = channel.left, set()
        async with redis.pipeline(transaction=False) as pipe:
            if channel.named:
                pipe.zadd(key, {self._mine(who): now + HOLDS for who in channel.named})
            if left:
                pipe.zrem(key, *map(self._mine, left))
            pipe.zremrangebyscore(key, "-inf", now)
            pipe.expire(key, HOLDS)
            pipe.zrange(key, 0, -1)
            added, *_, found = await pipe.execute()
            names = {name.decode().rpartition(" ")[0] for name in found}
            if left or (channel.named and added):
                await redis.publish(messages.CHANNEL, messages.hint(messages.HERE, channel.key))
        return names

    def _mine(self, who: str) -> str:
        return f"{who} {self._self}"

    def _tell(self, channel: Channel, names: list[str]) -> None:
        if not channel.clients:  # whoever is about to come shall not hear first that nobody is there
            channel.here = None
            return
        told = body(messages.frame("here", json.dumps({"n": len(names), "who": names}, separators=(",", ":"))))
        if told != channel.here:
            channel.here = told
            channel.here_not_before = time.monotonic() + PAUSE + len(names) / SLOWER_BY
            channel.tell(told)
