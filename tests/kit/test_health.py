"""What the house says of itself: of its process, its database and its Redis."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from pytest_django import Settings

NOBODY = "redis://127.0.0.1:9/0"


def test_a_process_says_that_it_is_there_and_asks_nobody(client: Client) -> None:
    answer = client.get("/healthz/")
    assert (answer.status_code, answer.content) == (200, b"alive\n")


@pytest.mark.django_db
def test_it_is_ready_where_its_services_are(client: Client) -> None:
    answer = client.get("/readyz/")
    assert answer.status_code == 200
    assert answer.json() == {"database": "there", "redis": "there"}
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.django_db
def test_it_works_without_redis_and_says_so(client: Client, settings: Settings) -> None:
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": NOBODY}}
    answer = client.get("/readyz/")
    assert answer.status_code == 200
    assert answer.json() == {"database": "there", "redis": "away"}


@pytest.mark.django_db(transaction=True)
def test_it_is_not_ready_without_its_database(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    connection.close()
    monkeypatch.setitem(connection.settings_dict, "PORT", "9")
    monkeypatch.setitem(connection.settings_dict, "HOST", "127.0.0.1")
    answer = client.get("/readyz/")
    connection.close()
    assert answer.status_code == 503
    assert answer.json()["database"] == "away"
