"""One machine as docker-compose.yml describes it: its own commands behind a real Caddy, killed one at a time.

The containers themselves are not made: their commands and their environment are read from the file and run here, on
the loopback interface. Writers send forms all the while; what was answered with a redirect must be there afterwards.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import secrets
import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psycopg
import pytest
import yaml
from django.conf import settings

from cxplan.embedded.postgres import Postgres
from cxplan.embedded.process import stop
from cxplan.embedded.valkey import Valkey

from .rig import until

ROOT = Path(settings.BASE_DIR)
WRITERS = 30
#: Everything that may die on its own, and what Caddy stands for is the way in.
VICTIMS = ("web", "live", "worker", "mail", "beat", "redis", "postgres", "caddy")

pytestmark = [
    pytest.mark.faults,
    pytest.mark.slow,
    pytest.mark.skipif(not shutil.which("caddy"), reason="no Caddy on this machine (Debian: apt-get install caddy)"),
]

#: Who writes: a session and a token for each, made by the product itself.
SESSIONS = """
import json, sys
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from cxplan.workspaces.domain import members
from cxplan.workspaces.models import Role, User
from roadmap.domain import programmes
workspace = members.found(slug="host", name="Host")
lead = members.add(workspace=workspace, name="Lead", role=Role.LEAD)
programme = programmes.start(workspace, by=lead, name="Host", language="en")
made = []
for number in range({writers}):
    user = User.objects.create_user(f"writer{{number}}@host.example", name=f"Writer {{number}}")
    members.add(workspace=workspace, name=user.name, role=Role.MEMBER, user=user)
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    made.append(session.session_key)
print(json.dumps({{"programme": programme.pk, "sessions": made}}))
"""


@dataclass
class House:
    """The services of the compose file, each as a process of this machine."""

    home: Path
    services: dict[str, Any]
    postgres: Postgres
    redis: Valkey
    environment: dict[str, str]
    web_port: int
    live_port: int
    caddy_port: int
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def certificate(self) -> Path:
        """Of the authority that Caddy made for itself."""
        return self.home / "certificates" / "pki" / "authorities" / "local" / "root.crt"

    def command(self, name: str) -> list[str]:
        if name == "caddy":
            return ["caddy", "run", "--config", str(self.home / "caddy.json")]
        words: list[str] = self.services[name].get("command") or image_command()
        ports = {"8000": str(self.web_port), "8001": str(self.live_port)}
        swaps = {"0.0.0.0": "127.0.0.1", "/tmp/schedule": str(self.home / "schedule"), **ports}  # noqa: S104, S108
        program, *rest = [swaps.get(word, word) for word in words]
        return [str(ROOT / ".venv" / "bin" / program), *rest]

    def start(self, name: str) -> None:
        if name in ("postgres", "redis"):
            service = self.postgres if name == "postgres" else self.redis
            service.start()
            until(service.ready)
            return
        with (self.home / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                self.command(name), cwd=ROOT, env=self.own(name), stdout=log, stderr=log, start_new_session=True
            )

    def own(self, name: str) -> dict[str, str]:
        """The environment of a service: everybody's, and what the file gives it beside."""
        shared = self.services["web"]["environment"]
        declared = self.services[name].get("environment", shared)
        added = {each: value for each, value in declared.items() if each not in shared} if name != "caddy" else {}
        return self.environment | added

    def kill(self, name: str) -> None:
        """SIGKILL to the service's whole group: what a machine does that runs out of memory."""
        server = {"postgres": self.postgres, "redis": self.redis}.get(name)
        process = server.process if server else self.running[name]
        assert process
        with suppress(ProcessLookupError):
            os.killpg(os.getpgid(process.pid), 9)
        process.kill()
        process.wait()

    def manage(self, *words: str, feed: str = "") -> str:
        command = [str(ROOT / ".venv" / "bin" / "python"), "manage.py", *words]
        done = subprocess.run(command, cwd=ROOT, env=self.environment, input=feed, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def is_well(self, name: str = "web") -> bool:
        """Whether the health check of a service says so, as its container would run it."""
        way, *words = self.services[name]["healthcheck"]["test"]
        swaps = {
            "${DOMAIN}": f"localhost:{self.caddy_port}",
            ":8000": f":{self.web_port}",
            "/tmp/schedule": str(self.home / "schedule"),  # noqa: S108
            "$$": "$",
        }
        for old, new in swaps.items():
            words = [word.replace(old, new) for word in words]
        command = ["sh", "-c", *words] if way == "CMD-SHELL" else words
        path = f"{ROOT / '.venv' / 'bin'}{os.pathsep}{self.environment['PATH']}"
        environment = self.environment | {"PATH": path, "HOSTNAME": socket.gethostname()}
        return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True).returncode == 0

    def is_live(self) -> bool:
        """Whether the gateway answers behind Caddy, and by its own health check."""
        command, *words = self.services["live"]["healthcheck"]["test"][1:]
        check = [str(ROOT / ".venv" / "bin" / command), *(each.replace("8001", str(self.live_port)) for each in words)]
        return self.ask("/live/") == HTTPStatus.OK and subprocess.run(check, capture_output=True).returncode == 0

    def ask(self, path: str, method: str = "GET", **headers: str) -> int:
        """The status of a page, through Caddy."""
        trusted = ssl.create_default_context(cafile=self.certificate)
        connection = http.client.HTTPSConnection("localhost", self.caddy_port, timeout=15, context=trusted)
        connection.request(method, path, headers=headers)
        status = connection.getresponse().status
        connection.close()
        return status

    def stop(self) -> None:
        for process in self.running.values():
            stop(process)
        self.redis.stop()
        self.postgres.stop()


