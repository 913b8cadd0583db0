"""The gateway as the tests serve it: whoever has a session with a name in it may listen to every stream."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import django

django.setup()

from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from prometheus_client import make_asgi_app  # noqa: E402

from cxplan.live.gateway import Gateway, Listener  # noqa: E402


def admit(browsers: Sequence[Mapping[str, str]], key: UUID) -> list[Listener | None]:
    found = [SessionStore(cookies.get("session")).get("who") for cookies in browsers]
    return [None if who is None else Listener(who) for who in found]


live = Gateway(admit)
figures = make_asgi_app()


async def application(scope: Any, receive: Any, send: Any) -> None:
    """The gateway, and beside it what the process counts."""
    await (figures if scope["type"] == "http" and scope["path"] == "/metrics/" else live)(scope, receive, send)
