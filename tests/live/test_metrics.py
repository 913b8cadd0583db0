"""The figures of the process that holds the streams: for whoever bears the token, as those of web."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from pytest_django import Settings

from cxplan import asgi

TOKEN = "t" * 30
FIGURES = (
    "cxplan_live_streams",
    "cxplan_live_delivered_total",
    "cxplan_live_resyncs_total",
    "cxplan_live_skipped_total",
    "cxplan_live_caught_up_total",
)


def ask(path: str, authorization: str = "") -> tuple[int, str]:
    """What the live service answers."""
    sent: list[dict[str, Any]] = []
    asked = [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive() -> dict[str, Any]:
        if not asked:
            await asyncio.Event().wait()  # the browser stays
        return asked.pop()

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    headers = [(b"host", b"testserver"), (b"authorization", authorization.encode())]
    scope = {"type": "http", "method": "GET", "path": path, "query_string": b"", "headers": headers, "scheme": "http"}
    async_to_sync(asgi.live)(scope, receive, send)
    return sent[0]["status"], b"".join(message.get("body", b"") for message in sent).decode()


@pytest.mark.django_db(transaction=True)
def test_whoever_bears_the_token_reads_what_the_streams_do(settings: Settings) -> None:
    settings.METRICS_TOKEN = TOKEN
    status, text = ask("/metrics/", f"Bearer {TOKEN}")
    assert status == HTTPStatus.OK
    assert [name for name in FIGURES if f"\n{name} " not in text] == []
    assert "# TYPE cxplan_live_ended_total counter" in text


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("authorization", ["", "Bearer ", "Bearer wrong", f"Basic {TOKEN}"])
def test_nobody_else_does(settings: Settings, authorization: str) -> None:
    settings.METRICS_TOKEN = TOKEN
    assert ask("/metrics/", authorization)[0] == HTTPStatus.NOT_FOUND
    settings.METRICS_TOKEN = ""
    assert ask("/metrics/", authorization)[0] == HTTPStatus.NOT_FOUND


def test_it_has_no_other_page_of_the_house() -> None:
    assert ask("/live/")[0] == HTTPStatus.OK
    for path in ("/", "/accounts/login/", "/metrics", "/healthz/"):
        assert ask(path)[0] == HTTPStatus.NOT_FOUND