def image_command() -> list[str]:
    """What the image runs where the compose file names no command."""
    (words,) = re.findall(r"^CMD (\[.*\])$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    found: list[str] = json.loads(words)
    return found


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def caddy_settings(home: Path, web_port: int, live_port: int, port: int) -> None:
    """The Caddyfile of the house, listening on the loopback interface alone and trusted by this test alone."""
    within = {"WEB": f"127.0.0.1:{web_port}", "LIVE": f"127.0.0.1:{live_port}"}
    environment = os.environ | {"DOMAIN": f"localhost:{port}"} | within
    command = ["caddy", "adapt", "--config", str(ROOT / "deploy" / "Caddyfile")]
    adapted = json.loads(subprocess.run(command, env=environment, capture_output=True, check=True).stdout)
    (server,) = adapted["apps"]["http"]["servers"].values()
    server["listen"] = [f"127.0.0.1:{port}"]
    server["automatic_https"] = {"disable_redirects": True}
    adapted["apps"]["pki"] = {"certificate_authorities": {"local": {"install_trust": False}}}
    adapted["admin"] = {"disabled": True}
    adapted["storage"] = {"module": "file_system", "root": str(home / "certificates")}
    (home / "caddy.json").write_text(json.dumps(adapted))


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    web_port, live_port, caddy_port = free_port(), free_port(), free_port()
    postgres, redis = Postgres(tmp_path / "postgres"), Valkey(tmp_path / "redis")
    secret = tmp_path / "secrets"
    secret.mkdir()
    files = {"SECRET_KEY": secrets.token_hex(40), "DATABASE_URL": postgres.url, "EMAIL_URL": "console://"}
    for name, value in files.items():
        (secret / name.lower()).write_text(value + "\n")
    declared = compose["services"]["web"]["environment"]
    environment = {
        **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
        **{name: value for name, value in declared.items() if not name.endswith("_FILE")},
        **{name: str(secret / value.rpartition("/")[2]) for name, value in declared.items() if name.endswith("_FILE")},
        "SITE_URL": f"https://localhost:{caddy_port}",
        "REDIS_URL": redis.url,
        "DEFAULT_FROM_EMAIL": "cxplan@localhost",
        "LOG_LEVEL": "WARNING",
    }
    caddy_settings(tmp_path, web_port, live_port, caddy_port)
    services = compose["services"]
    made = House(tmp_path, services, postgres, redis, environment, web_port, live_port, caddy_port)
    try:
        for name in ("postgres", "redis"):
            made.start(name)
        made.manage("prepare")  # the static files, as the image brings them
        made.manage(*made.services["migrate"]["command"][2:])
        for name in ("web", "live", "worker", "mail", "beat", "caddy"):
            made.start(name)
        until(made.certificate.exists)
        yield made
    finally:
        made.stop()
        for log in sorted(tmp_path.glob("*.log")):
            print(f"--- {log.name}\n{log.read_text()[-1_500:]}")


class Writer(threading.Thread):
    """Sends one form after another, and remembers what was acknowledged."""

    def __init__(self, house: House, number: int, session: str, programme: int, ended: threading.Event) -> None:
        super().__init__(daemon=True)
        self.house, self.number, self.session, self.programme, self.ended = house, number, session, programme, ended
        self.acknowledged: list[str] = []
        self.refused: list[str] = []
        self.failed = 0

    def run(self) -> None:
        token = secrets.token_hex(16)
        count = 0
        while not self.ended.is_set():
            count += 1
            title = f"writer {self.number} gap {count}"
            body = urlencode({"gap-new-title": title, "gap-new-severity": "3"})
            path = f"/w/host/programmes/{self.programme}/records/gap/new/"
            origin = self.house.environment["SITE_URL"]
            headers = {
                "Content-Type": "application/x-www-form-urlencoded",
                "Cookie": f"__Host-session={self.session}; __Host-csrf={token}",
                "X-CSRFToken": token,
                "Origin": origin,
                "Referer": origin + "/",
                "Sec-Fetch-Site": "same-origin",
            }
            try:
                trusted = ssl.create_default_context(cafile=self.house.certificate)
                port = self.house.caddy_port
                with closing(http.client.HTTPSConnection("localhost", port, timeout=15, context=trusted)) as connection:
                    connection.request("POST", path, body, headers)
                    answer = connection.getresponse()
                    page = answer.read()
            except (OSError, http.client.HTTPException):
                time.sleep(0.2)
                continue
            if answer.status == 302 and "/accounts/" not in (answer.getheader("Location") or ""):
                self.acknowledged.append(title)
            elif answer.status < 500:
                self.refused.append(f"{answer.status} {page[:300]!r}")
                return
            else:
                self.failed += 1
            time.sleep(0.5)


def test_nothing_acknowledged_is_lost_whatever_dies(house: House) -> None:
    until(house.is_well, seconds=60)
    assert house.ask("/accounts/login/") == HTTPStatus.OK
    until(house.is_live, seconds=60)
    assert {house.ask(path) for path in ("/healthz/", "/readyz/", "/metrics/")} == {HTTPStatus.NOT_FOUND}
    assert house.ask("/theme/", "POST", **{"Content-Length": "100000000"}) == HTTPStatus.REQUEST_ENTITY_TOO_LARGE

    made = json.loads(house.manage("shell", "-v", "0", "-c", SESSIONS.format(writers=WRITERS)))
    ended = threading.Event()
    writers = [Writer(house, each, key, made["programme"], ended) for each, key in enumerate(made["sessions"])]
    for writer in writers:
        writer.start()

    def acknowledged() -> int:
        return sum(len(writer.acknowledged) for writer in writers)

    until(lambda: acknowledged() > 2 * WRITERS or any(writer.refused for writer in writers), seconds=60)
    assert [writer.refused for writer in writers if writer.refused] == []
    for victim in VICTIMS:
        before = acknowledged()
        house.kill(victim)
        time.sleep(1)
        while_away = acknowledged() - before
        house.start(victim)
        back = acknowledged()
        took = until(lambda back=back: acknowledged() > back + WRITERS, seconds=90)  # type: ignore[misc]
        print(f"{victim:8} killed: {while_away:3} acknowledged in the second without it, "
              f"{WRITERS} more {took:.1f} s after it was started again", flush=True)  # fmt: skip
    ended.set()
    for writer in writers:
        writer.join(30)
    for name in ("worker", "mail"):
        until(lambda name=name: house.is_well(name), seconds=60)  # type: ignore[misc]
        house.kill(name)
        assert not house.is_well(name)
    assert house.is_well("beat")
    for schedule in house.home.glob("schedule*"):
        os.utime(schedule, (0, 0))
    assert not house.is_well("beat")

    assert [writer.refused for writer in writers if writer.refused] == []
    until(house.is_live, seconds=30)
    with psycopg.connect(house.postgres.url) as connection:
        rows = [title for (title,) in connection.execute("SELECT title FROM roadmap_gap")]
    words = [title for writer in writers for title in writer.acknowledged]
    print(f"acknowledged {len(words)}, present {len(set(words) & set(rows))}, rows {len(rows)}")
    assert set(words) <= set(rows)
    assert len(rows) == len(set(rows))
    assert len(words) > len(VICTIMS) * WRITERS
