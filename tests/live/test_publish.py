"""Writing into a stream: numbered without a gap, once per command, told after the commit, and not held up by Redis."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from uuid import UUID, uuid4

import pytest
from django.conf import settings as product
from django.db import connection, transaction
from pytest_django import DjangoAssertNumQueries, Settings
from redis import Redis

from cxplan.live import messages
from cxplan.live.models import Event, Stream
from cxplan.live.publish import PAUSE, Repeated, recheck, write
from tests.waiting import wait_for_one_who_waits_for_us

NOBODY = "redis://127.0.0.1:9/0"

Told = tuple[bytes, UUID, int, bytes]


class Ear:
    """Hears what Redis carries of one stream."""

    def __init__(self, stream: Stream) -> None:
        self.key = stream.key
        self.redis = Redis.from_url(product.REDIS_URL)
        self.heard = self.redis.pubsub(ignore_subscribe_messages=True)  # type: ignore[no-untyped-call]
        self.heard.subscribe(messages.CHANNEL)
        self.heard.get_message(ignore_subscribe_messages=False, timeout=5)

    def next(self, seconds: float = 5) -> Told | None:
        """The next message, if one comes in time; those of other streams, which other tests write, are passed over."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            if found := self.heard.get_message(timeout=left):
                told = messages.read(found["data"])
                if told[1] == self.key:
                    return told
        return None

    def close(self) -> None:
        self.heard.close()
        self.redis.close()


@pytest.fixture
def stream(db: None) -> Stream:
    return Stream.objects.create()


@pytest.fixture
def ear(stream: Stream) -> Iterator[Ear]:
    made = Ear(stream)
    yield made
    made.close()


def versions(stream: Stream) -> list[tuple[int, str]]:
    return list(stream.events.order_by("version").values_list("version", "kind"))


def test_events_are_numbered_without_a_gap(stream: Stream) -> None:
    with transaction.atomic():
        assert [write(stream.pk, kind, "<p>å</p>") for kind in ("phase", "note", "note")] == [1, 2, 3]
    stream.refresh_from_db()
    assert stream.version == 3
    assert versions(stream) == [(1, "phase"), (2, "note"), (3, "note")]
    assert Event.objects.filter(stream=stream, html="<p>å</p>", command=None, created_at__isnull=False).count() == 3


def test_it_costs_one_query(stream: Stream, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with transaction.atomic(), django_assert_num_queries(1):
        write(stream.pk, "note", command=uuid4())
    with transaction.atomic(), django_assert_num_queries(1):
        recheck(stream.pk)


def test_a_command_is_carried_out_once(stream: Stream) -> None:
    command = uuid4()
    with transaction.atomic():
        write(stream.pk, "note", command=command)
    with pytest.raises(Repeated), transaction.atomic():
        write(stream.pk, "note", command=command)
    stream.refresh_from_db()
    assert (stream.version, versions(stream)) == (1, [(1, "note")])


def test_a_repeated_command_leaves_no_gap_where_somebody_catches_it(stream: Stream) -> None:
    command = uuid4()
    with transaction.atomic():
        write(stream.pk, "note", command=command)
    with transaction.atomic(), suppress(Repeated):
        write(stream.pk, "note", command=command)
    stream.refresh_from_db()
    assert stream.version == 1


def test_the_same_command_may_stand_in_two_streams(stream: Stream) -> None:
    other, command = Stream.objects.create(), uuid4()
    with transaction.atomic():
        assert (write(stream.pk, "note", command=command), write(other.pk, "note", command=command)) == (1, 1)


def test_a_stream_that_is_not_there_takes_nothing(stream: Stream) -> None:
    with pytest.raises(Stream.DoesNotExist), transaction.atomic():
        write(stream.pk + 1, "note")
    with pytest.raises(Stream.DoesNotExist), transaction.atomic():
        recheck(stream.pk + 1)


@pytest.mark.django_db(transaction=True)
def test_it_belongs_into_a_transaction(stream: Stream) -> None:
    with pytest.raises(transaction.TransactionManagementError):
        write(stream.pk, "note")
    with pytest.raises(transaction.TransactionManagementError):
        recheck(stream.pk)


@pytest.mark.django_db(transaction=True)
def test_it_is_told_after_the_commit_and_not_before(stream: Stream, ear: Ear) -> None:
    with transaction.atomic():
        write(stream.pk, "note", "<p>one\r\ntwo\rthree</p>")
        assert ear.next(0.3) is None
    frame = b"id: 1\nevent: note\ndata: <p>one\ndata: two\ndata: three</p>\n\n"
    assert ear.next() == (messages.EVENT, stream.key, 1, frame)
    with transaction.atomic():
        recheck(stream.pk)
        assert ear.next(0.3) is None
    assert ear.next() == (messages.RECHECK, stream.key, 0, b"")
    stream.refresh_from_db()
    assert stream.access == 1


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_is_not_told(stream: Stream, ear: Ear) -> None:
    with transaction.atomic():
        write(stream.pk, "note")
        transaction.set_rollback(True)
    assert ear.next(0.3) is None
    assert versions(stream) == []


@pytest.mark.django_db(transaction=True)
def test_it_is_kept_without_redis_which_is_left_alone_for_a_while(
    stream: Stream, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.REDIS_URL = NOBODY
    began = time.monotonic()
    for _ in range(200):
        with transaction.atomic():
            write(stream.pk, "note")
    assert len(versions(stream)) == 200
    assert 1 <= len(caplog.records) <= 1 + (time.monotonic() - began) / PAUSE


@pytest.mark.django_db(transaction=True)
def test_commands_of_one_stream_go_one_after_the_other(stream: Stream) -> None:
    command, answers = uuid4(), list[object]()

    def send() -> None:
        try:
            with transaction.atomic():
                answers.append(write(stream.pk, "second", command=command))
        except Repeated:
            answers.append(Repeated)
        finally:
            connection.close()

    with transaction.atomic():
        write(stream.pk, "first", command=command)
        again = threading.Thread(target=send)
        again.start()
        wait_for_one_who_waits_for_us()
        assert answers == []
    again.join(20)
    assert answers == [Repeated]
    assert versions(stream) == [(1, "first")]


@pytest.mark.django_db(transaction=True)
def test_many_at_once_are_numbered_without_a_gap(stream: Stream) -> None:
    def send() -> None:
        for _ in range(10):
            with transaction.atomic():
                write(stream.pk, "note", command=uuid4())
        connection.close()

    writers = [threading.Thread(target=send) for _ in range(8)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(30)
    assert [version for version, _ in versions(stream)] == list(range(1, 81))
