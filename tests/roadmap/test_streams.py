"""The stream of a programme: whoever may read it hears that it changes, and nobody else."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client

from cxplan import asgi
from cxplan.live.gateway import Listener
from cxplan.live.models import Event, Stream
from cxplan.workshops.domain import facilitate
from cxplan.workspaces.domain import members
from cxplan.workspaces.models import Member, Role
from journeys.models import Touchpoint
from roadmap.domain import programmes, records, steps, workshops
from roadmap.domain.kinds import BY_NAME
from roadmap.models import Gap, Programme
from roadmap.steps import BY_NUMBER
from tests.cast import Cast
from tests.make import make, make_programme
from tests.waiting import wait_for_one_who_waits_for_us
from tests.workshops.rooms import opened

SignIn = Callable[[Member], Client]


def cookies(client: Client) -> dict[str, str]:
    return {name: morsel.value for name, morsel in client.cookies.items()}


def told(cast: Cast) -> list[tuple[str, str]]:
    """What the programme's stream has said: kinds, and nothing that somebody wrote."""
    return list(Event.objects.filter(stream__programme=cast.programme).order_by("version").values_list("kind", "html"))


def admit(held: Mapping[str, str], stream: UUID) -> Listener | None:
    [found] = asgi.admit([held], stream)
    return found


@pytest.fixture
def key(cast: Cast) -> UUID:
    return cast.programme.stream.key


def test_every_change_is_told_once_and_without_words(cast: Cast) -> None:
    programme, by = cast.programme, cast.alice
    gap = make(Gap, programme)
    before = len(told(cast))
    kind = BY_NAME["gap"]
    added = records.add(kind, programme=programme, by=by, values={"title": "Nobody answers"})
    records.add(kind, programme=programme, by=by, values={"title": "The bill confuses"})
    records.add_many(kind, programme=programme, by=by, rows=[{"title": "One"}, {"title": "Two"}])
    records.change(gap, programme=programme, by=by, values={"title": "At night nobody answers"})
    records.move(added, programme=programme, by=by, to=gap.pk)
    records.trash(gap, programme=programme, by=by)
    records.restore(gap, programme=programme, by=by)
    records.change_programme(programme, by=by, values={"purpose": "Alongside"})
    steps.set_state(programme, 6, "done", by=by)
    assert told(cast)[before:] == [("plan", "")] * 9


def test_what_is_taken_back_is_not_told(cast: Cast) -> None:
    gap = make(Gap, cast.programme)
    before = told(cast)
    with pytest.raises(records.Stale):
        records.change(gap, programme=cast.programme, by=cast.alice, values={"title": "Late"}, version=99)
    assert told(cast) == before


def test_members_hear_it_viewers_too_and_strangers_never(cast: Cast, key: UUID, sign_in: SignIn) -> None:
    for member in (cast.alice, cast.carol):
        assert admit(cookies(sign_in(member)), key) == Listener(f"m{member.pk}", placed=True)
    assert cast.carol.role == Role.VIEWER
    assert admit(cookies(sign_in(cast.charlie)), key) is None
    assert admit({}, key) is None
    assert admit(cookies(sign_in(cast.alice)), Stream.objects.create().key) is None


def test_a_programme_in_the_trash_is_not_heard(cast: Cast, key: UUID, sign_in: SignIn) -> None:
    held = cookies(sign_in(cast.alice))
    programmes.trash(cast.programme, by=cast.alice)
    assert admit(held, key) is None
    assert Stream.objects.get(key=key).access == 1


def test_whoever_is_removed_is_asked_again_at_once_in_every_stream(cast: Cast, key: UUID, sign_in: SignIn) -> None:
    held = cookies(sign_in(cast.bob))
    other, room = make_programme(cast.workspace, "Second"), opened(cast.alice)
    members.remove(cast.bob, by=cast.alice)
    assert admit(held, key) is None
    for stream in (cast.programme.stream, other.stream, room.room, room.desk):
        assert Stream.objects.get(pk=stream.pk).access == 1
    assert Stream.objects.get(programme=cast.programme_next_door).access == 0


def test_a_new_role_is_asked_for_again_another_name_is_not(cast: Cast, key: UUID) -> None:
    members.change(cast.bob, by=cast.alice, values={"name": "Bob B."})
    assert Stream.objects.get(key=key).access == 0
    members.change(cast.bob, by=cast.alice, values={"role": Role.VIEWER})
    assert Stream.objects.get(key=key).access == 1


def test_a_step_says_where_it_listens_and_who_is_there(cast: Cast, key: UUID, sign_in: SignIn) -> None:
    client = sign_in(cast.carol)
    home = f"/w/{cast.workspace.slug}/programmes/{cast.programme.pk}/"
    page = client.get(f"{home}steps/gaps/").content.decode()
    assert f'data-live="/live/{key}/"' in page
    assert 'data-live-at="gaps"' in page
    present = f"{home}present/"
    others = f"{cast.alice.pk},{cast.bob.pk}"
    assert "Alice Leader and Bob Builder are here too" in client.get(present, {"who": others}).content.decode()
    assert "Alice Leader is here too" in client.get(present, {"who": str(cast.alice.pk)}).content.decode()
    for nobody in (str(cast.charlie.pk), "1 OR 1", "", "9" * 30, ",".join("1" * 200)):
        answer = client.get(present, {"who": nobody})
        assert answer.content.decode().strip() == ""


