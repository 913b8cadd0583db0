"""How much may be sent at once: by the length that a sender names, and by what comes where none is named.

Django bounds neither a file nor a body that bears no length: over ASGI it keeps all of it, over WSGI none. So both are
measured here, at the server's side of Django, and `kit.middleware.bounded` refuses them by one and the same length.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from tempfile import SpooledTemporaryFile
from typing import IO, Any, Final

from django.conf import settings

WSGIApplication = Callable[[dict[str, Any], Any], Iterable[bytes]]
ASGIApplication = Callable[[Any, Any, Any], Any]

BLOCK: Final = 64 * 1024


def measured_wsgi(application: WSGIApplication) -> WSGIApplication:
    """Give a body in chunks the length that Django reads it by; one too large is cut, and named by what was read."""

    def measured(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if "HTTP_TRANSFER_ENCODING" in environ:
            body = SpooledTemporaryFile[bytes](max_size=settings.FILE_UPLOAD_MAX_MEMORY_SIZE)
            environ["CONTENT_LENGTH"] = str(_copied(environ["wsgi.input"], body))
            environ["wsgi.input"] = body
        return application(environ, start_response)

    return measured


def measured_asgi(application: ASGIApplication) -> ASGIApplication:
    """Keep what is too large from Django, which reads a whole body before anything else; measure what has no length."""

    async def measured(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            named = dict(scope["headers"]).get(b"content-length", b"")
            if not named:
                scope, receive = await _counted(scope, receive)
            elif int(named) > settings.LARGEST_BODY:
                receive = _cut()
        await application(scope, receive, send)

    return measured


def _copied(sent: IO[bytes], body: IO[bytes]) -> int:
    length = 0
    while length <= settings.LARGEST_BODY and (block := sent.read(BLOCK)):
        length += body.write(block)
    body.seek(0)
    return length


async def _counted(scope: Any, receive: Any) -> tuple[Any, Any]:
    messages: list[Any] = []
    length, more = 0, True
    while more and length <= settings.LARGEST_BODY:
        messages.append(await receive())
        length += len(messages[-1].get("body", b""))
        more = messages[-1].get("more_body", False)
    if length:
        scope = {**scope, "headers": [*scope["headers"], (b"content-length", b"%d" % length)]}
    return scope, _cut() if length > settings.LARGEST_BODY else _replayed(messages, then=receive)


def _replayed(messages: Iterable[Any], *, then: Any) -> Any:
    """What was received, once more, and then what comes."""
    waiting = deque(messages)

    async def replayed() -> Any:
        return waiting.popleft() if waiting else await then()

    return replayed


def _cut() -> Any:
    """An empty body: the rest is neither read nor waited for, until the sender is answered."""
    return _replayed([{"type": "http.request"}], then=asyncio.Event().wait)
