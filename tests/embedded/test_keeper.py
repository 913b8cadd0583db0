"""Services that stay up, and signals that are heard whatever the process inherited."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from cxplan.embedded import ROOT
from cxplan.embedded.keeper import TRIES, Attention, Keeper, Stopped
from cxplan.embedded.process import EmbeddedError, Service, spawn


class Sleeper(Service):
    """The smallest service: it sleeps, or ends at once."""

    def __init__(self, seconds: str = "60", log: Path | None = None) -> None:
        super().__init__("Sleeper", log=log)
        self.seconds = seconds
        self.starts = 0

    def start(self) -> None:
        self.starts += 1
        self.process = spawn(["sleep", self.seconds])

    def ready(self) -> bool:
        return self.process is not None and self.process.poll() is None


@pytest.fixture
def keeper() -> Iterator[Keeper]:
    with Attention() as attention:
        keeper = Keeper(attention)
        yield keeper
        keeper.stop()


def test_a_killed_service_is_started_again(keeper: Keeper) -> None:
    sleeper = Sleeper()
    keeper.add(sleeper)
    first = sleeper.process
    assert first
    first.kill()
    keeper.until(lambda: sleeper.starts == 2, every=60)
    keeper.ready([sleeper])
    assert first.returncode == -signal.SIGKILL


def test_a_service_that_cannot_live_is_given_up_with_its_last_words(
    keeper: Keeper, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cxplan.embedded.keeper.FIRST_DELAY", 0.001)
    log = tmp_path / "log"
    log.write_text("no space left")
    sleeper = Sleeper("0", log=log)
    keeper.add(sleeper)
    with pytest.raises(EmbeddedError, match="Sleeper keeps stopping") as caught:
        keeper.until(lambda: False, every=60)
    assert "no space left" in str(caught.value)
    assert sleeper.starts == TRIES


def test_stopping_ends_every_service(keeper: Keeper) -> None:
    sleepers = [Sleeper(), Sleeper()]
    keeper.add(*sleepers)
    keeper.stop()
    assert [sleeper.process and sleeper.process.returncode for sleeper in sleepers] == [-signal.SIGTERM] * 2


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_a_long_sleep(number: signal.Signals) -> None:
    with Attention() as attention:
        os.kill(os.getpid(), number)
        began = time.monotonic()
        with pytest.raises(Stopped):
            attention.pause(60)
    assert time.monotonic() - began < 5


def test_ctrl_c_is_heard_where_it_was_inherited_as_ignored() -> None:
    script = (
        "from cxplan.embedded.keeper import Attention, Stopped\n"
        "with Attention() as attention:\n"
        "    print('waiting', flush=True)\n"
        "    try: attention.pause(60)\n"
        "    except Stopped: print('stopped')\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN),
    )
    assert process.stdout
    assert process.stdout.readline() == "waiting\n"
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=10)[0] == "stopped\n"


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's parent-death signal is Linux's own")
def test_children_do_not_outlive_a_killed_parent() -> None:
    script = (
        "import os; from cxplan.embedded.process import spawn\n"
        "print(spawn(['sleep', '60']).pid, flush=True); os.kill(os.getpid(), 9)"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    status = Path("/proc") / done.stdout.strip() / "status"
    deadline = time.monotonic() + 5
    while status.exists() and "zombie" not in status.read_text() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not status.exists() or "zombie" in status.read_text()
