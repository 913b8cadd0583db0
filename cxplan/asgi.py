"""The house over ASGI: the gateway of live streams, and Django in the one uvicorn of `make up`.

``live`` is the gateway alone, which production runs as a process of its own; ``application`` is both.
"""

import os
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any

from django.core.asgi import get_asgi_application

from cxplan.kit.bodies import measured_asgi

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cxplan.settings")

pages = measured_asgi(get_asgi_application())

from cxplan.live.gateway import PATH, Gateway  # noqa: E402 - Django must be set up first
from cxplan.workshops.access import listener  # noqa: E402

live = Gateway(listener)


async def application(
    scope: Mapping[str, Any], receive: Callable[[], Awaitable[Any]], send: Callable[[Any], Coroutine[Any, Any, None]]
) -> None:
    answer: Callable[..., Awaitable[None]] = pages
    if scope["type"] == "http" and scope["path"].startswith(PATH):
        answer = live
    await answer(scope, receive, send)
