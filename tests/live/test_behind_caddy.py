"""The gateway behind a real Caddy with the house's own deploy/Caddyfile: nothing on the way holds a stream back."""

from __future__ import annotations

import http.client
import shutil
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from cxplan.embedded.process import stop
from cxplan.live.models import Stream
from tests.faults.rig import until
from tests.faults.test_host import caddy_settings, free_port

from .rig import Gateway, session
from .test_gateway import say

pytestmark = pytest.mark.skipif(
    not shutil.which("caddy"), reason="no Caddy on this machine (Debian: apt-get install caddy)"
)


@pytest.fixture
def door(gateway: Gateway, tmp_path: Path) -> Iterator[http.client.HTTPSConnection]:
    """A connection to Caddy, in front of the gateway."""
    port = free_port()
    caddy_settings(tmp_path, free_port(), gateway.port, port)
    with (tmp_path / "caddy.log").open("wb") as log:
        caddy = subprocess.Popen(
            ["caddy", "run", "--config", str(tmp_path / "caddy.json")],  # noqa: S607
            stdout=log,
            stderr=log,
        )
    try:
        yield _connected(tmp_path / "certificates" / "pki" / "authorities" / "local" / "root.crt", port)
    finally:
        stop(caddy)


def _connected(certificate: Path, port: int) -> http.client.HTTPSConnection:
    until(certificate.exists)
    trusted = ssl.create_default_context(cafile=certificate)
    connection = http.client.HTTPSConnection("localhost", port, timeout=10, context=trusted)

    def answers() -> bool:
        try:
            connection.connect()
        except OSError:
            return False
        return True

    until(answers)
    return connection


def test_every_event_comes_through_at_once(door: http.client.HTTPSConnection, stream: Stream) -> None:
    headers = {"Cookie": f"session={session()}", "Accept-Encoding": "gzip, zstd"}
    door.request("GET", f"/live/{stream.key}/?since=0", headers=headers)
    answer = door.getresponse()
    assert (answer.status, answer.headers["Content-Encoding"]) == (200, None)
    assert answer.headers["Cache-Control"] == "no-store"
    with closing(door):
        heard_at_once(answer, stream)


def heard_at_once(answer: http.client.HTTPResponse, stream: Stream) -> None:
    for version in range(1, 6):
        began = time.monotonic()
        say(stream)
        while answer.readline() != f"id: {version}\n".encode():
            pass
        assert time.monotonic() - began < 2
