"""A house with rooms for tests that send a lot and kill: its processes, phones that send, and phones that listen."""

from __future__ import annotations

import http.client
import os
import random
import re
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit
from uuid import uuid4

from django.conf import settings

from cxplan.embedded.process import spawn, stop
from cxplan.embedded.valkey import Valkey

from .rig import until

HOST = "127.0.0.1"
KEPT_ALIVE = 40.0  # seconds: a stream says something every fifteen
IDLE = 2.0  # seconds after which a connection is no longer trusted: the server lets it go after five
NOTE = re.compile(r'id="note-(\d+)"')


def free_port() -> int:
    with socket.create_server((HOST, 0)) as probe:
        return int(probe.getsockname()[1])


class Rooms:
    """Web and gateway as processes of their own, on the tests' database or on one that is given, and on a Valkey."""

    def __init__(self, home: Path, *, database: str = "", together: bool = False) -> None:
        self.home, self.valkey = home, Valkey(home / "valkey")
        self.web_port = free_port()
        self.live_port = self.web_port if together else free_port()
        tests = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{settings.DATABASES['default']['NAME']}")
        self.environment = {
            **os.environ,
            "DATABASE_URL": database or urlunsplit(tests),
            "REDIS_URL": self.valkey.url,
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            "DATABASE_POOL_SIZE": "10",
            "SITE_URL": f"http://{HOST}:{self.web_port}",
            "PYTHONWARNINGS": "ignore",
        }
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.connections: list[http.client.HTTPConnection] = []

    def hang_up(self) -> None:
        """Close what the phones of a test left open."""
        while self.connections:
            self.connections.pop().close()

    def command(self, name: str) -> list[str]:
        if name == "web" and self.live_port != self.web_port:
            bound = ["--host", HOST, "--port", str(self.web_port)]
            threads = ["--workers", "1", "--blocking-threads", "8"]
            return ["-m", "granian", "--interface", "wsgi", *bound, *threads, "cxplan.wsgi:application"]
        what, port = ("live", self.live_port) if name == "live" else ("application", self.web_port)
        return ["-m", "uvicorn", f"cxplan.asgi:{what}", "--host", HOST, "--port", str(port), "--no-access-log"]

    def start_valkey(self) -> None:
        self.valkey.start()
        until(self.valkey.ready)

    def start(self, name: str) -> None:
        with (self.home / f"{name}.log").open("ab") as log:
            self.running[name] = spawn([sys.executable, *self.command(name)], environment=self.environment, output=log)

    def kill(self, name: str) -> None:
        """SIGKILL to the whole of it."""
        process = self.running[name]
        with suppress(ProcessLookupError):
            os.killpg(os.getpgid(process.pid), signal.SIGKILL)
        process.wait()

    def manage(self, *words: str) -> str:
        command = [sys.executable, "manage.py", *words]
        done = subprocess.run(
            command, cwd=settings.BASE_DIR, env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def answers(self) -> bool:
        try:
            return self.status("/healthz/") == 200 and self.status("/live/", self.live_port) == 200
        except OSError:
            return False

    def status(self, path: str, port: int = 0) -> int:
        connection = http.client.HTTPConnection(HOST, port or self.web_port, timeout=5)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        finally:
            connection.close()

    def stop(self) -> None:
        for process in self.running.values():
            stop(process)
        self.valkey.stop()


class Phone:
    """A guest's browser that sends forms, from one or several tabs."""

    def __init__(self, house: Rooms, cookies: Mapping[str, str] | None = None) -> None:
        self.house = house
        self.cookies = {"csrf": secrets.token_hex(16), **(cookies or {})}
        self.connection = http.client.HTTPConnection(HOST, house.web_port, timeout=60)
        self.used = 0.0
        house.connections.append(self.connection)

    def tab(self) -> Phone:
        """Another tab of the same browser."""
        return Phone(self.house, self.cookies)

    @property
    def cookie(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def join(self, token: str, nickname: str = "") -> int:
        status, headers, _page = self.send(f"/join/{token}/", {"nickname": nickname})
        for header, value in headers:
            if header.lower() == "set-cookie":
                name, _, rest = value.partition("=")
                self.cookies[name] = rest.partition(";")[0]
        return status

    def send(
        self, path: str, form: Mapping[str, Any] | None = None, *, abort: bool = False
    ) -> tuple[int, list[tuple[str, str]], str]:
        """A page asked for, or a form sent as htmx does; with ``abort`` nobody waits for the answer."""
        origin = self.house.environment["SITE_URL"]
        headers = {"Cookie": self.cookie, "Origin": origin, "Referer": f"{origin}/", "Sec-Fetch-Site": "same-origin"}
        body = None
        if form is not None:
            headers |= {"X-CSRFToken": self.cookies["csrf"], "Content-Type": "application/x-www-form-urlencoded"}
            body = urlencode(form)
        if form is not None and not path.startswith("/join/"):
            headers["HX-Request"] = "true"
        if time.monotonic() - self.used > IDLE:
            self.connection.close()
        self.used = time.monotonic()
        try:
            self.connection.request("POST" if form is not None else "GET", path, body, headers)
            if abort:
                self.connection.close()
                return 0, [], ""
            answer = self.connection.getresponse()
            return answer.status, answer.getheaders(), answer.read().decode()
        except (OSError, http.client.HTTPException):
            self.connection.close()
            raise


class Listening(threading.Thread):
    """A guest's browser that listens, and keeps what it heard as a page would: in order, each version once.

    ``cut``: the seconds after which its stream is cut, drawn anew each time.
    """

    def __init__(self, phone: Phone, room: int, key: str, *, cut: tuple[float, float] | None = None) -> None:
        super().__init__(daemon=True)
        self.phone, self.room, self.key, self.cut = phone, room, key, cut
        self.notes: set[int] = set()
        self.since = -1
        self.versions: list[int] = []
        self.heard = b""
        self.faults: list[str] = []
        self.reconnections, self.resyncs = 0, 0
        self.ended = threading.Event()
        self.last_seen = 0.0

    def run(self) -> None:
        self.read_page()
        while not self.ended.is_set():
            with suppress(OSError, http.client.HTTPException, EOFError):
                self.listen()
            self.reconnections += 1
            time.sleep(random.uniform(0.05, 0.3))

    def read_page(self) -> None:
        """The page, and the version that it stands for."""
        while not self.ended.is_set():
            with suppress(OSError, http.client.HTTPException):
                status, _headers, page = self.phone.send(f"/room/{self.room}/")
                if status == 200:
                    since = re.search(r'data-since="(\d+)"', page)
                    self.notes = {int(found) for found in NOTE.findall(page)}
                    self.since = int(since[1]) if since else self.since
                    return
            time.sleep(0.2)

    def listen(self) -> None:
        connection = http.client.HTTPConnection(HOST, self.phone.house.live_port, timeout=20)
        try:
            query = f"?since={self.since}" if self.since >= 0 else ""
            connection.request("GET", f"/live/{self.key}/{query}", headers={"Cookie": self.phone.cookie})
            own = connection.sock
            answer = connection.getresponse()
            if answer.status != 200:
                self.faults.append(f"status {answer.status}")
                time.sleep(0.3)
                raise EOFError
            until_cut = time.monotonic() + random.uniform(*self.cut) if self.cut else float("inf")
            while not self.ended.is_set() and time.monotonic() < until_cut:
                own.settimeout(max(0.05, min(KEPT_ALIVE, until_cut - time.monotonic())))
                self.hear(answer)
        finally:
            connection.close()

    def hear(self, answer: http.client.HTTPResponse) -> None:
        kind, version, data = "", None, list[str]()
        while line := answer.readline():
            self.heard += line
            words = line.decode().rstrip("\n")
            if not words:
                break
            name, _, value = words.partition(": ")
            if name == "event":
                kind = value
            elif name == "id":
                version = int(value)
            elif name == "data":
                data.append(value)
        else:
            raise EOFError
        if kind == "resync":
            self.resyncs += 1
            self.read_page()
        elif version is not None:
            if version <= self.since:
                return
            if self.since >= 0 and version != self.since + 1:
                self.faults.append(f"{version} after {self.since}")
            self.since = version
            self.versions.append(version)
            self.notes |= {int(found) for found in NOTE.findall("\n".join(data))}
            self.last_seen = time.monotonic()


def note(phase: int, text: str) -> dict[str, str]:
    """A note as a phone sends it, with a name of its own."""
    return {"phase": str(phase), "text": text, "command": str(uuid4())}
