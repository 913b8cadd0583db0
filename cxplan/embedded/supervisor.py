"""`make up`: the whole of cxplan on one machine, without Docker."""

import os
import socket
import sys
import time
from contextlib import ExitStack

from cxplan.embedded import ROOT, state
from cxplan.embedded.keeper import Attention, Keeper, Stopped
from cxplan.embedded.postgres import Postgres
from cxplan.embedded.process import EmbeddedError, Service, spawn, stop
from cxplan.embedded.valkey import Valkey

HOST = "127.0.0.1"


class Program(Service):
    """A part of cxplan itself: it speaks on the terminal and keeps nothing, so it may die with its parent at once."""

    def __init__(self, name: str, *arguments: str, environment: dict[str, str], pass_fds: tuple[int, ...] = ()) -> None:
        super().__init__(name)
        self.arguments = [sys.executable, "-m", *arguments]
        self.environment = environment
        self.pass_fds = pass_fds

    def start(self) -> None:
        self.process = spawn(self.arguments, environment=self.environment, pass_fds=self.pass_fds)

    def ready(self) -> bool:
        return self.process is not None


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
    text = os.environ.get("PORT", "8000")
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
        "MEDIA_ROOT": str(state.directory() / "media"),
    }
    if not os.environ.get("SECRET_KEY"):
        defaults["SECRET_KEY_FILE"] = str(state.secret_key_file())
    names = (*defaults, "DATABASE_URL", "REDIS_URL", "SECRET_KEY")
    return defaults | {name: os.environ[name] for name in names if os.environ.get(name)} | addresses


def prepare(keeper: Keeper, environment: dict[str, str]) -> None:
    """Migrations, demo and static files: one command, for each start of Django costs half a second."""
    process = spawn([sys.executable, ROOT / "manage.py", "prepare"], environment=environment)
    try:
        keeper.until(lambda: process.poll() is not None)
    finally:
        stop(process)
    if process.returncode:
        raise EmbeddedError("cxplan could not be prepared: the reason stands above.")


def first_page(keeper: Keeper, port: int) -> None:
    """Wait for an answer, looking after the services meanwhile: what dies now is started again, or told."""
    while True:
        with socket.create_connection((HOST, port)) as client:
            client.sendall(f"GET / HTTP/1.0\r\nHost: {HOST}:{port}\r\n\r\n".encode())
            client.settimeout(0)
            answer = b""
            while not answer:
                keeper.attention.pause(1, client)
                keeper.tend()
                try:
                    answer = client.recv(16)
                except BlockingIOError:
                    continue
                except ConnectionError:
                    break
                if not answer:
                    break
        if answer:
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
        prepare(keeper, environment)
        state.publish(shared)
        celery = ("celery", "--quiet", "--app", "cxplan")
        listening = listener.fileno()
        keeper.add(
            Program(
                "web",
                *("uvicorn", "cxplan.asgi:application", "--fd", str(listening), "--lifespan", "off"),
                *("--no-access-log", "--log-level", "warning", "--timeout-graceful-shutdown", "5"),
                environment=environment,
                pass_fds=(listening,),
            ),
            Program(
                "worker",
                *(*celery, "worker", "--concurrency", "2", "--loglevel", "WARNING"),
                *("--without-gossip", "--without-mingle"),
                environment=environment,
            ),
        )
        first_page(keeper, port)
        say(f"ready after {time.monotonic() - began:.1f} s at {shared['SITE_URL']}/ (Ctrl-C stops it)")
        schedule = str(state.directory() / "schedule")
        keeper.add(
            Program(
                "beat",
                *(*celery, "beat", "--loglevel", "WARNING", "--schedule", schedule, "--pidfile", ""),
                environment=environment,
            )
        )
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
