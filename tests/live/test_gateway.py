"""The gateway over real sockets: in order, each once, nothing lost, and nobody who may not listen."""

from __future__ import annotations

import asyncio
import time
from contextlib import ExitStack
from uuid import uuid4

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection, transaction
from pytest_django import Settings
from redis import Redis

from cxplan.live import messages
from cxplan.live.channel import Channel
from cxplan.live.client import Client, Listener, Message
from cxplan.live.models import Event, Stream
from cxplan.live.presence import Presence
from cxplan.live.publish import recheck, write
from cxplan.live.table import MOST

from .rig import Ears, Gateway, Heard, session

NOBODY = "redis://127.0.0.1:9/0"


def say(stream: Stream, count: int = 1, *, html: str = "<p>å</p>") -> None:
    """Events, each of a transaction of its own."""
    for _ in range(count):
        with transaction.atomic():
            write(stream.pk, "note", html)


def say_unheard(stream: Stream, settings: Settings, count: int = 1) -> None:
    """Events of which Redis brings no word."""
    heard, settings.REDIS_URL = settings.REDIS_URL, NOBODY
    say(stream, count)
    settings.REDIS_URL = heard


def tell(gateway: Gateway, stream: Stream, *versions: int) -> None:
    """What Redis brings of events that are in the table, in this order."""
    with Redis.from_url(gateway.valkey.url) as redis:
        for version in versions:
            redis.publish(messages.CHANNEL, messages.event(stream.key, version, "note", "<p>å</p>"))


# What comes, and in which order


def test_what_is_written_is_heard(gateway: Gateway, stream: Stream) -> None:
    with gateway.ears(stream.key, since=0) as ears:
        say(stream, html="<p>one\ntwo</p>")
        assert ears.next() == Heard("note", "<p>one\ntwo</p>", 1)


def test_the_answer_is_a_stream_that_nobody_keeps(gateway: Gateway, stream: Stream) -> None:
    with gateway.ears(stream.key) as ears:
        headers = {name.lower(): value for name, value in ears.answer.getheaders()}
        assert ears.status == 200
    assert headers["content-type"] == "text/event-stream; charset=utf-8"
    assert headers["cache-control"] == "no-store"
    assert headers["x-accel-buffering"] == "no"
    assert headers["x-content-type-options"] == "nosniff"


def test_hints_out_of_order_are_handed_on_in_order_and_once(
    gateway: Gateway, stream: Stream, settings: Settings
) -> None:
    with gateway.ears(stream.key, since=0) as ears:
        say_unheard(stream, settings, 4)
        tell(gateway, stream, 2, 3, 1, 1, 2, 4, 3, 4)
        assert ears.versions(4) == [1, 2, 3, 4]
        say(stream)
        assert ears.versions(1) == [5]


def test_a_gap_is_filled_from_the_table_at_once(gateway: Gateway, stream: Stream, settings: Settings) -> None:
    with gateway.ears(stream.key, since=0) as ears:
        say(stream)
        assert ears.versions(1) == [1]
        say_unheard(stream, settings, 2)
        say(stream)
        assert ears.versions(3, seconds=0.9) == [2, 3, 4]


def test_an_event_of_which_no_word_came_is_found_soon(gateway: Gateway, stream: Stream, settings: Settings) -> None:
    with gateway.ears(stream.key, since=0) as ears:
        say_unheard(stream, settings)
        assert ears.versions(1, seconds=7) == [1]


# Coming back


def test_what_was_missed_is_told_again(gateway: Gateway, stream: Stream) -> None:
    say(stream, 5)
    with gateway.ears(stream.key, since=2) as ears:
        assert ears.versions(3) == [3, 4, 5]
        say(stream)
        assert ears.versions(1) == [6]
        with gateway.ears(stream.key, since=0) as further_back, gateway.ears(stream.key, since=1, last=4) as again:
            assert further_back.versions(6) == [1, 2, 3, 4, 5, 6]
            assert again.versions(2) == [5, 6]


def test_without_a_version_it_begins_now(gateway: Gateway, stream: Stream) -> None:
    say(stream, 3)
    with gateway.ears(stream.key) as ears:
        say(stream)
        assert ears.versions(1) == [4]


def test_whoever_is_too_far_behind_begins_anew(gateway: Gateway, stream: Stream) -> None:
    say(stream, 3)
    Event.objects.filter(stream=stream, version=1).delete()
    with gateway.ears(stream.key, since=0) as ears, gateway.ears(stream.key, since=1) as near:
        assert ears.next() == Heard("resync", "", 3)
        assert near.versions(2) == [2, 3]
        with gateway.ears(stream.key, since=0) as late:  # the channel is open by now
            assert late.next() == Heard("resync", "", 3)
        say(stream)
        assert (ears.versions(1), near.versions(1)) == ([4], [4])


def test_too_much_to_tell_is_not_told(gateway: Gateway, stream: Stream) -> None:
    Event.objects.bulk_create(Event(stream=stream, version=1 + each, kind="note") for each in range(MOST + 1))
    Stream.objects.filter(pk=stream.pk).update(version=MOST + 1)
    with gateway.ears(stream.key, since=0) as ears, gateway.ears(stream.key, since=1) as near:
        assert ears.next() == Heard("resync", "", MOST + 1)
        assert near.versions(MOST) == list(range(2, MOST + 2))


