"""What a room lives through: Redis killed, browsers that do not read, gateways that stop or are killed."""

from __future__ import annotations

import signal
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection, transaction

from cxplan.live.client import MOST_WAITING
from cxplan.live.models import Stream
from cxplan.live.presence import HOLDS, RENEWED
from cxplan.live.publish import write
from tests.faults.rig import until

from .rig import Gateway, session
from .test_gateway import here, say

pytestmark = pytest.mark.faults

SOON = 3.0  # seconds in which everybody has everything again


@pytest.fixture
def second(own: Gateway, tmp_path: Path) -> Iterator[Gateway]:
    """Another gateway beside the first."""
    home = tmp_path / "second"
    home.mkdir()
    made = Gateway(home, own.valkey)
    yield made
    made.stop()


def kill_redis(gateway: Gateway) -> None:
    assert gateway.valkey.process
    gateway.valkey.process.kill()
    gateway.valkey.process.wait()


def test_rooms_go_on_without_redis_and_with_it_again(own: Gateway, stream: Stream) -> None:
    with own.ears(stream.key, since=0) as ears:
        say(stream)
        assert ears.versions(1) == [1]
        kill_redis(own)
        say(stream, 5)
        assert ears.versions(5, seconds=SOON) == [2, 3, 4, 5, 6]
        with own.ears(stream.key, since=4) as newcomer:
            assert newcomer.versions(2, seconds=SOON) == [5, 6]
        own.valkey.start()
        until(own.valkey.ready)
        say(stream, 5)
        assert ears.versions(5, seconds=SOON) == [7, 8, 9, 10, 11]
        time.sleep(2)  # by now those who write try it again
        began = time.monotonic()
        say(stream)
        assert ears.versions(1, seconds=SOON) == [12]
        print(f"heard after {time.monotonic() - began:.3f} s, with Redis back")


def test_nothing_is_lost_while_redis_comes_and_goes(own: Gateway, stream: Stream) -> None:
    ended = threading.Event()

    def talk() -> None:
        while not ended.wait(0.02):
            say(stream)
        connection.close()

    with own.ears(stream.key, since=0) as ears:
        talker = threading.Thread(target=talk)
        talker.start()
        for _ in range(3):
            time.sleep(1)
            kill_redis(own)
            time.sleep(1)
            own.valkey.start()
            until(own.valkey.ready)
        ended.set()
        talker.join()
        stream.refresh_from_db()
        assert ears.versions(stream.version, seconds=SOON) == list(range(1, stream.version + 1))


def test_a_browser_that_does_not_read_is_cut_and_harms_nobody(own: Gateway, stream: Stream) -> None:
    cookie, html = session(), "x" * 50_000
    with socket.socket() as slow, own.ears(stream.key, since=0) as ears:
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        slow.connect(("127.0.0.1", own.port))
        slow.sendall(
            f"GET /live/{stream.key}/?since=0 HTTP/1.1\r\nHost: x\r\nCookie: session={cookie}\r\n\r\n".encode()
        )
        slow.settimeout(10)
        assert slow.recv(15) == b"HTTP/1.1 200 OK"
        until(lambda: streams(own) == 2, seconds=10)
        most = 0.0
        for version in range(1, 201):  # 10 MB: more than the system holds for a socket
            began = time.monotonic()
            say(stream, html=html)
            assert ears.next(seconds=SOON).version == version
            most = max(most, time.monotonic() - began)
        until(lambda: streams(own) == 1, seconds=10)
        got = b""
        while part := slow.recv(1 << 20):
            got += part
    print(f"the other one waited {most:.3f} s at most; {len(got)} bytes were left for the slow one")
    assert 0 < got.count(b"event: note") < 200
    assert not got.endswith(b"0\r\n\r\n")  # broken off, so that the browser knows
    with own.ears(stream.key, since=150) as again:
        assert again.versions(50) == list(range(151, 201))


def test_a_browser_that_reads_late_gets_everything_in_order(own: Gateway, stream: Stream) -> None:
    with own.ears(stream.key, since=0) as late, own.ears(stream.key, since=0) as ears:
        sent = 3 * MOST_WAITING // 4
        say(stream, 10, html="x" * (sent // 10))
        assert ears.versions(10) == late.versions(10) == list(range(1, 11))


def streams(gateway: Gateway) -> int:
    """How many streams are open, by what the process counts."""
    _, _, text = gateway.whole("/metrics/")
    return next(
        int(float(line.split()[-1])) for line in text.decode().splitlines() if line.startswith("cxplan_live_st")
    )


def test_a_gateway_that_stops_ends_its_streams_and_another_takes_over(
    own: Gateway, second: Gateway, stream: Stream
) -> None:
    with own.ears(stream.key, since=0) as ears:
        say(stream, 2)
        assert ears.versions(2) == [1, 2]
        began = time.monotonic()
        own.process.send_signal(signal.SIGTERM)
        assert ears.ended(seconds=SOON)
        say(stream)
        with second.ears(stream.key, since=2) as there:
            assert there.versions(1) == [3]
        own.process.wait(5)
        print(f"stopped in {time.monotonic() - began:.2f} s")


def test_gateways_share_what_is_said_and_who_is_here(own: Gateway, second: Gateway, stream: Stream) -> None:
    with own.ears(stream.key, who="p1") as here_first, own.ears(stream.key, since=0) as first:
        assert here(here_first) == '{"n":1,"who":["p1"]}'
        with second.ears(stream.key, who="p2", since=0) as other:
            assert here(here_first) == '{"n":2,"who":["p1","p2"]}'
            say(stream, 3)
            assert first.versions(3) == other.versions(3) == [1, 2, 3]
        assert here(here_first) == '{"n":1,"who":["p1"]}'


@pytest.mark.slow
def test_the_names_of_a_killed_gateway_go_by_themselves(own: Gateway, second: Gateway, stream: Stream) -> None:
    with own.ears(stream.key, who="p1") as ears, second.ears(stream.key, who="p2"):
        while here(ears) != '{"n":2,"who":["p1","p2"]}':
            pass
        second.process.kill()
        second.process.wait()
        began = time.monotonic()
        assert ears.next(kinds=("here",), seconds=40).text == '{"n":1,"who":["p1"]}'
        assert HOLDS - RENEWED <= time.monotonic() - began <= HOLDS + 2 * RENEWED


def test_whoever_listens_stays_while_the_database_is_away(own: Gateway, stream: Stream) -> None:
    """Nobody is thrown out because nobody can be asked; newcomers are told to come again."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_database()")
        (name,) = cursor.fetchone()
    with own.ears(stream.key, since=0) as ears:
        with connection.cursor() as cursor:
            cursor.execute(f'ALTER DATABASE "{name}" CONNECTION LIMIT 0')
        try:
            assert own.ask(f"/live/{stream.key}/", Cookie=f"session={session()}") == 503
            time.sleep(2)
            with transaction.atomic():
                write(stream.pk, "note")
            assert ears.versions(1) == [1]
        finally:
            with connection.cursor() as cursor:
                cursor.execute(f'ALTER DATABASE "{name}" CONNECTION LIMIT -1')
        with own.ears(stream.key, since=0) as newcomer:
            assert newcomer.versions(1) == [1]
