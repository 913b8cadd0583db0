"""Cookies over TLS: bound to this host, unreadable to scripts, sent by our own pages alone."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from tests.make import PASSWORD, make_user

NAMES = ["SESSION", "CSRF", "LANGUAGE", "THEME"]
ASK = """
import json
from cxplan import settings as s
from django.conf import global_settings as g
of = lambda name: getattr(s, name, getattr(g, name, None))
print(json.dumps({{"names": [of(f"{{n}}_COOKIE_NAME") for n in {names}],
    "flags": [[of(f"{{n}}_COOKIE_{{flag}}") for flag in ("SECURE", "HTTPONLY", "SAMESITE")] for n in {names}[:3]]}}))
"""


def told(site_url: str) -> dict[str, list[object]]:
    environment = {**os.environ, "SITE_URL": site_url, "DEBUG": "0", "DEMO": "0", "SECRET_KEY": os.urandom(40).hex()}
    script = ASK.format(names=NAMES)
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, cwd=settings.BASE_DIR, capture_output=True, check=True
    )
    answer: dict[str, list[object]] = json.loads(done.stdout)
    return answer


def test_over_tls_every_cookie_is_bound_to_this_host() -> None:
    found = told("https://cx.example")
    assert found["names"] == [f"__Host-{name.lower()}" for name in NAMES]
    assert found["flags"] == [[True, True, "Lax"]] * 3


def test_plain_http_on_the_loopback_relaxes_name_and_secure_alone() -> None:
    found = told("http://127.0.0.1:8000")
    assert found["names"] == [name.lower() for name in NAMES]
    assert found["flags"] == [[False, True, "Lax"]] * 3


@pytest.mark.django_db
@pytest.mark.usefixtures("fresh_cache")
def test_every_cookie_that_is_set_keeps_to_it(client: Client) -> None:
    make_user("Alice Leader")
    client.get("/accounts/login/")
    client.post("/accounts/login/", {"login": "alice@example.com", "password": PASSWORD})
    client.post(reverse("kit:theme"), {"theme": "dark"})
    client.post(reverse("set_language"), {"language": "fi"})
    assert set(client.cookies) == {"csrf", "session", "theme", "language"}
    for cookie in client.cookies.values():
        assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["domain"]) == (True, "Lax", "/", "")
