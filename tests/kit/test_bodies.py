"""Bodies too large for the house, sent to the real servers: granian as on a host, uvicorn as in `make up`."""

from __future__ import annotations

import http.client
import os
import re
import select
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from pytest_django import Settings

from cxplan.embedded.process import stop
from tests.faults.rig import children, until

ROOT = Path(settings.BASE_DIR)
LARGE = 100 * 1024 * 1024
BLOCK = b"x" * 64 * 1024
BOUNDARY = "multipart/form-data; boundary=zq9"
FORM = "application/x-www-form-urlencoded"
TOKEN = "t" * 32
SERVERS = {
    "granian": ["--interface", "wsgi", "--workers", "1", "--blocking-threads", "2", "cxplan.wsgi:application"],
    "uvicorn": ["--log-level", "warning", "cxplan.asgi:application"],
}
#: Which the page of a refusal names by their contents.
STATIC_FILES = """
import django
django.setup()
from cxplan.kit.management.commands import prepare
prepare.build_static_files()
"""


@dataclass
class Answer:
    """What came back, and what it took."""

    response: http.client.HTTPResponse
    page: str
    sent: int
    ms: float


@dataclass
class Server:
    """One server of the product, in a process of its own."""

    name: str
    port: int
    process: subprocess.Popen[bytes]

    def most_memory(self) -> int:
        """The most that its processes have ever held, in MB."""
        status = [Path(f"/proc/{each}/status") for each in (self.process.pid, *children(self.process.pid))]
        held = [re.search(r"VmHWM:\s+(\d+)", path.read_text()) for path in status if path.exists()]
        return sum(int(one[1]) for one in held if one) // 1024

    def post(self, *headers: str, body: Iterator[bytes], path: str = "/theme/") -> Answer:
        """Send until there is no more to send, or an answer has come."""
        origin = f"http://127.0.0.1:{self.port}"
        lines = [f"POST {path} HTTP/1.1", f"Host: 127.0.0.1:{self.port}", f"Origin: {origin}", "Accept-Language: fi"]
        lines += [f"Cookie: csrf={TOKEN}", f"X-CSRFToken: {TOKEN}", *headers, "", ""]
        with socket.create_connection(("127.0.0.1", self.port), timeout=20) as connection:
            began, sent = time.monotonic(), 0
            connection.sendall("\r\n".join(lines).encode())
            with suppress(ConnectionError):  # closed meanwhile: the answer has come before that
                for block in body:
                    if select.select([connection], [], [], 0)[0]:
                        break
                    connection.sendall(block)
                    sent += len(block)
            response = http.client.HTTPResponse(connection, method="POST")
            response.begin()
            page = response.read().decode()
            return Answer(response, page, sent, round(1000 * (time.monotonic() - began), 1))


@pytest.fixture(scope="module", params=SERVERS)
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    name = request.param
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = int(probe.getsockname()[1])
    environment = os.environ | {
        "SITE_URL": f"http://127.0.0.1:{port}",
        "SECRET_KEY": "only-for-tests-" + "x" * 50,
        "DJANGO_SETTINGS_MODULE": "cxplan.settings",
    }
    subprocess.run([sys.executable, "-c", STATIC_FILES], cwd=ROOT, env=environment, check=True)
    log = tmp_path_factory.mktemp(name) / "log"
    command = [sys.executable, "-m", name, "--host", "127.0.0.1", "--port", str(port), *SERVERS[name]]
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=output)

    def answers() -> bool:
        assert process.poll() is None, log.read_text()
        with socket.socket() as client:
            return client.connect_ex(("127.0.0.1", port)) == 0

    try:
        until(answers, seconds=60)
        made = Server(name, port, process)
        made.post("Content-Length: 0", body=iter(()))  # what is imported by the first request is no one else's growth
        yield made
    finally:
        stop(process)


def chunked(blocks: Iterator[bytes]) -> Iterator[bytes]:
    for block in blocks:
        yield b"%x\r\n%s\r\n" % (len(block), block)
    yield b"0\r\n\r\n"


def much() -> Iterator[bytes]:
    for _each in range(LARGE // len(BLOCK)):
        yield BLOCK


def refused(answer: Answer) -> bool:
    """A page in the sender's language that says what to do, with the headers of every page."""
    said = all(words in answer.page for words in ("Lähetys on liian suuri", "lähetä tiedosto pienemmissä osissa"))
    policy = answer.response.getheader("Content-Security-Policy", "")
    return answer.response.status == 413 and said and "default-src 'none'" in policy


@pytest.mark.parametrize("kind", [BOUNDARY, FORM])
def test_what_says_that_it_is_too_large_is_refused_unread(server: Server, kind: str) -> None:
    """Not one byte of it was sent when the answer came."""
    answer = server.post(f"Content-Type: {kind}", f"Content-Length: {LARGE}", body=iter(()))
    assert refused(answer), answer.page
    print(f"{server.name}, by length: 0 bytes sent, {answer.ms} ms")
    assert answer.ms < 1_000


@pytest.mark.parametrize("kind", [BOUNDARY, FORM])
def test_what_says_no_length_is_cut(server: Server, kind: str) -> None:
    before = server.most_memory()
    answer = server.post(f"Content-Type: {kind}", "Transfer-Encoding: chunked", body=chunked(much()))
    growth = server.most_memory() - before
    print(f"{server.name}, in chunks: {answer.sent / 1e6:.1f} MB sent, {answer.ms} ms, memory +{growth} MB")
    assert refused(answer), answer.page
    assert settings.LARGEST_BODY <= answer.sent < 2 * settings.LARGEST_BODY  # what lies in sockets is on its way
    assert growth < 50


def test_what_is_sent_all_the_same_is_not_kept(server: Server) -> None:
    before = server.most_memory()
    answer = server.post(f"Content-Type: {BOUNDARY}", f"Content-Length: {LARGE}", body=much())
    growth = server.most_memory() - before
    print(f"{server.name}, by length: {answer.sent / 1e6:.1f} MB sent, {answer.ms} ms, memory +{growth} MB")
    assert refused(answer), answer.page
    assert answer.sent < settings.LARGEST_BODY
    assert growth < 50


def test_a_form_in_chunks_is_understood(server: Server) -> None:
    answer = server.post(
        f"Content-Type: {FORM}", "Transfer-Encoding: chunked", body=chunked(iter((b"theme=", b"dark&next=/w/")))
    )
    assert answer.response.status == 302, answer.page
    assert answer.response.getheader("Location") == "/w/"
    assert "theme=dark" in answer.response.getheader("Set-Cookie", "")


@pytest.mark.parametrize(("more", "status"), [(0, 302), (1, 413)])
def test_the_limit_is_the_settings(client: Client, settings: Settings, more: int, status: int) -> None:
    body = b"theme=dark"
    settings.LARGEST_BODY = len(body) - more
    assert client.generic("POST", "/theme/", body, FORM).status_code == status


def test_the_proxy_lets_what_the_house_takes_through() -> None:
    """And little more, by its length as by its stream."""
    proxy = (ROOT / "deploy" / "Caddyfile").read_text()
    (megabytes,) = re.findall(r"max_size (\d+)MB", proxy)
    assert 1 < int(megabytes) * 1_000_000 / settings.LARGEST_BODY < 1.1
    (large,) = re.findall(r"header_regexp Content-Length (\S+)", proxy)
    most = settings.LARGEST_BODY
    assert not any(re.match(large, str(length)) for length in (0, 9, 1_573, 9_999_999, most - 1, most))
    assert all(re.match(large, str(length)) for length in (most + 1_360, 16 * 10**6, 2 * 10**7, 10**8, 10**12))
