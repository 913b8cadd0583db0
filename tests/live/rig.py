"""A gateway as a process of its own, on the tests' database and a Valkey that may be killed, and ears to listen."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore

from cxplan.embedded.process import spawn, stop
from cxplan.embedded.valkey import Valkey


@dataclass(frozen=True)
class Heard:
    """One event as it came."""

    kind: str
    text: str
    version: int | None = None


class Ears:
    """A browser that listens."""

    def __init__(
        self, port: int, key: UUID, *, session: str, since: int | None = None, last: int | None = None
    ) -> None:
        query = "" if since is None else f"?since={since}"
        headers = {"Cookie": f"session={session}"} | ({} if last is None else {"Last-Event-ID": str(last)})
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=15)
        self.connection.request("GET", f"/live/{key}/{query}", headers=headers)
        assert self.connection.sock
        self.socket = self.connection.sock
        self.answer = self.connection.getresponse()
        self.status = self.answer.status

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.answer.close()
        self.connection.close()

    def next(self, *, seconds: float = 10, kinds: tuple[str, ...] = ()) -> Heard:
        """The next event: of these kinds, or else any but who is here. Raises ``TimeoutError`` where none comes."""
        until = time.monotonic() + seconds
        while True:
            kind, version, lines = "", None, list[str]()
            for line in iter(lambda: self._line(until), ""):
                name, _, value = line.partition(": ")
                if name == "event":
                    kind = value
                elif name == "id":
                    version = int(value)
                elif name == "data":
                    lines.append(value)
            if kind and (kind in kinds if kinds else kind != "here"):
                return Heard(kind, "\n".join(lines), version)

    def versions(self, count: int, *, seconds: float = 10) -> list[int | None]:
        return [self.next(seconds=seconds).version for _ in range(count)]

    def ended(self, *, seconds: float = 10) -> bool:
        """Whether the stream ends in that time, as a whole answer."""
        until = time.monotonic() + seconds
        try:
            while True:
                self._line(until)
        except EOFError:
            return True
        except TimeoutError:
            return False

    def _line(self, until: float) -> str:
        left = until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self.socket.settimeout(left)
        line = self.answer.readline()
        if not line:
            raise EOFError
        return line.decode().rstrip("\n")


class Gateway:
    """One uvicorn; its Valkey is the one given, so that two can share it."""

    def __init__(self, home: Path, valkey: Valkey, *, limits: dict[str, str] | None = None) -> None:
        self.valkey, self.log = valkey, home / "gateway.log"
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port: int = probe.getsockname()[1]
        database = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{settings.DATABASES['default']['NAME']}")
        environment = {
            **os.environ,
            "DATABASE_URL": urlunsplit(database),
            "REDIS_URL": valkey.url,
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            "PGAPPNAME": self.name,
            **(limits or {}),
        }
        command = ["-m", "uvicorn", "tests.live.served:application", "--host", "127.0.0.1", "--port", str(self.port)]
        with self.log.open("ab") as log:
            self.process: subprocess.Popen[bytes] = spawn(
                [sys.executable, *command, "--no-access-log"], environment=environment, output=log
            )
        until = time.monotonic() + 30
        while not self.answers():
            assert time.monotonic() < until, self.log.read_text()
            time.sleep(0.05)

    @property
    def name(self) -> str:
        """What the database calls its connections."""
        return f"gateway-{self.port}"

    def answers(self) -> bool:
        try:
            return self.ask("/live/") == 200
        except OSError:
            return False

    def ask(self, path: str, method: str = "GET", **headers: str) -> int:
        """The status of an answer that ends at once."""
        return self.whole(path, method, **headers)[0]

    def whole(self, path: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request(method, path, headers=headers)
        answer = connection.getresponse()
        found = answer.status, dict(answer.getheaders()), answer.read()
        connection.close()
        return found

    def ears(self, key: UUID, *, who: str = "", since: int | None = None, last: int | None = None) -> Ears:
        """Somebody who may listen, and does."""
        return Ears(self.port, key, session=session(who), since=since, last=last)

    def stop(self) -> None:
        stop(self.process)


def session(who: str = "") -> str:
    """The cookie of somebody who may listen."""
    made = SessionStore()
    made["who"] = who
    made.save()
    assert made.session_key
    return made.session_key
