"""The product as people meet it: uvicorn, a Celery worker and the demo, on a database and a broker of their own."""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit, urlunsplit

import psycopg

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Stack:
    """Where the product listens, the environment its commands run in, and the folder where its mails arrive."""

    url: str
    environment: dict[str, str]
    mails: Path

    def letters(self) -> list[str]:
        """Every mail that was sent, the oldest first."""
        found = sorted(self.mails.iterdir(), key=lambda path: path.stat().st_mtime)
        return [path.read_text(encoding="utf-8") for path in found]

    def manage(self, *arguments: str) -> str:
        """Run a management command on the stack; returns what it printed."""
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=True)
        return done.stdout


@contextmanager
def running(name: str, redis_number: int) -> Iterator[Stack]:
    """A stack on the database ``name``, made for it and dropped afterwards."""
    with ExitStack() as stack:
        database = stack.enter_context(_database(name))
        mails = Path(stack.enter_context(TemporaryDirectory()))
        port = _free_port()
        environment = {
            **os.environ,
            "DATABASE_URL": database,
            "REDIS_URL": _with_number(os.environ["REDIS_URL"], redis_number),
            "CACHE_URL": _with_number(os.environ["REDIS_URL"], redis_number + 1),
            "SECRET_KEY": secrets.token_urlsafe(50),
            "SITE_URL": f"http://127.0.0.1:{port}",
            "EMAIL_URL": f"file:///{mails}",
            "DEMO": "1",
            "DEBUG": "0",
            "DJANGO_SETTINGS_MODULE": "cxplan.settings",
            "DATABASE_POOL_SIZE": "5",
        }
        made = Stack(f"http://127.0.0.1:{port}", environment, mails)
        made.manage("prepare")
        web = ["-m", "uvicorn", "cxplan.asgi:application", "--host", "127.0.0.1", "--port", str(port)]
        stack.enter_context(_process([*web, "--log-level", "warning"], environment))
        worker = ["-m", "celery", "-A", "cxplan", "worker", "--concurrency", "1", "--queues", "celery,mail"]
        stack.enter_context(
            _process([*worker, "--loglevel", "WARNING", "--without-gossip", "--without-mingle"], environment)
        )
        _wait_for(f"{made.url}/accounts/login/")
        yield made


@contextmanager
def _database(name: str) -> Iterator[str]:
    parts = urlsplit(os.environ["DATABASE_URL"])
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{name}"')
        try:
            yield urlunsplit(parts._replace(path=f"/{name}"))
        finally:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@contextmanager
def _process(arguments: list[str], environment: dict[str, str]) -> Iterator[None]:
    process = subprocess.Popen([sys.executable, *arguments], cwd=ROOT, env=environment)
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _with_number(url: str, number: int) -> str:
    """The same Redis server, another of its numbered databases."""
    parts = urlsplit(url)
    if parts.scheme == "unix":
        return f"unix://{parts.path}?db={number}"
    return urlunsplit(parts._replace(path=f"/{number}"))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for(url: str, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5):  # noqa: S310 - our own loopback address
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            if time.monotonic() > end:
                raise
            time.sleep(0.1)