def test_a_workshop_that_is_planned_opened_or_closed_is_told_to_its_programme(cast: Cast, sign_in: SignIn) -> None:
    before = told(cast)

    def heard() -> int:
        nonlocal before
        before, was = told(cast), before
        assert set(before[len(was) :]) <= {("plan", "")}
        return len(before) - len(was)

    agenda, elsewhere = BY_NUMBER[6].agenda, opened(cast.alice)
    opening = workshops.open_workshop(cast.programme, 6, agenda, facilitator=cast.alice, title="Gaps together")
    assert heard() == 1
    facilitate.open_session(opening.session)
    assert heard() == 1
    facilitate.close_session(opening.session)
    assert heard() == 1
    facilitate.close_session(elsewhere)
    assert heard() == 0, "it belongs to no programme"
    home = f"/w/{cast.workspace.slug}/programmes/{cast.programme.pk}/"
    for slug, there in (("gaps", True), ("rollout", False)):
        page = sign_in(cast.carol).get(f"{home}steps/{slug}/").content.decode()
        section = re.search(r'<section [^>]*id="step-workshops" data-fresh[^>]*>', page)
        assert section, "what is fetched anew finds its place, also where there is no workshop yet"
        assert (" hidden" in section[0]) is not there


def test_a_shared_journey_is_told_in_every_programme_that_shows_it(cast: Cast) -> None:
    programme, by = cast.programme, cast.alice
    second, third = make_programme(cast.workspace, "Second"), make_programme(cast.workspace, "Third")
    point = make(Touchpoint, programme)
    records.tie(second, BY_NAME["touchpoint"], point)

    def stand() -> list[tuple[int, int]]:
        own = Programme.objects.of(cast.workspace).filter(pk__in=[programme.pk, second.pk, third.pk])
        return list(own.order_by("pk").values_list("stream__version", "revision"))

    before = stand()

    def heard() -> list[int]:
        """How often each was told; nothing is kept of it that is older."""
        nonlocal before
        now, was = stand(), before
        before = now
        told, grown = ([new[side] - old[side] for new, old in zip(now, was, strict=True)] for side in (0, 1))
        assert told == grown
        return told

    records.change(point, programme=programme, by=by, values={"name": "The bill"})
    assert heard() == [1, 1, 0]
    records.change(point, programme=second, by=by, values={"name": "A bill"})
    assert heard() == [1, 1, 0]
    round_of = {"touchpoint": point, "importance": 4.0}
    records.add(BY_NAME["assessment"], programme=programme, by=by, values=round_of)
    assert heard() == [1, 1, 0]
    records.add_many(
        BY_NAME["assessment"], programme=programme, by=by, rows=[{"importance": 3.0}], shared={"touchpoint": point}
    )
    assert heard() == [1, 1, 0]
    records.trash(point, programme=programme, by=by)
    assert heard() == [1, 1, 0]
    records.add(BY_NAME["gap"], programme=programme, by=by, values={"title": "Nobody answers"})
    assert heard() == [1, 0, 0]


@pytest.mark.django_db(transaction=True)
def test_two_harvests_of_programmes_that_share_a_journey_wait_for_each_other(cast: Cast) -> None:
    first, second = cast.programme, make_programme(cast.workspace, "Second")
    assert first.pk < second.pk
    point = make(Touchpoint, first)
    records.tie(second, BY_NAME["touchpoint"], point)

    def harvest(programme: Programme, name: str) -> None:
        records.change(point, programme=programme, by=cast.alice, values={"name": name})

    def late() -> None:
        try:
            with records.writing(second, cast.alice, is_several=True):
                harvest(second, "The bill of the second")
        finally:
            connection.close()

    with ThreadPoolExecutor() as pool:
        with records.writing(first, cast.alice, is_several=True):
            waiting = pool.submit(late)
            wait_for_one_who_waits_for_us()
            harvest(first, "The bill of the first")
        waiting.result()
    point.refresh_from_db()
    assert point.name == "The bill of the second"


def test_commands_within_a_command_are_told_once_with_it(cast: Cast) -> None:
    programme, by, gap = cast.programme, cast.alice, BY_NAME["gap"]
    programme.refresh_from_db()
    before, revision = len(told(cast)), programme.revision
    with records.writing(programme, by) as held:
        first = records.add(gap, programme=programme, by=by, values={"title": "Nobody answers"})
        with records.writing(programme, by) as again:
            assert again is held
        with pytest.raises(records.Stale):
            records.change(first, programme=programme, by=by, values={"title": "Late"}, version=99)
    second = records.add(gap, programme=programme, by=by, values={"title": "The bill confuses"})
    assert len(told(cast)) == before + 2
    stored = Programme.objects.of(cast.workspace).get(pk=programme.pk)
    assert stored.revision == programme.revision == revision + 2
    assert first.exchange_id != second.exchange_id  # type: ignore[attr-defined]  # both are gaps
