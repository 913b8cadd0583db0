"""Keeps services up from one thread that sleeps until a child ends or somebody asks to stop."""

import select
import signal
import socket
import time
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Self

from cxplan.embedded.process import STOP_SIGNALS, EmbeddedError, Service, tail

QUICK = 30.0  # a service that lived less long than this, in seconds, died of the same cause as before
TRIES = 6
FIRST_DELAY = 0.2


class Stopped(Exception):
    """Somebody asked to stop: Ctrl-C, SIGTERM or a closed terminal."""


class Attention:
    """Sleeps that a signal ends at once; signals are noted, never acted on in the middle of something."""

    def __enter__(self) -> Self:
        self._stop = False
        self._inbox, self._outbox = socket.socketpair()
        self._inbox.settimeout(0)
        self._outbox.settimeout(0)
        self._handlers = {number: signal.signal(number, self._note_stop) for number in STOP_SIGNALS}
        self._handlers[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, lambda *_: None)
        self._wakeup = signal.set_wakeup_fd(self._outbox.fileno(), warn_on_full_buffer=False)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        signal.set_wakeup_fd(self._wakeup)
        for number, handler in self._handlers.items():
            signal.signal(number, handler)
        self._inbox.close()
        self._outbox.close()

    def pause(self, seconds: float, *sockets: socket.socket) -> None:
        """Sleep until a signal, until one of the sockets has something to read, or for so long."""
        if self._stop:
            raise Stopped
        readable, _, _ = select.select([self._inbox, *sockets], [], [], seconds)
        if self._inbox in readable:
            self._inbox.recv(4096)
        if self._stop:
            raise Stopped

    def _note_stop(self, *_: object) -> None:
        self._stop = True


class Kept:
    """One service and the record of its deaths: it is started again, each time a little later."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.started = 0.0
        self.due: float | None = 0.0
        self.deaths = 0

    def tend(self, now: float) -> None:
        if self.due is None and self.service.process and self.service.process.poll() is not None:
            self.deaths = self.deaths + 1 if now - self.started < QUICK else 1
            if self.deaths == TRIES:
                raise EmbeddedError(f"{self.service.name} keeps stopping.{self._last_words()}")
            self.due = now + FIRST_DELAY * 2 ** (self.deaths - 1)
        if self.due is not None and now >= self.due:
            self.service.start()
            self.started, self.due = time.monotonic(), None

    def _last_words(self) -> str:
        log = self.service.log
        return f" The end of {log}:\n{tail(log)}" if log else " Its last words are above."


class Keeper:
    """The services of one stack; the first to start is the last to stop."""

    def __init__(self, attention: Attention) -> None:
        self.attention = attention
        self.kept: list[Kept] = []

    def add(self, *services: Service) -> None:
        """Start services at once; `ready` waits for them."""
        for service in services:
            self.kept.append(Kept(service))
            self.tend()

    def tend(self) -> None:
        for kept in self.kept:
            kept.tend(time.monotonic())

    def wait(self, seconds: float, *sockets: socket.socket) -> None:
        """Sleep as `Attention.pause` does, but not past the time when a dead service is due again."""
        due = [kept.due - time.monotonic() for kept in self.kept if kept.due is not None]
        self.attention.pause(max(0, min([seconds, *due])), *sockets)

    def until(self, done: Callable[[], bool], *, every: float = 0.02) -> None:
        """Look after the services until something is true."""
        while not done():
            self.wait(every)
            self.tend()

    def ready(self, services: Iterable[Service]) -> None:
        waiting = list(services)
        self.until(lambda: all(service.ready() for service in waiting))

    def stop(self) -> None:
        """Stop all, later ones first; one at a time, for they lean on each other."""
        for kept in reversed(self.kept):
            kept.service.stop()
