"""The house over ASGI: the gateway of live streams, and Django in the one uvicorn of `make up`.

``live`` is the gateway alone with its figures, which production runs as a process of its own; ``application`` is both.
"""

import os
import sys
from collections.abc import Awaitable, Callable, Coroutine, Mapping, MutableMapping, Sequence
from typing import Any, Final
from uuid import UUID

from django.core.asgi import get_asgi_application

from cxplan.kit import heap
from cxplan.kit.bodies import measured_asgi

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cxplan.settings")

# Streams go out while threads ask the database who may hear them: nothing that is said waits 5 ms for a thread's turn.
sys.setswitchinterval(0.0005)

pages = measured_asgi(get_asgi_application())

import cxplan.workshops.access  # noqa: E402 - Django must be set up first
import roadmap.access  # noqa: E402
from cxplan.live.gateway import PATH, Gateway, Listener  # noqa: E402

FIGURES: Final = "/metrics/"

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Coroutine[Any, Any, None]]


def admit(browsers: Sequence[Mapping[str, str]], stream: UUID) -> list[Listener | None]:
    """Who listens to a stream at each of these browsers: a room's or a programme's."""
    in_room = cxplan.workshops.access.listeners(browsers, stream)
    return [there or roadmap.access.listener(each, stream) for each, there in zip(browsers, in_room, strict=True)]


gateway = Gateway(admit)
heap.settle()


async def live(scope: Scope, receive: Receive, send: Send) -> None:
    asked_for_figures = scope["type"] == "http" and scope["path"] == FIGURES
    await (pages if asked_for_figures else gateway)(scope, receive, send)


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    is_stream = scope["type"] == "http" and scope["path"].startswith(PATH)
    await (gateway if is_stream else pages)(scope, receive, send)
