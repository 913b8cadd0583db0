"""`make up` as a person meets it."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from cxplan.embedded import ROOT, supervisor
from cxplan.embedded.process import EmbeddedError


def up(private: Path, **environment: str) -> subprocess.Popen[str]:
    # The suite's own settings store static files otherwise, and would clear those that a browser's server serves
    ours = {"DATABASE_URL", "REDIS_URL", "SECRET_KEY", "DJANGO_SETTINGS_MODULE"}
    kept = {name: value for name, value in os.environ.items() if name not in ours}
    return subprocess.Popen(
        [sys.executable, "-m", "cxplan.embedded.supervisor"],
        cwd=ROOT,
        env=kept | {"CXPLAN_LOCAL": str(private), "DEMO": "0", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def wait_ready(process: subprocess.Popen[str]) -> None:
    assert process.stdout
    seen = []
    for line in process.stdout:
        seen.append(line)
        if "ready after" in line:
            return
    pytest.fail("".join(seen))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((supervisor.HOST, 0))
        port: int = probe.getsockname()[1]
    return port


def test_a_taken_port_is_named_with_the_way_out(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind((supervisor.HOST, 0))
        other.listen()
        port = other.getsockname()[1]
        output, _ = up(tmp_path, PORT=str(port)).communicate(timeout=20)
    assert f"Port {port} cannot be used" in output
    assert f"PORT={port + 1} make up" in output
    assert "Traceback" not in output


@pytest.mark.parametrize("text", ["0", "65536", "eight", "-1"])
def test_a_port_must_be_one(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("PORT", text)
    with pytest.raises(EmbeddedError, match="PORT must be"):
        supervisor.wanted_port()


def test_addresses_of_the_environment_are_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://mine")
    monkeypatch.setenv("REDIS_URL", "redis://mine")
    services, addresses = supervisor.data_services()
    assert (services, addresses) == ([], {})
    monkeypatch.setenv("SECRET_KEY", "k" * 60)
    shared = supervisor.shared_environment(addresses, 8123)
    assert shared["DATABASE_URL"] == "postgresql://mine"
    assert shared["REDIS_URL"] == "redis://mine"
    assert shared["SITE_URL"] == "http://127.0.0.1:8123"
    assert shared["SECRET_KEY"] == "k" * 60


@pytest.mark.faults
def test_up_answers_and_comes_back_after_a_kill(tmp_path: Path) -> None:
    port = free_port()
    process = up(tmp_path, PORT=str(port))
    wait_ready(process)
    urllib.request.urlopen(f"http://{supervisor.HOST}:{port}/accounts/login/", timeout=10).close()
    process.kill()
    process.communicate(timeout=20)

    process = up(tmp_path, PORT=str(port))
    wait_ready(process)
    began = time.monotonic()
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=20)
    assert process.returncode == 0
    assert time.monotonic() - began < 10
