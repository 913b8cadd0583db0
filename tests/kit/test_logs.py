"""A request's reference stands on its answer, on the page that says what failed, and on every line of the log."""

from __future__ import annotations

import json
import logging
import re
import sys

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from cxplan.kit import logs, middleware


def line(record: logging.LogRecord) -> dict[str, object]:
    said = logs.JsonLines().format(record)
    assert "\n" not in said
    found: dict[str, object] = json.loads(said)
    return found


def record(message: str, *args: object, exc_info: object = None, **extra: object) -> logging.LogRecord:
    made = logging.LogRecord("cxplan.x", logging.ERROR, __file__, 1, message, args, exc_info)  # type: ignore[arg-type]
    made.__dict__.update(extra)
    return made


def test_an_error_page_says_the_reference_that_the_answer_bears(client: Client) -> None:
    answer = client.get("/nothing/here/")
    reference = answer["X-Request-ID"]
    assert re.fullmatch(r"[0-9a-f]{8}", reference)
    assert f"Reference: {reference}." in answer.content.decode()
    assert client.get("/nothing/here/")["X-Request-ID"] != reference


def test_a_line_is_one_json_object_with_its_reference() -> None:
    with logs.referred() as reference:
        found = line(record("Two\nlines of %s", "ä"))
    assert found["message"] == "Two\nlines of ä"
    assert (found["level"], found["logger"], found["reference"]) == ("ERROR", "cxplan.x", reference)
    assert str(found["at"]).endswith("+00:00")
    assert "reference" not in line(record("outside of a request"))


def test_a_line_of_an_error_holds_its_traceback() -> None:
    try:
        raise ValueError("odd")
    except ValueError:
        found = line(record("failed", exc_info=sys.exc_info()))
    assert "ValueError: odd" in str(found["error"])


def test_an_answer_is_written_down_without_what_was_looked_for(caplog: pytest.LogCaptureFixture) -> None:
    asked = RequestFactory().get("/w/alpha/?q=secret-word")
    with caplog.at_level(logging.INFO, logger="cxplan.kit.middleware"):
        middleware.referred(lambda request: HttpResponse(status=204))(asked)
    (written,) = caplog.records
    assert re.fullmatch(r"GET /w/alpha/ 204 [\d.]+ ms", written.getMessage())
    answered = line(written)["request"]
    assert isinstance(answered, dict)
    assert (answered["path"], answered["status"]) == ("/w/alpha/", 204)


def test_what_opens_a_door_is_not_written_down(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="cxplan.kit.middleware"):
        client.get("/accounts/confirm-email/secret-word/")
    written = [record.getMessage() for record in caplog.records if record.name == "cxplan.kit.middleware"]
    assert written
    assert "secret-word" not in str(written)
    assert "/accounts/confirm-email/…/" in str(written)


def test_the_reference_ends_with_its_request() -> None:
    def inside(request: HttpRequest) -> HttpResponse:
        return HttpResponse(logs.reference.get())

    answer = middleware.referred(inside)(RequestFactory().get("/"))
    assert answer.content.decode() == answer["X-Request-ID"]
    assert logs.reference.get() == ""