def test_whoever_has_seen_a_future_that_is_no_more_begins_anew(gateway: Gateway, stream: Stream) -> None:
    say(stream, 2)
    with gateway.ears(stream.key, since=7) as ears:
        assert ears.next() == Heard("resync", "", 2)
    with gateway.ears(stream.key, since=2) as ears:
        Stream.objects.filter(pk=stream.pk).update(version=1)
        Event.objects.filter(stream=stream, version=2).delete()
        assert ears.next() == Heard("resync", "", 1)


# Who may listen


def test_what_is_refused_looks_like_what_is_missing(gateway: Gateway, stream: Stream) -> None:
    def answer(path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
        status, found, text = gateway.whole(path, **headers)
        return status, {name: value for name, value in found.items() if name != "date"}, text

    refused = answer(f"/live/{stream.key}/", Cookie="session=nobody")
    missing = answer(f"/live/{uuid4()}/", Cookie=f"session={session()}")
    assert refused[0] == 404
    assert missing == refused == answer(f"/live/{stream.key}/") == answer("/live/no-key/")
    assert gateway.ask(f"/live/{stream.key}", Cookie=f"session={session()}") == 404
    assert gateway.ask(f"/live/{stream.key.hex}/", Cookie=f"session={session()}") == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "HEAD", "OPTIONS"])
def test_it_is_only_listened_to(gateway: Gateway, stream: Stream, method: str) -> None:
    status, headers, _ = gateway.whole(f"/live/{stream.key}/", method, Cookie=f"session={session()}")
    assert (status, headers["allow"]) == (405, "GET")


@pytest.mark.parametrize("since", ["x", "-1", "1e3", "9" * 30, "%00"])
def test_a_version_that_is_none_is_refused(gateway: Gateway, stream: Stream, since: str) -> None:
    assert gateway.ask(f"/live/{stream.key}/?since={since}", Cookie=f"session={session()}") == 400


def test_whoever_may_no_longer_listen_is_out_within_two_seconds(gateway: Gateway, stream: Stream) -> None:
    key = session()
    with Ears(gateway.port, stream.key, session=key) as removed, gateway.ears(stream.key) as stays:
        SessionStore(key).delete()
        with transaction.atomic():
            recheck(stream.pk)
        assert removed.ended(seconds=2)
        say(stream)
        assert stays.versions(1) == [1]


def test_no_lost_word_keeps_anybody_in(gateway: Gateway, stream: Stream, settings: Settings) -> None:
    key = session()
    with Ears(gateway.port, stream.key, session=key) as removed:
        SessionStore(key).delete()
        settings.REDIS_URL = NOBODY
        with transaction.atomic():
            recheck(stream.pk)
        assert removed.ended(seconds=7)


def test_a_stream_that_is_deleted_ends(gateway: Gateway, stream: Stream) -> None:
    with gateway.ears(stream.key) as ears:
        stream.delete()
        assert ears.ended(seconds=7)


# Who is here


def here(ears: Ears) -> str:
    return ears.next(kinds=("here",)).text


def test_everyone_is_told_who_is_here(gateway: Gateway, stream: Stream) -> None:
    with gateway.ears(stream.key, who="p1") as first:
        assert here(first) == '{"n":1,"who":["p1"]}'
        with gateway.ears(stream.key, who="p2") as second, gateway.ears(stream.key, who="p2") as other_tab:
            assert here(first) == '{"n":2,"who":["p1","p2"]}'
            with gateway.ears(stream.key) as uncounted:
                assert here(uncounted) == '{"n":2,"who":["p1","p2"]}'
            second.__exit__()
            time.sleep(1)  # long enough to be told
            with gateway.ears(stream.key, who="p3"):
                assert here(first) == '{"n":3,"who":["p1","p2","p3"]}'
            assert here(first) == '{"n":2,"who":["p1","p2"]}'
            other_tab.__exit__()
        assert here(first) == '{"n":1,"who":["p1"]}'


# What it costs


def test_streams_hold_no_connection_to_the_database(gateway: Gateway, stream: Stream) -> None:
    cookie = session()
    with ExitStack() as stack:
        ears = [stack.enter_context(Ears(gateway.port, stream.key, session=cookie)) for _ in range(200)]
        assert {each.status for each in ears} == {200}
        say(stream)
        assert all(each.versions(1) == [1] for each in ears)
        held = []
        for _ in range(10):  # now and then it looks at the table
            with connection.cursor() as cursor:
                cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE application_name = %s", [gateway.name])
                held.append(cursor.fetchone()[0])
            time.sleep(0.1)
    assert sorted(held)[:8] == [0] * 8


def test_nobody_is_told_first_that_nobody_is_here(stream: Stream) -> None:
    """The names of a channel are looked at as well while its first listener is still at the door."""
    told: list[bytes] = []

    async def send(message: Message) -> None:
        told.append(message["body"])

    async def come() -> None:
        presence, channel, client = Presence(), Channel(stream.key), Client(send, b"", Listener("p1"))
        presence.look([channel])
        await presence.settle(None)
        channel.clients.add(client)
        presence.arrive(channel, client)
        await presence.settle(None)

    asyncio.run(come())
    assert told == [messages.frame("here", '{"n":1,"who":["p1"]}')]
