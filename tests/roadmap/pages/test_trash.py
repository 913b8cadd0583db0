"""Deleting a record on which others lean: what hangs on it is said first, and it is deleted once somebody is sure."""

from __future__ import annotations

from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.translation import override

from cxplan.workspaces.models import Member, Record
from journeys.models import Assessment, Journey, Touchpoint
from roadmap.domain import hanging
from roadmap.domain.kinds import ALL, BY_MODEL
from roadmap.models import (
    Action,
    CallAnswer,
    CustomerCall,
    Decision,
    Finding,
    Gap,
    Insight,
    KeyQuestion,
    Metric,
    PersonalPillar,
    Pillar,
    Programme,
    Source,
    SweetSpot,
)
from tests.cast import Cast
from tests.make import make, make_linked, make_programme

pytestmark = pytest.mark.django_db
SignIn = Callable[[Member], Client]
HTMX = {"HX-Request": "true"}
WAYS = [pytest.param({}, id="plain"), pytest.param({"headers": HTMX}, id="htmx")]


def url(programme: Programme, record: Any, rest: str = "trash/") -> str:
    kind = BY_MODEL[type(record)].name
    return f"/w/{programme.workspace.slug}/programmes/{programme.pk}/records/{kind}/{record.pk}/{rest}"


def words(response: Any) -> str:
    return " ".join(unescape(response.content.decode()).split())


def hangs(record: Record) -> dict[str, int]:
    return {each.kind.name: each.count for each in hanging.on(record)}


@pytest.fixture
def gap(cast: Cast) -> Gap:
    """A gap on which two actions and a metric lean, and an action that was thrown away."""
    gap = make(Gap, cast.programme, title="Silence")
    for number in (1, 2):
        make(Action, cast.programme, title=f"Call back {number}", gaps=[gap])
    make(Action, cast.programme, title="Given up", gaps=[gap], trashed_at=timezone.now())
    make(Metric, cast.programme, name="NPS", gaps=[gap])
    return gap


@pytest.mark.parametrize("way", WAYS)
def test_what_hangs_on_a_record_is_said_first(cast: Cast, sign_in: SignIn, gap: Gap, way: dict[str, Any]) -> None:
    alice = sign_in(cast.alice)

    asked = alice.post(url(cast.programme, gap), **way)

    said = words(asked)
    assert asked.status_code == 200
    assert "Delete “Silence”?" in said
    assert "2 actions and 1 metric lean on this. They stay, but lose this link while this is in the trash." in said
    assert all(name in said for name in ("Call back 1", "Call back 2", "NPS"))
    assert "Given up" not in said
    assert '<input type="hidden" name="sure" value="1">' in said
    assert asked.get("HX-Retarget") == ("#dialog" if way else None)
    assert Gap.objects.of(cast.programme).alive().filter(pk=gap.pk).exists()

    deleted = alice.post(url(cast.programme, gap), {"sure": "1"}, **way)

    gap.refresh_from_db()
    assert gap.trashed_at is not None
    if way:
        assert "cx:close" in deleted["HX-Trigger"]
        assert f'action="{url(cast.programme, gap, "restore/")}"' in words(deleted)
    else:
        assert deleted.status_code == 302
    assert alice.post(url(cast.programme, gap, "restore/")).status_code == 302
    assert hangs(gap) == {"action": 2, "metric": 1}


@pytest.mark.parametrize("typed", [{}, {"sure": ""}, {"sure": "false"}])
def test_whoever_is_not_sure_deletes_nothing(cast: Cast, sign_in: SignIn, gap: Gap, typed: dict[str, str]) -> None:
    assert "Delete anyway" in words(sign_in(cast.alice).post(url(cast.programme, gap), typed))
    gap.refresh_from_db()
    assert gap.trashed_at is None


@pytest.mark.parametrize("way", WAYS)
def test_where_nothing_hangs_it_is_deleted_at_once(cast: Cast, sign_in: SignIn, way: dict[str, Any]) -> None:
    gap = make(Gap, cast.programme)
    assert sign_in(cast.alice).post(url(cast.programme, gap), **way).status_code == (200 if way else 302)
    gap.refresh_from_db()
    assert gap.trashed_at is not None


