"""The gateway: an ASGI application that holds a stream open for every browser that listens.

    GET /live/<key>/?since=<version>&at=<page>    → text/event-stream
    GET /live/                                    → whether the gateway is there

It begins after ``since`` (or the ``Last-Event-ID`` that a browser sends when it comes back) and brings every later
event in the order of versions; ``resync`` where some cannot be told any more, and ``here`` with who is present, and
at which of several pages (``at``) where the stream has such. What is refused and what is not there look alike.
"""

from __future__ import annotations

import asyncio
import logging
import re
import resource
import signal
import threading
import time
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from http import HTTPStatus
from types import FrameType
from typing import Any, Final
from urllib.parse import parse_qs
from uuid import UUID

from django.conf import settings

from . import metrics
from .channel import Channel
from .client import Client, End, Listener, Message, Send, body
from .door import Admit
from .hub import LATEST, Hub

__all__ = ["Admit", "Gateway", "Listener"]

log = logging.getLogger(__name__)

PATH: Final = "/live/"
MOST_STREAMS: Final = 10_000  # of one process; more belong to another
SPARE_FILES: Final = 200
PLACE: Final = re.compile(rb"[a-z0-9-]{1,32}")
SAFE_HEADERS: Final = [
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-robots-tag", b"noindex, nofollow"),
    (b"cross-origin-resource-policy", b"same-origin"),
]
STREAM_HEADERS: Final = [
    *SAFE_HEADERS,
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"x-accel-buffering", b"no"),  # proxies hand on every byte at once
]
#: A browser's own EventSource comes back after so many milliseconds.
BEGINNING: Final = body(b"retry: 1000\n\n")

Receive = Callable[[], Awaitable[Message]]


class Refused(Exception):
    """The request gets no stream, but a status; 200 where it only asked whether the gateway is there."""

    def __init__(self, status: HTTPStatus, *headers: tuple[bytes, bytes]) -> None:
        self.status, self.headers = status, headers


class Gateway:
    """Holds the streams of this process. ``admit`` says who may listen to what."""

    def __init__(self, admit: Admit) -> None:
        self._admit = admit
        self._hub: Hub | None = None
        self._open = 0
        self._closing = False

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise ValueError(f"There is nothing here but HTTP, not {scope['type']}.")
        try:
            hub, channel, client = await self._opened(scope, send)
        except Refused as refused:
            if refused.status != HTTPStatus.OK:
                metrics.REFUSED.labels(refused.status.value).inc()
            await _say(send, refused)
            return
        try:
            await client.gone(receive)
        finally:
            hub.detach(channel, client)
            self._release(hub, channel)

    async def _opened(self, scope: MutableMapping[str, Any], send: Send) -> tuple[Hub, Channel, Client]:
        """The beginning of an answer that goes on for hours; what it took to begin is let go of."""
        if scope["method"] != "GET":
            raise Refused(HTTPStatus.METHOD_NOT_ALLOWED, (b"allow", b"GET"))
        if scope["path"] == PATH:
            raise Refused(HTTPStatus.OK)
        headers = dict(scope["headers"])
        asked = parse_qs(scope["query_string"])
        key, since, at = _key(scope["path"]), _since(headers, asked), _at(asked)
        cookies = headers.get(b"cookie", b"")
        if self._takes_nobody():
            raise Refused(HTTPStatus.SERVICE_UNAVAILABLE, (b"retry-after", b"1"))
        hub = self._started()
        self._open += 1
        channel = hub.hold(key)
        try:
            client = await self._begun(hub, channel, cookies, since, at, send)
        except BaseException:
            self._release(hub, channel)
            raise
        method = scope["method"]  # uvicorn asks for it at every part of the answer, and for nothing else
        scope.clear()
        scope["method"] = method
        return hub, channel, client

    async def _begun(
        self, hub: Hub, channel: Channel, cookies: bytes, since: int | None, at: str, send: Send
    ) -> Client:
        asked_at = time.monotonic()
        listener = await _known(hub.door.ask(cookies, channel.key))
        if listener is None or not await _known(hub.reach(channel, since)):
            raise Refused(HTTPStatus.NOT_FOUND)
        client = Client(send, cookies, listener.at(at))
        await send({"type": "http.response.start", "status": HTTPStatus.OK, "headers": STREAM_HEADERS})
        # From here on nothing may wait: no event may come between what was and what comes.
        client.write(BEGINNING)
        if missed := channel.replay(since):
            client.write(missed)
        hub.attach(channel, client, asked_at=asked_at)
        if self._closing:
            client.close(End.CLOSING)
        return client

    def _release(self, hub: Hub, channel: Channel) -> None:
        hub.release(channel)
        self._open -= 1

    def _takes_nobody(self) -> bool:
        return self._closing or self._open >= MOST_STREAMS

    def _started(self) -> Hub:
        if self._hub is None:
            self._hub = Hub(settings.REDIS_URL, self._admit)
            self._hub.start()
            _allow_many_files()
            self._close_when_the_server_stops()
        return self._hub

    def close(self) -> None:
        """End every stream and begin no other: the server is about to stop."""
        self._closing = True
        if self._hub:
            self._hub.close()

    def _close_when_the_server_stops(self) -> None:
        """uvicorn waits until every answer has ended, and says nothing to those that would go on for hours."""
        if threading.current_thread() is not threading.main_thread():
            return
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            before = signal.getsignal(number)
            if not callable(before):
                continue

            def stop(
                number: int, frame: FrameType | None, before: Callable[[int, FrameType | None], Any] = before
            ) -> None:
                loop.call_soon_threadsafe(self.close)
                before(number, frame)

            signal.signal(number, stop)


