"""A worker, a beat and a queue of a test's own, on the test's database: they may be killed."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from celery import Celery
from django.conf import settings
from redis import Redis

from cxplan.embedded.process import spawn, stop
from cxplan.embedded.valkey import Valkey
from cxplan.settings import broker_address

QUEUE = "celery\x06\x166"  # of the default priority


class Rig:
    """What makes the plans, process by process. What a test kills it starts again, as a supervisor would."""

    def __init__(self, home: Path, app: str = "cxplan") -> None:
        self.home, self.app = home, app
        self.valkey = Valkey(home / "valkey")
        database = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{settings.DATABASES['default']['NAME']}")
        self.environment = {
            **os.environ,
            "DATABASE_URL": urlunsplit(database),
            "REDIS_URL": self.valkey.url,
            "SITE_URL": "http://127.0.0.1:8000",
            "DJANGO_SETTINGS_MODULE": "cxplan.settings",
            "PYTHONWARNINGS": "ignore",
        }
        self.worker: subprocess.Popen[bytes] | None = None
        self.beat: subprocess.Popen[bytes] | None = None

    def start_queue(self) -> None:
        self.valkey.start()
        until(self.valkey.ready)

    def start_worker(self) -> None:
        lonely = ("--without-gossip", "--without-mingle", "--without-heartbeat")
        self.worker = self._celery("worker", "--concurrency", "2", *lonely)

    def start_beat(self) -> None:
        self.beat = self._celery("beat", "--schedule", str(self.home / "schedule"), "--pidfile", "")

    def _celery(self, *arguments: str) -> subprocess.Popen[bytes]:
        with (self.home / "log").open("ab") as log:
            command = [
                sys.executable,
                "-m",
                "celery",
                "--quiet",
                "--app",
                self.app,
                *arguments,
                "--loglevel",
                "WARNING",
            ]
            return spawn(command, environment=self.environment, output=log)

    def stop(self) -> None:
        for process in (self.beat, self.worker):
            if process:
                kill(children(process.pid))
                stop(process)
        self.valkey.stop()

    def send(self, exports: Iterable[int]) -> None:
        """Tell the queue of jobs, as the product does after commit."""
        with Celery(broker=broker_address(self.valkey.url), set_as_current=False) as app:
            app.conf.task_ignore_result = True
            for export in exports:
                app.send_task("roadmap.tasks.make_export", kwargs={"export": export}, priority=6)

    def watch(self) -> None:
        """Start the worker again where it has ended by itself, as its supervisor would.

        Celery ends where kombu fails to acknowledge over a connection that is being closed.
        """
        if self.worker and self.worker.poll() is not None:
            self.start_worker()

    def waiting(self) -> int:
        """How many messages lie in the queue."""
        with Redis.from_url(self.valkey.url) as queue:
            found: Any = queue.llen(QUEUE)
            return int(found)

    # What may be killed

    def busy(self) -> list[int]:
        """The processes that do the work, children of the worker."""
        return children(self.worker.pid) if self.worker else []

    def kill_child(self) -> None:
        """One of the processes that do the work."""
        kill([random.choice(self.busy())])

    def kill_worker(self) -> None:
        """The worker alone: its children live on, unheard."""
        assert self.worker
        kill([self.worker.pid])
        self.worker.wait()

    def kill_group(self) -> None:
        """The worker and its children."""
        assert self.worker
        os.killpg(self.worker.pid, signal.SIGKILL)
        self.worker.wait()

    def kill_queue(self) -> None:
        assert self.valkey.process
        kill([self.valkey.process.pid])
        self.valkey.process.wait()


def kill(processes: Iterable[int]) -> None:
    for process in processes:
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)


def children(process: int) -> list[int]:
    found = subprocess.run(["pgrep", "-P", str(process)], capture_output=True, text=True)  # noqa: S607
    return [int(line) for line in found.stdout.split()]


def until(done: Callable[[], bool], *, seconds: float = 150, every: float = 0.05) -> float:
    """Wait until something is true; returns how long it took."""
    began = time.monotonic()
    while not done():
        if time.monotonic() - began > seconds:
            raise AssertionError(f"nothing came in {seconds} s")
        time.sleep(every)
    return time.monotonic() - began
