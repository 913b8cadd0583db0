"""What a live room costs: how late a note is seen by the others, beside a fan-out that does nothing else.

Twenty notes a second come from guests of one room over HTTP, each by the product's own command: seat, room, two
events, the note, its fragment. Every guest holds a stream. The latency is that from a note's sending to its receipt by
each of them. Beside it the same posts go to `bench/bare.py`, which hands them on with no product and no database.

The servers and their data run on one core, the clients on another. It brings up what it needs and stops it.

    python bench/live.py [--clients N] [--seconds S]

Without ``--clients`` it measures 50, 200, 500 and 1,000. Prints a line for each and one JSON object at the end, of the
500 or of the number asked for. ``kb_per_stream`` is what the gateway grew by for each stream, as the system counts it;
``db_connections_held`` how many connections to the database it has while nothing happens.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import resource
import secrets
import signal
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parents[1]
BROUGHT_UP = "CXPLAN_BENCH_LIVE"
NOTES_A_SECOND = 20
WARM = 3  # seconds, and streams, before anything is measured
SENDERS = 8
CLIENTS = (50, 200, 500, 1000)
TOLD_OF = 500
CORES = sorted(os.sched_getaffinity(0))


def bring_up() -> None:
    """Once more, on a throw-away stack, with everything that serves on the first core."""
    os.sched_setaffinity(0, CORES[:1])
    os.environ[BROUGHT_UP] = str(CORES[-1])
    command = [sys.executable, "-m", "cxplan.embedded.throwaway", sys.executable, *sys.argv]
    os.chdir(ROOT)
    os.execv(sys.executable, command)  # noqa: S606


if __name__ == "__main__" and BROUGHT_UP not in os.environ:
    bring_up()

WEB, LIVE, BARE = ports = [socket.create_server(("127.0.0.1", 0)) for _ in range(3)]
WEB_PORT, LIVE_PORT, BARE_PORT = [each.getsockname()[1] for each in ports]
for each in ports:
    each.close()
SITE = f"http://127.0.0.1:{WEB_PORT}"
os.environ |= {
    "DJANGO_SETTINGS_MODULE": "cxplan.settings",
    "SECRET_KEY": secrets.token_urlsafe(64),
    "SITE_URL": SITE,
    "EMAIL_URL": "console://",
    "LOG_LEVEL": "ERROR",
    "DEMO": "0",
}
sys.path.insert(0, str(ROOT))

import django

django.setup()

import uvloop
from django.core.management import call_command
from django.db import connection

from cxplan.workshops.access import cookie_name
from cxplan.workshops.domain import facilitate, seats
from cxplan.workshops.domain.facilitate import PhasePlan, Plan
from cxplan.workshops.models import Authors, Mode, Session
from cxplan.workspaces.domain import members
from cxplan.workspaces.models import Role

GATEWAY = "bench-live"
TOKEN = secrets.token_hex(16)
TEXT = "A note of some length, as people write them in a room: what fell short, and for whom. " * 2


@dataclass
class Measured:
    """What came of one run."""

    latencies: list[float] = field(default_factory=list)
    sent: int = 0
    lost: int = 0
    out_of_order: int = 0
    cores: float = 0.0
    kb_per_stream: float = 0.0
    connections: int = 0

    def percentile(self, percent: int) -> float:
        """Milliseconds."""
        return 1000 * statistics.quantiles(self.latencies, n=100, method="inclusive")[percent - 1]

    def __str__(self) -> str:
        p50, p95, p99 = (self.percentile(each) for each in (50, 95, 99))
        lost = f"{self.lost} lost, {self.out_of_order} out of order"
        return f"{p50:6.1f} / {p95:6.1f} / {p99:6.1f} ms, {self.cores:.2f} cores, {lost}"


class Listening(asyncio.Protocol):
    """One stream. It looks for the versions and the marks of what comes, and for nothing else."""

    def __init__(self, request: bytes, run: Run) -> None:
        self.request, self.run = request, run
        self.buffer = b""
        self.version = 0
        self.got = 0
        self.open = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # of uvloop's own kind
        self.transport = transport
        transport.write(self.request)

    def data_received(self, data: bytes) -> None:
        now = time.perf_counter()
        if not self.open.done():
            self.open.set_result(b" 200 " in data[:20])
        *events, self.buffer = (self.buffer + data).split(b"\n\n")
        for event in events:
            place = event.find(b"id: ")
            if place < 0 or b"event: note" not in event:
                continue
            version = int(event[place + 4 :].split(b"\n", 1)[0])
            if self.version and version != self.version + 1:
                self.run.measured.out_of_order += 1
            self.version = version
            mark = event.find(b"mark-")
            number = int(event[mark + 5 : mark + 11])
            self.got += 1
            self.run.measured.latencies.append(now - self.run.sent[number])


class Run:
    """A number of streams, and notes for a while."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.measured = Measured()
        self.sent: dict[int, float] = {}

    async def listen(self, requests: list[bytes], port: int) -> None:
        loop = asyncio.get_running_loop()
        self.streams = []
        for first in range(0, len(requests), 50):
            made = [
                loop.create_connection(lambda request=request: Listening(request, self), "127.0.0.1", port)
                for request in requests[first : first + 50]
            ]
            self.streams += [stream for _, stream in await asyncio.gather(*made)]
            opened = await asyncio.wait_for(asyncio.gather(*(each.open for each in self.streams[first:])), 60)
            if not all(opened):
                raise SystemExit("a stream was refused")

    async def talk(self, posts: list[bytes], port: int) -> None:
        """Notes at an even pace, each from another of the posts; a sender that waits does not hold up the others."""
        waiting: asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = asyncio.Queue()
        for _ in range(SENDERS):
            waiting.put_nowait(await asyncio.open_connection("127.0.0.1", port))
        began = time.perf_counter()
        sending = set()
        for number in range(int(self.seconds * NOTES_A_SECOND)):
            await asyncio.sleep(max(0.0, began + number / NOTES_A_SECOND - time.perf_counter()))
            task = asyncio.create_task(self.send(number, posts[number % len(posts)], waiting))
            sending.add(task)
            task.add_done_callback(sending.discard)
        await asyncio.gather(*sending)
        while not waiting.empty():
            waiting.get_nowait()[1].close()

    async def send(self, number: int, post: bytes, waiting: asyncio.Queue) -> None:
        self.sent[number] = time.perf_counter()
        reader, writer = await waiting.get()
        writer.write(post % {b"mark": b"mark-%06d" % number, b"uuid": b"%032x" % secrets.randbits(128)})
        head = await reader.readuntil(b"\r\n\r\n")
        length = head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0]
        if length:
            await reader.readexactly(int(length))
        waiting.put_nowait((reader, writer))
        if head.split(b" ", 2)[1] in (b"204", b"302"):
            self.measured.sent += 1
        else:
            raise SystemExit(f"a note was refused: {head.splitlines()[0].decode()}")

    async def settle(self) -> None:
        """Wait for what is on its way, but not for ever."""
        until = time.perf_counter() + 5
        wanted = self.measured.sent * len(self.streams)
        while len(self.measured.latencies) < wanted and time.perf_counter() < until:
            await asyncio.sleep(0.05)
        self.measured.lost = wanted - len(self.measured.latencies)
        for stream in self.streams:
            stream.transport.abort()