async def _known(answer: Awaitable[Any]) -> Any:
    """What the house answers, where it can."""
    try:
        return await answer
    except Exception as problem:
        log.warning("nobody knows who may listen: %s", problem)
        raise Refused(HTTPStatus.SERVICE_UNAVAILABLE, (b"retry-after", b"1")) from problem


async def _say(send: Send, refused: Refused) -> None:
    text = f"{refused.status.phrase}\n".encode()
    length = (b"content-length", str(len(text)).encode())
    headers = [*SAFE_HEADERS, *refused.headers, (b"content-type", b"text/plain; charset=utf-8"), length]
    await send({"type": "http.response.start", "status": refused.status, "headers": headers})
    await send(body(text, more=False))


def _key(path: str) -> UUID:
    """The key that an address names, written in the one way that addresses have."""
    text = path.removeprefix(PATH).removesuffix("/")
    try:
        key = UUID(text)
    except ValueError:
        raise Refused(HTTPStatus.NOT_FOUND) from None
    if path != f"{PATH}{key}/":
        raise Refused(HTTPStatus.NOT_FOUND)
    return key


def _since(headers: Mapping[bytes, bytes], asked: Mapping[bytes, list[bytes]]) -> int | None:
    """The last version that the browser has; ``Last-Event-ID``, where it has come back by itself, is the newer."""
    text = headers.get(b"last-event-id") or asked.get(b"since", [b""])[0]
    if not text:
        return None
    if not (text.isdigit() and len(text) < 20):
        raise Refused(HTTPStatus.BAD_REQUEST)
    return min(int(text), LATEST)


def _at(asked: Mapping[bytes, list[bytes]]) -> str:
    """At which of the stream's pages the browser is, where it says so."""
    text = asked.get(b"at", [b""])[0]
    if text and not PLACE.fullmatch(text):
        raise Refused(HTTPStatus.BAD_REQUEST)
    return text.decode()


def _allow_many_files() -> None:
    """Every stream is an open file; systems begin with a limit far below what a process may ask for."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_STREAMS + SPARE_FILES
    if soft != resource.RLIM_INFINITY and soft < wanted:
        most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
