"""One browser that listens: what is written to it, and how much of it may wait."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Generator, MutableMapping
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import Enum
from functools import partial
from types import coroutine
from typing import Any, Final

Message = MutableMapping[str, Any]
Send = Callable[[Message], Coroutine[Any, Any, None]]

#: Bytes that may wait for a browser beside what the server and the system hold for it.
MOST_WAITING: Final = 256 * 1024
#: Seconds that a browser is given to take the end of its stream.
LAST_WORDS: Final = 1.0


class End(Enum):
    """Why a stream has ended: the browser left it, or the house ended it."""

    LEFT = "left"
    REFUSED = "refused"
    SLOW = "slow"
    CLOSING = "closing"


@dataclass(frozen=True, slots=True)
class Listener:
    """Somebody who may listen, by the name that presence gives them; without a name nobody counts them.

    Where they are ``placed`` they say themselves at which of the stream's pages they are: ``m7@gaps``.
    """

    who: str = ""
    placed: bool = False

    def at(self, place: str) -> Listener:
        """The listener as presence names them at a page."""
        return replace(self, who=f"{self.who}@{place}") if self.placed and place else self


def body(frames: bytes, *, more: bool = True) -> Message:
    """Frames as the server takes them. One message may be sent to any number of browsers."""
    return {"type": "http.response.body", "body": frames, "more_body": more}


class Client:
    """The open answer to one browser.

    What is written goes out at once, without a task of its own, for as long as the server takes it. A browser that
    reads too slowly gets a task that waits for it; where too much waits, its stream ends and it comes back by itself.
    """

    __slots__ = ("_sending", "_size", "_task", "_waiting", "cookies", "end", "listener", "send", "slot")

    #: As the browser sent them: a house of streams holds many, and asks them rarely.
    cookies: bytes

    def __init__(self, send: Send, cookies: bytes, listener: Listener) -> None:
        self.send, self.cookies, self.listener = send, cookies, listener
        self.end: End | None = None
        self.slot = 0
        self._task: asyncio.Task[Any] | None = asyncio.current_task()
        self._sending: asyncio.Task[None] | None = None
        self._waiting: list[bytes] = []
        self._size = 0

    def write(self, message: Message) -> None:
        """Send a message, or let it wait behind those that wait."""
        if self.end:
            return
        if self._sending is None:
            try:
                rest = _begun(self.send(message))
            except OSError:  # the browser has left, and nobody else shall suffer from it
                return
            if rest is not None:
                self._sending = asyncio.get_running_loop().create_task(self._catch_up(rest))
            return
        self._waiting.append(message["body"])
        self._size += len(message["body"])
        if self._size > MOST_WAITING:
            self.close(End.SLOW)

    def close(self, why: End) -> None:
        """End the stream: whoever waits in ``gone`` is woken."""
        if self.end is None and self._task:
            self.end = why
            self._task.cancel()

    async def gone(self, receive: Callable[[], Awaitable[Message]]) -> None:
        """Wait until the browser has left or the stream was ended from here."""
        try:
            while (await receive())["type"] != "http.disconnect":
                pass
        except asyncio.CancelledError:
            if self.end is None or self._task is None:
                raise
            self._task.uncancel()
            await self._say_goodbye(self.end)
        finally:
            self.end = self.end or End.LEFT  # nothing is written any more
            self._waiting.clear()
            if self._sending:
                self._sending.cancel()
            self._task = None

    async def _say_goodbye(self, why: End) -> None:
        """End the answer as a whole one. One that the browser does not take is broken off by the server."""
        if why is End.SLOW:
            return
        with suppress(TimeoutError, OSError):
            async with asyncio.timeout(LAST_WORDS):
                if self._sending:
                    await self._sending
                await self.send(body(b"", more=False))

    async def _catch_up(self, rest: Awaitable[None]) -> None:
        with suppress(OSError):
            await rest
            while self._waiting:
                frames = b"".join(self._waiting)
                self._waiting.clear()
                self._size = 0
                await self.send(body(frames))
        self._sending = None


def _begun(sending: Coroutine[Any, Any, None]) -> Awaitable[None] | None:
    """Run up to where it first waits, without the cost of a task; what remains, or nothing where it never waited."""
    try:
        waits_for = sending.send(None)
    except StopIteration:
        return None
    return _rest(sending, waits_for)


@coroutine
def _rest(sending: Coroutine[Any, Any, None], waits_for: Any) -> Generator[Any, Any, None]:
    while True:
        try:
            step = partial(sending.send, (yield waits_for))
        except BaseException as problem:  # cancellation too is the coroutine's to handle
            step = partial(sending.throw, problem)
        try:
            waits_for = step()
        except StopIteration:
            return
