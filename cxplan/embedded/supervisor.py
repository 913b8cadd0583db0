"""`make up`: the whole of cxplan on one machine, without Docker."""

import os
import socket
import sys
import time
from contextlib import ExitStack

from cxplan.embedded import ROOT, state
from cxplan.embedded.keeper import Attention, Keeper, Stopped
from cxplan.embedded.postgres import Postgres
from cxplan.embedded.process import EmbeddedError, Service, spawn
from cxplan.embedded.valkey import Valkey

HOST = "127.0.0.1"


class Program(Service):
    """A part of cxplan itself: it speaks on the terminal and keeps nothing, so it may die with its parent at once."""

    def __init__(self, name: str, *arguments: str, environment: dict[str, str], pass_fds: tuple[int, ...] = ()) -> None:
        super().__init__(name)
        self.arguments = [sys.executable, *arguments]
        self.environment = environment
        self.pass_fds = pass_fds

    def start(self) -> None:
        self.process = spawn(self.arguments, environment=self.environment, pass_fds=self.pass_fds)

    def ready(self) -> bool:
        return self.process is not None and self.process.poll() is None


def say(message: str) -> None:
    print(f"cxplan: {message}", flush=True)


def listen(port: int) -> socket.socket:
    """The web server's socket, held here: a taken port shows at once, and no visitor is refused while it restarts."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
    except OSError as error:
        raise EmbeddedError(
            f"Port {port} cannot be used ({error.strerror}).\n"
            f"Stop what uses it, or take another: PORT={port + 1} make up"
        ) from error
    listener.listen(128)
    return listener


def wanted_port() -> int:
    text = os.environ.get("PORT") or "8000"
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise EmbeddedError(f"PORT must be a number from 1 to 65535, not {text!r}.")
    return int(text)


def data_services() -> tuple[list[Service], dict[str, str]]:
    """The servers to start, and the addresses of all: those in the environment are used as they are."""
    services: list[Service] = []
    addresses = {}
    if not os.environ.get("DATABASE_URL"):
        postgres = Postgres(state.directory() / "postgres")
        services.append(postgres)
        addresses["DATABASE_URL"] = postgres.url
    if not os.environ.get("REDIS_URL"):
        valkey = Valkey(state.directory() / "valkey")
        services.append(valkey)
        addresses["REDIS_URL"] = valkey.url
    return services, addresses


def shared_environment(addresses: dict[str, str], port: int) -> dict[str, str]:
    """What every process of this stack must know, `manage.py` in another terminal too."""
    defaults = {
        "SITE_URL": f"http://{HOST}:{port}",
        "DEMO": "1",
        "EMAIL_URL": "console://",
    }
    if not os.environ.get("SECRET_KEY"):
        defaults["SECRET_KEY_FILE"] = str(state.secret_key_file())
    names = (*defaults, "DATABASE_URL", "REDIS_URL", "SECRET_KEY")
    return defaults | {name: os.environ[name] for name in names if os.environ.get(name)} | addresses


def web(listener: socket.socket, environment: dict[str, str]) -> Program:
    """Migrates, loads the demo and builds static files before it answers."""
    fd = listener.fileno()
    return Program("web", str(ROOT / "manage.py"), "serve", "--fd", str(fd), environment=environment, pass_fds=(fd,))


def background(environment: dict[str, str]) -> tuple[Program, Program]:
    quiet = environment | {"PYTHONWARNINGS": "ignore:You're running the worker with superuser privileges"}
    celery = ("-m", "celery", "--quiet", "--app", "cxplan")
    worker = ("worker", "--concurrency", "2", "--loglevel", "WARNING")
    lonely = ("--without-gossip", "--without-mingle")  # there is no other worker to talk to
    schedule = ("--schedule", str(state.directory() / "schedule"), "--pidfile", "")
    return (
        Program("worker", *celery, *worker, "--queues", "celery,mail", *lonely, environment=quiet),
        Program("beat", *celery, "beat", "--loglevel", "WARNING", *schedule, environment=quiet),
    )


def first_page(keeper: Keeper, port: int, server: Service) -> None:
    """Wait until the site answers. The socket listens already, so the request waits there to be served."""
    failed = EmbeddedError("The site could not start: the reason stands above.")
    with socket.create_connection((HOST, port)) as client:
        client.sendall(f"GET / HTTP/1.0\r\nHost: {HOST}:{port}\r\n\r\n".encode())
        client.settimeout(0)
        while True:
            keeper.wait(60, client)
            if not server.ready():
                raise failed
            keeper.tend()
            try:
                status = client.recv(64).partition(b" ")[2]
            except BlockingIOError:
                continue
            except ConnectionError:
                raise failed from None
            if not status or status.startswith(b"5"):
                raise failed
            return


def run(keeper: Keeper) -> None:
    began = time.monotonic()
    port = wanted_port()
    with listen(port) as listener:
        services, addresses = data_services()
        keeper.add(*services)
        keeper.ready(services)
        shared = shared_environment(addresses, port)
        environment = os.environ | shared
        server = web(listener, environment)
        keeper.add(server)
        first_page(keeper, port, server)
        state.publish(shared)
        say(f"ready after {time.monotonic() - began:.1f} s at {shared['SITE_URL']}/ (Ctrl-C stops it)")
        keeper.add(*background(environment))
        keeper.until(lambda: False, every=60)


def main() -> int:
    with ExitStack() as stack:
        attention = stack.enter_context(Attention())
        try:
            stack.enter_context(state.held())
            keeper = Keeper(attention)
            stack.callback(keeper.stop)
            run(keeper)
        except Stopped:
            say("stopping")
        except EmbeddedError as error:
            print(f"cxplan: {error}", file=sys.stderr, flush=True)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