def test_asking_and_deleting_take_few_queries(cast: Cast, sign_in: SignIn, gap: Gap) -> None:
    """Five to come in, two for the rail or seven for the command; one to ask what hangs on the record."""
    alice, counts = sign_in(cast.alice), []
    for typed in ({}, {"sure": "1"}):
        with CaptureQueriesContext(connection) as asked:
            alice.post(url(cast.programme, gap), typed)
        counts.append(sum("SAVEPOINT" not in query["sql"] for query in asked.captured_queries))
    make_linked(Gap, cast.programme, by=cast.alice)
    alone = make(Gap, cast.programme)
    with CaptureQueriesContext(connection) as asked:
        alice.post(url(cast.programme, alone))
    counts.append(sum("SAVEPOINT" not in query["sql"] for query in asked.captured_queries))
    assert counts == [8, 12, 13]


@pytest.mark.parametrize("count", [1, 3])
def test_one_query_asks_every_kind(cast: Cast, gap: Gap, count: int) -> None:
    for _ in range(count):
        make_linked(Action, cast.programme, by=cast.alice)
    with CaptureQueriesContext(connection) as asked:
        hanging.on(gap)
    assert len(asked) == 1


@pytest.mark.parametrize("kind", [kind for kind in ALL if kind.is_record], ids=lambda kind: kind.name)
def test_any_kind_may_be_asked(cast: Cast, kind: Any) -> None:
    record = make_linked(kind.model, cast.programme, by=cast.alice)
    assert all(each.count for each in hanging.on(record))


def test_what_leans_is_found_whichever_way_it_points(cast: Cast) -> None:
    programme = cast.programme
    source = make(Source, programme)
    finding = make(Finding, programme, source=source)
    make(Insight, programme, findings=[finding])
    assert hangs(source) == {"finding": 1}
    assert hangs(finding) == {"insight": 1}
    touchpoint = make(Touchpoint, programme)
    make(Assessment, programme, touchpoint=touchpoint)
    make(Journey, programme, supports=[touchpoint])
    make(SweetSpot, programme, touchpoint=touchpoint)
    assert hangs(touchpoint) == {"journey": 1, "assessment": 1, "sweet_spot": 1}
    question, call = make(KeyQuestion, programme), make(CustomerCall, programme)
    CallAnswer.objects.create(call=call, question=question, text="Nobody knew.")
    assert hangs(question) == {"customer_call": 1}


def test_decisions_about_a_record_are_named_in_their_own_programme(cast: Cast) -> None:
    gap, touchpoint = make(Gap, cast.programme), make(Touchpoint, cast.programme)
    tied = touchpoint.ties.get().exchange_id
    make(Decision, cast.programme, about=(gap.exchange_id, tied))
    other = make_programme(cast.workspace, "Another")
    make(Decision, other, about=(gap.exchange_id, tied))
    assert hangs(gap) == {"decision": 1}
    assert hangs(touchpoint) == {"decision": 1}


def test_personal_pillars_that_are_not_for_everyone_are_counted_without_their_words(
    cast: Cast, sign_in: SignIn
) -> None:
    pillar = make(Pillar, cast.programme)
    for visibility in ("private", "team", "programme"):
        make(
            PersonalPillar, cast.programme, person=cast.alice, statement=f"I {visibility}", visibility=visibility,
            pillars=[pillar],
        )  # fmt: skip
    said = words(sign_in(cast.bob).post(url(cast.programme, pillar)))
    assert "3 personal pillars lean on this." in said
    assert "I programme" in said
    assert "and 2 more" in said
    assert "I private" not in said
    assert "I team" not in said


def test_records_of_a_programme_in_the_trash_hang_on_nothing(cast: Cast) -> None:
    touchpoint = make(Touchpoint, cast.programme)
    other = make_programme(cast.workspace, "Given up", trashed_at=timezone.now())
    make(Gap, other, touchpoints=[touchpoint])
    assert hangs(touchpoint) == {}


def test_it_is_said_in_finnish(gap: Gap) -> None:
    with override("fi"):
        assert hanging.sentence(hanging.on(gap)) == "Tähän nojaa 2 toimea ja 1 mittari."
