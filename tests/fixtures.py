"""The cast on every stage, and what the permission test has to say at the end of a run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest
from django.test import Client
from django.utils.translation import override
from pytest_django import Settings

from cxplan.workspaces.models import Member
from tests.cast import Cast, assemble

COUNTED = "permissions"


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    """A request leaves its language to whatever runs after it in the same thread; no test begins in another's."""
    with override("en"):
        yield


@pytest.fixture
def cast(db: None) -> Cast:
    return assemble()


@pytest.fixture
def sign_in(db: None) -> Callable[[Member], Client]:
    """A browser of one member."""

    def as_member(member: Member) -> Client:
        client = Client()
        assert member.user is not None
        client.force_login(member.user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return as_member


@pytest.fixture
def fresh_cache(settings: Settings) -> Callable[[], None]:
    """A cache with nothing in it, rate limits neither; called, it is empty again. Other tests keep theirs."""

    def renew() -> None:
        settings.CACHES = {"default": {**settings.CACHES["default"], "KEY_PREFIX": uuid4().hex}}

    renew()
    return renew


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    counts: Counter[str] = Counter()
    urls = 0
    for report in (report for outcome in ("passed", "failed") for report in terminalreporter.stats.get(outcome, [])):
        for name, value in getattr(report, "user_properties", ()):
            if name == COUNTED and report.when == "call":
                urls = max(urls, value["urls"])
                counts.update(requests=value["requests"], unexpected=value["unexpected"])
    if urls:
        terminalreporter.write_line(
            f"Permissions: {urls} URLs, {counts['requests']} requests, {counts['unexpected']} unexpected answers"
        )
