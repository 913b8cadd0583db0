"""A stream as one gateway knows it: how far it has come, its latest events, and who listens."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from typing import Final
from uuid import UUID

from . import messages, metrics
from .client import Client, End, Message, body
from .table import MOST, News

#: Bytes of events kept to be told again; older ones are read from the table.
MOST_KEPT: Final = 4 * 1024 * 1024


class Channel:
    """Hands on the events of a stream in the order of their versions, each once, however they come in."""

    def __init__(self, key: UUID) -> None:
        self.key = key
        self.version = -1  # not known before the table was asked
        self.access = 0
        self.clients: set[Client] = set()
        self.opening = asyncio.Lock()
        self.holders = 0  # answers that are being given, begun or not
        self._kept: deque[tuple[int, Message]] = deque()
        self._kept_size = 0
        self._early: dict[int, bytes] = {}
        self._too_far = -1  # versions from which the table cannot lead on any more

        # Presence, kept by presence.py
        self.named: Counter[str] = Counter()
        self.left: set[str] = set()
        self.here: Message | None = None
        self.here_not_before = 0.0

    @property
    def known(self) -> bool:
        return self.version >= 0

    @property
    def behind(self) -> bool:
        """Whether an event has come whose forerunners have not."""
        return self.known and bool(self._early)

    @property
    def _first(self) -> int:
        return self._kept[0][0] if self._kept else self.version + 1

    # Events come in

    def take(self, version: int, frame: bytes) -> None:
        """An event from anywhere: handed on if it is the next, kept back if too early, dropped if known."""
        if self.known and version <= self.version:
            return
        if version != self.version + 1 or self._early or not self.known:
            if len(self._early) < MOST:  # beyond that the table brings them
                self._early[version] = frame
            self._hand_on_early()
            return
        self._hand_on(version, frame)

    def catch_up(self, since: int, news: News) -> None:
        """What the table has after ``since``, which was this channel's version when it was asked."""
        if not self.known:
            self._begin(news)
            return
        if news.version < since:  # a backup was restored: everyone's page is from a future that is no more
            self._skip_to(news.version)
            return
        for version, frame in news.events:
            self.take(version, frame)
        if self.version < news.version:
            metrics.SKIPPED.inc()
            self._skip_to(news.version)

    def extend(self, since: int, news: News) -> None:
        """Older events, to be told again to somebody who has been away since."""
        older = [(version, frame) for version, frame in news.events if version < self._first]
        whole = bool(older) and older[0][0] == since + 1 and older[-1][0] == self._first - 1
        if not whole or len(older) + len(self._kept) > MOST:
            self._too_far = max(self._too_far, since)
            return
        for version, frame in reversed(older):
            self._kept.appendleft((version, body(frame)))
            self._kept_size += len(frame)

    def _begin(self, news: News) -> None:
        self.version, self.access = news.version, news.access
        if news.events and news.events[-1][0] == news.version:
            first = news.events[0][0]
            if len(news.events) == news.version - first + 1:
                self._kept = deque((version, body(frame)) for version, frame in news.events)
                self._kept_size = sum(len(frame) for _, frame in news.events)
        self._hand_on_early()

    def _hand_on_early(self) -> None:
        if not self.known:
            return
        while (frame := self._early.pop(self.version + 1, None)) is not None:
            self._hand_on(self.version + 1, frame)
        if self._early:
            self._early = {version: frame for version, frame in self._early.items() if version > self.version}

    def _hand_on(self, version: int, frame: bytes) -> None:
        self.version = version
        message = body(frame)
        self._kept.append((version, message))
        self._kept_size += len(frame)
        while len(self._kept) > MOST or self._kept_size > MOST_KEPT:
            self._kept_size -= len(self._kept.popleft()[1]["body"])
        self.tell(message)

    def _skip_to(self, version: int) -> None:
        """Some events cannot be told any more: whoever listens fetches their page anew."""
        self.version = version
        self._kept.clear()
        self._kept_size = 0
        self._hand_on_early()
        self.tell(self.resync())

    # Events go out

    def tell(self, message: Message) -> None:
        """Everyone who listens."""
        for client in tuple(self.clients):
            client.write(message)
        metrics.DELIVERED.inc(len(self.clients))

    def resync(self) -> Message:
        metrics.RESYNCS.inc()
        return body(messages.frame("resync", "", self.version))

    def covers(self, since: int | None) -> bool:
        """Whether somebody who has seen ``since`` can be served without asking the table."""
        if not self.known:
            return False
        return since is None or since <= self._too_far or self._first - 1 <= since <= self.version

    def replay(self, since: int | None) -> Message | None:
        """What somebody who has seen ``since`` has missed."""
        if since is None or since == self.version:
            return None
        if not self._first - 1 <= since <= self.version:
            return self.resync()
        missed = b"".join(message["body"] for version, message in self._kept if version > since)
        return body(missed)

    def close(self, why: End) -> None:
        for client in tuple(self.clients):
            client.close(why)
