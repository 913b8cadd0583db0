"""The settings refuse what is unsafe, in words that say what to set."""

import subprocess
import sys

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.db.utils import ConnectionHandler

from cxplan import settings


@pytest.mark.parametrize(
    ("redis_url", "broker"),
    [
        ("unix:///run/valkey.sock?db=0", "redis+socket:///run/valkey.sock?virtual_host=0"),
        ("unix:///run/valkey.sock", "redis+socket:///run/valkey.sock?virtual_host=0"),
        ("redis://queue:6379/2", "redis://queue:6379/2"),
    ],
)
def test_the_broker_is_the_same_redis(redis_url: str, broker: str) -> None:
    assert settings.broker_address(redis_url) == broker


@pytest.mark.parametrize(
    ("redis_url", "cache"),
    [
        ("unix:///run/valkey.sock?db=0", "unix:///run/valkey.sock?db=1"),
        ("redis://queue:6379/2", "redis://queue:6379/2?db=1"),
    ],
)
def test_clearing_the_cache_leaves_the_queue_alone(redis_url: str, cache: str) -> None:
    assert settings.with_redis_database(redis_url, 1) == cache


@pytest.mark.parametrize(
    ("site_url", "secure"),
    [
        ("https://cx.example", True),
        ("http://127.0.0.1:8000", False),
        ("http://localhost", False),
        ("http://[::1]:1", False),
    ],
)
def test_plain_http_is_for_the_loopback_interface(site_url: str, secure: bool) -> None:
    assert settings.served_securely(site_url) is secure


@pytest.mark.parametrize(
    "site_url",
    ["http://cx.example", "http://127.0.0.1.cx.example", "http://localhost@cx.example", "https://", "cx.example", ""],
)
def test_anything_else_is_refused(site_url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="SITE_URL must be"):
        settings.served_securely(site_url)


def test_no_key_no_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "")
    with pytest.raises(ImproperlyConfigured, match="SECRET_KEY is not set"):
        settings.secret_key(debug=False)
    assert settings.secret_key(debug=True)


@pytest.mark.parametrize(
    ("unsafe", "said"),
    [
        ({"DEBUG": "1"}, "DEBUG shows"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY must be random"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS must name each host"),
        ({"ALLOWED_HOSTS": ".cx.example"}, "ALLOWED_HOSTS must name each host"),
        ({"CSRF_TRUSTED_ORIGINS": "https://*.cx.example"}, "CSRF_TRUSTED_ORIGINS must be"),
        ({"CSRF_TRUSTED_ORIGINS": "http://cx.example"}, "CSRF_TRUSTED_ORIGINS must be"),
        ({"DATABASE_URL": "sqlite:///x"}, "DATABASE_URL must be"),
        ({}, ""),
    ],
    ids=str,
)
def test_a_host_does_not_start_unsafe(unsafe: dict[str, str], said: str) -> None:
    safe = {
        "SITE_URL": "https://cx.example",
        "SECRET_KEY": "k" * 60,
        "DATABASE_URL": "postgresql://x",
        "REDIS_URL": "redis://x",
    }
    start = [sys.executable, "-c", "import cxplan.settings"]
    done = subprocess.run(start, env=safe | unsafe, cwd=settings.BASE_DIR, capture_output=True, text=True)
    assert done.returncode == bool(said)
    assert said in done.stderr


@pytest.mark.django_db
def test_a_superuser_of_the_database_is_refused() -> None:
    superuser = connection.settings_dict | {"USER": "postgres"}
    other = ConnectionHandler({"default": superuser})["default"]
    with pytest.raises(ImproperlyConfigured, match="superuser"), other.cursor():
        pass
    other.close()
