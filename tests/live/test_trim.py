"""Events go when nobody can ask for them any more."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from cxplan.live.models import Event, Stream
from cxplan.live.table import LATEST
from cxplan.live.tasks import trim_events

pytestmark = pytest.mark.django_db


def made(stream: Stream, version: int, *, days: float, by_command: bool = False) -> Event:
    event = Event.objects.create(
        stream=stream, version=version, kind="note", html="words", command=uuid4() if by_command else None
    )
    Event.objects.filter(pk=event.pk).update(created_at=timezone.now() - timedelta(days=days))
    return event


def left(stream: Stream) -> set[int]:
    trim_events()
    return set(stream.events.values_list("version", flat=True))


def test_those_of_a_day_stay_and_the_latest_of_a_week() -> None:
    stream = Stream.objects.create(version=LATEST + 10)
    made(stream, 1, days=0.9)
    made(stream, 10, days=1.1)
    made(stream, 11, days=6.9)
    made(stream, 12, days=7.1)
    assert left(stream) == {1, 11}


def test_what_tells_a_command_from_its_repetition_stays_for_a_week() -> None:
    stream = Stream.objects.create(version=LATEST + 10)
    made(stream, 1, days=6.9, by_command=True)
    made(stream, 2, days=7.1, by_command=True)
    assert left(stream) == {1}


def test_each_stream_has_its_own_latest() -> None:
    quiet, busy = Stream.objects.create(version=1), Stream.objects.create(version=LATEST + 1)
    made(quiet, 1, days=2)
    made(busy, 1, days=2)
    assert (left(quiet), left(busy)) == ({1}, set())
