"""The limits at the door: shared by every process, said in words, and shut where they cannot be counted."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from collections.abc import Callable
from uuid import uuid4

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from cxplan.workspaces.models import Member
from tests.cast import Cast
from tests.make import PASSWORD, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_cache")]

LOGIN, EMAIL = "/accounts/login/", "alice@example.com"


def tries(client: Client, number: int, *, email: str = EMAIL, ip: str = "192.0.2.1") -> list[str]:
    """The pages that wrong passwords bring."""
    form = {"login": email, "password": "wrong"}
    return [client.post(LOGIN, form, REMOTE_ADDR=ip).content.decode() for _ in range(number)]


def refused(page: str) -> bool:
    return "Wait five minutes" in page


def test_the_sixth_wrong_password_is_refused_and_says_how_long_to_wait(client: Client) -> None:
    make_user("Alice Leader")
    assert [refused(page) for page in tries(client, 6)] == [False] * 5 + [True]


def test_the_account_is_guarded_from_everywhere_at_once(client: Client) -> None:
    make_user("Alice Leader")
    pages = [page for number in range(6) for page in tries(Client(), 1, ip=f"192.0.2.{number}")]
    assert [refused(page) for page in pages] == [False] * 5 + [True]


def test_one_address_tries_no_more_than_ten_accounts_a_minute(client: Client) -> None:
    pages = [page for number in range(11) for page in tries(client, 1, email=f"person{number}@example.com")]
    assert [refused(page) for page in pages] == [False] * 10 + [True]


def test_one_address_knocks_no_more_than_thirty_times_a_minute(client: Client) -> None:
    make_user("Alice Leader")
    form = {"login": EMAIL, "password": PASSWORD}
    answers = [Client().post(LOGIN, form).status_code for _ in range(31)]
    assert answers == [302] * 30 + [429]


def test_a_new_password_is_asked_for_no_more_than_five_times_a_minute(client: Client) -> None:
    make_user("Alice Leader")
    answers = [client.post(reverse("account_reset_password"), {"email": EMAIL}).status_code for _ in range(6)]
    assert answers == [302] * 5 + [429]
    assert len(mail.outbox) == 5


def test_tries_spread_over_many_addresses_come_no_further(client: Client) -> None:
    """Many addresses, one account: five are weighed, the rest are not even looked at."""
    make_user("Alice Leader")
    pages = [page for number in range(60) for page in tries(client, 1, ip=f"198.51.100.{number}")]
    assert [refused(page) for page in pages].count(False) == 5


OTHER_PROCESS = """
import django
django.setup()
from django.conf import settings
settings.CACHES = {{"default": {{**settings.CACHES["default"], "KEY_PREFIX": "{prefix}"}}}}
from allauth.core import context, ratelimit
from django.test import RequestFactory
request = RequestFactory().post("/accounts/login/", REMOTE_ADDR="{ip}")
with context.request_context(request):
    for _ in range(3):
        assert ratelimit.consume(request, action="login_failed", key="testserver:{email}")
"""


def test_two_processes_share_a_limit(client: Client) -> None:
    """What another process has counted counts here."""
    make_user("Alice Leader")
    script = textwrap.dedent(OTHER_PROCESS).format(
        prefix=settings.CACHES["default"]["KEY_PREFIX"], ip="203.0.113.9", email=EMAIL
    )
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    subprocess.run([sys.executable, "-c", script], env=environment, cwd=settings.BASE_DIR, check=True)
    assert [refused(page) for page in tries(client, 3)] == [False, False, True]


# Without Redis


@pytest.fixture
def no_redis(settings: Settings) -> None:
    """Where nothing listens."""
    settings.CACHES = {
        "default": {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0", "KEY_PREFIX": uuid4().hex}
    }


@pytest.mark.usefixtures("no_redis")
@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("account_login", {"login": EMAIL, "password": PASSWORD}),
        ("account_reset_password", {"email": EMAIL}),
        ("mfa_login_webauthn", {"credential": "{}"}),
    ],
)
def test_the_door_is_closed_and_says_so(client: Client, name: str, form: dict[str, str]) -> None:
    make_user("Alice Leader")
    answer = client.post(reverse(name), form)
    page = answer.content.decode()
    assert answer.status_code == 503
    assert "The door is closed for a moment" in page
    assert "Nothing has changed" in page
    assert client.get("/account/").status_code == 302


def test_whoever_is_inside_goes_on_working(
    cast: Cast, sign_in: Callable[[Member], Client], request: pytest.FixtureRequest
) -> None:
    client = sign_in(cast.alice)
    request.getfixturevalue("no_redis")
    home = f"/w/alpha/programmes/{cast.programme.pk}/"
    for path in ("/w/alpha/", home, f"{home}steps/gaps/", f"{home}records/gap/new/", "/account/"):
        assert client.get(path).status_code == 200, path
    assert client.get(LOGIN).status_code == 302
    assert client.post(reverse("account_logout")).status_code == 302
