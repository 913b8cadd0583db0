"""The house over ASGI: the gateway of live streams, and Django in the one uvicorn of `make up`.

``live`` is the gateway alone with its figures, which production runs as a process of its own; ``application`` is both.
"""

import os
import sys
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any, Final
from uuid import UUID

from django.core.asgi import get_asgi_application

from cxplan.kit.bodies import measured_asgi

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cxplan.settings")

# Streams go out while threads ask the database who may hear them: nothing that is said waits 5 ms for a thread's turn.
sys.setswitchinterval(0.0005)

pages = measured_asgi(get_asgi_application())

import cxplan.workshops.access  # noqa: E402 - Django must be set up first
import roadmap.access  # noqa: E402
from cxplan.live.gateway import PATH, Gateway, Listener  # noqa: E402

FIGURES: Final = "/metrics/"

Scope = Mapping[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Coroutine[Any, Any, None]]


def admit(cookies: Mapping[str, str], stream: UUID) -> Listener | None:
    """Who listens to a stream: a room's or a programme's."""
    return cxplan.workshops.access.listener(cookies, stream) or roadmap.access.listener(cookies, stream)


gateway = Gateway(admit)


async def live(scope: Scope, receive: Receive, send: Send) -> None:
    asked_for_figures = scope["type"] == "http" and scope["path"] == FIGURES
    await (pages if asked_for_figures else gateway)(scope, receive, send)


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    is_stream = scope["type"] == "http" and scope["path"].startswith(PATH)
    await (gateway if is_stream else pages)(scope, receive, send)
