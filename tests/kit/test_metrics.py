"""Figures for whoever keeps the house, and error reports that tell nothing of what people wrote."""

from __future__ import annotations

import re
import secrets
from typing import Any

import pytest
import sentry_sdk
from django.test import Client, RequestFactory
from pytest_django import Settings
from sentry_sdk.envelope import Envelope
from sentry_sdk.transport import Transport

from cxplan.kit import logs, told

TOKEN = "t" * 30


def figure(client: Client, **labels: str) -> float:
    page = client.get("/metrics/", headers={"Authorization": f"Bearer {TOKEN}"}).content.decode()
    wanted = ",".join(f'{name}="{value}"' for name, value in sorted(labels.items()))
    found = re.search(rf"^cxplan_answer_seconds_count{{{re.escape(wanted)}}} (\S+)$", page, re.MULTILINE)
    return float(found.group(1)) if found else 0


def test_answers_are_counted_by_view(client: Client, settings: Settings) -> None:
    settings.METRICS_TOKEN = TOKEN
    of = {"method": "GET", "status": "200", "view": "kit:alive"}
    before = figure(client, **of)
    client.get("/healthz/?q=1")
    client.get("/healthz/")
    assert figure(client, **of) == before + 2


def test_no_visitor_makes_a_label(client: Client, settings: Settings) -> None:
    settings.METRICS_TOKEN = TOKEN
    for odd in ("zq1", "zq2"):
        client.get(f"/{odd}/")
        client.generic(odd.upper(), "/healthz/")
    page = client.get("/metrics/", headers={"Authorization": f"Bearer {TOKEN}"}).content.decode()
    assert "zq" not in page.lower()
    assert 'method="other"' in page


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer wrong", f"Basic {TOKEN}", f"Bearer {TOKEN}x", "Bearer ä"])
def test_nobody_else_reads_them(client: Client, settings: Settings, header: str) -> None:
    settings.METRICS_TOKEN = TOKEN
    assert client.get("/metrics/", headers={"Authorization": header}).status_code == 404


def test_without_a_token_there_are_none(client: Client) -> None:
    assert client.get("/metrics/", headers={"Authorization": "Bearer "}).status_code == 404


class Kept(Transport):
    """Keeps what would be sent to the world outside."""

    def __init__(self) -> None:
        super().__init__()
        self.events: list[dict[str, Any]] = []

    def capture_envelope(self, envelope: Envelope) -> None:
        event = envelope.get_event()
        assert event
        self.events.append(dict(event))


def test_a_report_says_where_it_broke_and_nothing_of_what_was_written() -> None:
    kept = Kept()
    client = sentry_sdk.Client(
        "https://key@errors.example/1", transport=kept, before_send=told.without_words, include_local_variables=False
    )
    canary = secrets.token_hex(8)  # not in the source, whose lines a report may quote
    asked = RequestFactory().post(f"/w/alpha/?q={canary}", {"title": canary})
    with sentry_sdk.isolation_scope() as scope, logs.referred() as reference:
        scope.set_client(client)
        scope.set_user({"email": f"{canary}@person.example"})
        scope.set_extra("words", canary)
        scope.add_breadcrumb(message=canary)
        scope.add_event_processor(lambda event, hint: {**event, "request": as_sent(asked, canary)})
        title = canary
        try:
            raise ValueError(f"Key (title)=({title}) is there already")
        except ValueError as error:
            scope.capture_exception(error)
    (event,) = kept.events
    assert canary not in str(event)
    assert event["tags"] == {"reference": reference}
    (raised,) = event["exception"]["values"]
    assert raised["type"] == "ValueError"
    assert (
        raised["stacktrace"]["frames"][-1]["function"]
        == test_a_report_says_where_it_broke_and_nothing_of_what_was_written.__name__
    )


def as_sent(request: Any, canary: str) -> dict[str, Any]:
    """As the web integration describes a request."""
    return {
        "method": request.method,
        "url": "https://cx.example/w/alpha/",
        "query_string": request.META["QUERY_STRING"],
        "data": request.POST.dict(),
        "cookies": {"session": canary},
        "headers": {"Referer": canary},
    }