# What is measured


def measure(requests: list[bytes], posts: list[bytes], servers: list[int], *, port: int, to: int, seconds: float,
            gateway: int = 0) -> Measured:  # fmt: skip
    run = Run(seconds)

    async def all_of_it() -> None:
        warm = Run(WARM)
        await warm.listen(requests[:WARM], port)
        await warm.talk(posts, to)
        await warm.settle()
        before = memory(gateway) if gateway else 0
        await run.listen(requests, port)
        await asyncio.sleep(2)  # everybody has been told who is here
        if gateway:
            run.measured.kb_per_stream = (memory(gateway) - before) / len(requests)
            run.measured.connections = await asyncio.to_thread(connections)
        began, used = time.perf_counter(), sum(map(cpu_seconds, servers))
        await run.talk(posts, to)
        run.measured.cores = (sum(map(cpu_seconds, servers)) - used) / (time.perf_counter() - began)
        await run.settle()

    uvloop.run(all_of_it())
    return run.measured


def memory(process: int) -> int:
    """Resident kilobytes."""
    status = Path(f"/proc/{process}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0])


def cpu_seconds(process: int) -> float:
    """Of a process and all below it, those that have ended too."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        below = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    except FileNotFoundError:
        return 0.0
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK") + sum(cpu_seconds(int(each)) for each in below)


def connections() -> int:
    """How many connections the gateway keeps; a passing look at the table is none."""
    seen = []
    for _ in range(20):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE application_name = %s", [GATEWAY])
            seen.append(cursor.fetchone()[0])
        time.sleep(0.05)
    connection.close()
    return min(seen)


def data_servers() -> list[int]:
    """Postgres and Valkey, which stand beside this process."""
    return [int(each) for each in Path(f"/proc/{os.getppid()}/task/{os.getppid()}/children").read_text().split()
            if int(each) != os.getpid()]  # fmt: skip


# What is served


@contextmanager
def serving(*command: str, port: int, **more: str) -> Iterator[int]:
    """A server, with more in its environment; the number of its process."""
    process = subprocess.Popen([sys.executable, *command], cwd=ROOT, env=os.environ | more)
    try:
        until = time.monotonic() + 60
        while socket.socket().connect_ex(("127.0.0.1", port)):
            if time.monotonic() > until or process.poll() is not None:
                raise SystemExit(f"{command} does not answer")
            time.sleep(0.1)
        yield process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def room(clients: int) -> tuple[list[bytes], list[bytes]]:
    """A room of guests: what each asks for to listen, and what each posts to write."""
    lead = members.add(workspace=WORKSPACE, name="Lead", role=Role.LEAD)
    phases = [PhasePlan(Mode.WRITE, "Writing", authors=Authors.ANONYMOUS)]
    session = facilitate.open_session(facilitate.plan(WORKSPACE, lead, Plan("Room", "en", phases)))
    keys = [seats.take_as_guest(session, "").key for _ in range(clients)]
    session = Session.objects.select_related("room").get(pk=session.pk)
    connection.close()
    return [stream(session, key) for key in keys], [post(session, key) for key in keys]


def stream(session: Session, key: str) -> bytes:
    cookie = f"{cookie_name(session.pk)}={key}"
    return f"GET /live/{session.room.key}/ HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\n\r\n".encode()


def post(session: Session, key: str) -> bytes:
    """A form as a plain browser sends it, with places for a mark and for the number of the command."""
    mark, uuid = "0" * 11, "0" * 32
    fields = {"phase": session.phase_id, "text": f"{mark} {TEXT}", "command": uuid}
    content = urlencode(fields).replace("%", "%%").replace(uuid, "%(uuid)s").replace(mark, "%(mark)s")
    length = len(urlencode(fields))
    head = [
        f"POST /room/{session.pk}/notes/ HTTP/1.1",
        f"Host: 127.0.0.1:{WEB_PORT}",
        f"Cookie: {cookie_name(session.pk)}={key}; csrf={TOKEN}",
        f"X-CSRFToken: {TOKEN}",
        f"Origin: {SITE}",
        "Content-Type: application/x-www-form-urlencoded",
        f"Content-Length: {length}",
    ]
    return ("\r\n".join(head) + "\r\n\r\n" + content).encode()


def main() -> None:
    global WORKSPACE
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--clients", type=int, help="how many guests listen; without it, 50, 200, 500 and 1,000")
    parser.add_argument("--seconds", type=float, default=20, help="how long notes come in")
    asked = parser.parse_args()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard if hard != resource.RLIM_INFINITY else max(soft, 8192), hard))
    call_command("prepare")
    WORKSPACE = members.found(slug="bench", name="Bench")
    connection.close()

    results: dict[int, tuple[Measured, Measured]] = {}
    live = ("-m", "uvicorn", "cxplan.asgi:live", "--port", str(LIVE_PORT), "--no-access-log", "--log-level", "warning")
    web = ("-m", "granian", "--interface", "wsgi", "--port", str(WEB_PORT), "--workers", "2", "--blocking-threads", "4",
           "--no-log", "cxplan.wsgi:application")  # fmt: skip
    with (
        serving(str(ROOT / "bench" / "bare.py"), str(BARE_PORT), port=BARE_PORT) as bare,
        serving(*web, port=WEB_PORT) as pages,
    ):
        os.sched_setaffinity(0, {int(os.environ[BROUGHT_UP])})
        for clients in [asked.clients] if asked.clients else CLIENTS:
            requests, posts = room(clients)
            limit = measure(requests, posts, [bare], port=BARE_PORT, to=BARE_PORT, seconds=asked.seconds)
            os.sched_setaffinity(0, CORES[:1])  # what is started now serves
            with serving(*live, port=LIVE_PORT, PGAPPNAME=GATEWAY, DATABASE_POOL_SIZE="0") as gateway:
                os.sched_setaffinity(0, {int(os.environ[BROUGHT_UP])})
                servers = [pages, gateway, *data_servers()]
                ours = measure(requests, posts, servers, port=LIVE_PORT, to=WEB_PORT, seconds=asked.seconds,
                               gateway=gateway)  # fmt: skip
            results[clients] = limit, ours
            print(f"{clients:5} streams, bare {limit}")
            print(f"{clients:5} streams, ours {ours}, {ours.kb_per_stream:.1f} kB a stream, "
                  f"{ours.connections} connections held", flush=True)  # fmt: skip
            print(f"      ratios: p50 {ours.percentile(50) / limit.percentile(50):.2f}, "
                  f"p99 {ours.percentile(99) / limit.percentile(99):.2f}", flush=True)  # fmt: skip
    told_of = asked.clients or TOLD_OF
    limit, ours = results[told_of]
    print(
        json.dumps(
            {
                "clients": told_of,
                "p50_ratio": round(ours.percentile(50) / limit.percentile(50), 2),
                "p99_ratio": round(ours.percentile(99) / limit.percentile(99), 2),
                "lost": sum(each.lost for _, each in results.values()),
                "out_of_order": sum(each.out_of_order for _, each in results.values()),
                "kb_per_stream": round(ours.kb_per_stream, 1),
                "db_connections_held": max(each.connections for _, each in results.values()),
            }
        )
    )


if __name__ == "__main__":
    main()
