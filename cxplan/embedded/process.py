"""Child processes that cannot outlive their parent, and the few things to know about other processes."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

PR_SET_PDEATHSIG = 1
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class EmbeddedError(Exception):
    """What is wrong and what to do, to be shown to the person at the terminal as it is."""


def spawn(
    arguments: Sequence[str | Path],
    *,
    death_signal: signal.Signals = signal.SIGKILL,
    become: Callable[[], None] | None = None,
    environment: Mapping[str, str] | None = None,
    output: IO[bytes] | None = None,
    pass_fds: Sequence[int] = (),
) -> subprocess.Popen[bytes]:
    """Start a child in a process group of its own, so that Ctrl-C reaches it through its parent alone.

    On Linux the kernel sends it `death_signal` when the parent dies, however it dies. (It watches the parent's
    *thread*: spawn from the main one.) `become` changes who the child is before it runs.
    """
    parent = os.getpid()

    def prepare() -> None:
        for number in STOP_SIGNALS:  # a shell's background job inherits SIGINT ignored
            signal.signal(number, signal.SIG_DFL)
        if become:
            become()
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, death_signal, 0, 0, 0)
            if os.getppid() != parent:
                os._exit(1)

    return subprocess.Popen(
        arguments,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        pass_fds=pass_fds,
        process_group=0,
        preexec_fn=prepare,
    )


def stop(process: subprocess.Popen[bytes], number: signal.Signals = signal.SIGTERM, *, seconds: float = 10) -> None:
    """Ask a child to end, and wait; after so long it is not asked any more."""
    if process.poll() is None:
        process.send_signal(number)
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


class Service(ABC):
    """A server as a child process, which may be started again when it ends."""

    stop_signal = signal.SIGTERM
    stop_seconds = 10.0

    def __init__(self, name: str, *, log: Path | None = None) -> None:
        self.name = name
        self.log = log
        self.process: subprocess.Popen[bytes] | None = None

    @abstractmethod
    def start(self) -> None:
        """Start it; `ready` tells when it answers."""

    @abstractmethod
    def ready(self) -> bool: ...

    def stop(self) -> None:
        if self.process:
            stop(self.process, self.stop_signal, seconds=self.stop_seconds)


def command_line(pid: int) -> str:
    """The command line of a running process, or nothing."""
    proc = Path("/proc")
    try:
        if (proc / "self").exists():
            return (proc / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        return subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True).stdout
    except OSError:
        return ""


def outlive(pid_file: Path, marker: str, number: signal.Signals, *, seconds: float = 20) -> None:
    """Wait until the server that a killed supervisor left behind is gone; `marker` tells it from a stranger."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            pid = int(pid_file.read_text().split()[0])
        except (FileNotFoundError, IndexError, ValueError):
            return
        if marker not in command_line(pid):
            return
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            return
        time.sleep(0.1)
    raise EmbeddedError(f"An older server still runs here and does not stop: look at process {pid}.")


def tail(log: Path, *, lines: int = 12) -> str:
    """The end of a log, indented, for an error message."""
    try:
        text = log.read_text(errors="replace").splitlines()[-lines:]
    except FileNotFoundError:
        text = []
    return "\n".join(f"    {line}" for line in text)
