"""What people say of a record: everyone may, its writer and whoever leads take it back, and files keep it."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from cxplan.workspaces.models import Member
from roadmap.domain import comments
from roadmap.domain.comments import COMMENTED
from roadmap.domain.kinds import BY_NAME
from roadmap.domain.loading import load
from roadmap.exchange import write
from roadmap.forms import FORMS
from roadmap.models import Comment, Gap, PersonalPillar, Source
from tests.cast import Cast
from tests.make import make

from .test_records import WAYS, is_page, record_of, url

SignIn = Callable[[Member], Client]

pytestmark = pytest.mark.django_db


@pytest.fixture
def gap(cast: Cast) -> Gap:
    return make(Gap, cast.programme)


def say(cast: Cast, record: Any, text: str, by: Member | None = None) -> Any:
    return comments.add(record, programme=cast.programme, by=by or cast.bob, text=text)


def said(cast: Cast, record: Any) -> list[tuple[str, str]]:
    return [(str(one.by), one.text) for one in comments.about(cast.programme, record)]


@pytest.mark.parametrize("name", sorted(COMMENTED))
def test_every_kind_takes_comments_and_its_menu_counts_them(cast: Cast, sign_in: SignIn, name: str) -> None:
    bob, record, other = sign_in(cast.bob), record_of(cast, name), record_of(cast, name)
    address = url(cast.programme, name, f"{record.pk}/comments/")

    for text in ("Is it so?", "It is."):
        bob.post(address, {"comment-new-text": text})

    assert said(cast, record) == [("Bob Builder", "Is it so?"), ("Bob Builder", "It is.")]
    assert said(cast, other) == []
    section = bob.get(url(cast.programme, name), headers={"HX-Request": "true"}).content.decode()
    if f'id="{name}-{record.pk}"' in section:  # of two visions the page folds the earlier one away, not out
        assert section.count("Comments (2)") == 1
    about = write(load(cast.programme)).get("comments", [])
    if name != "vision":  # a file holds the current vision alone
        assert [one["text"] for one in about] == ["Is it so?", "It is."]


def test_what_has_no_name_in_files_or_is_private_takes_none() -> None:
    assert FORMS.keys() - COMMENTED == {"assessment", "stage_assessment", "measurement", "personal_pillar"}


def test_a_personal_pillar_takes_no_comment_however_it_is_shared(cast: Cast, sign_in: SignIn) -> None:
    for visibility in ("private", "team", "programme"):
        pillar = make(PersonalPillar, cast.programme, person=cast.alice, visibility=visibility)
        address = url(cast.programme, "personal_pillar", f"{pillar.pk}/comments/")
        assert sign_in(cast.alice).get(address).status_code == HTTPStatus.NOT_FOUND
        assert sign_in(cast.alice).post(address, {"comment-new-text": "No"}).status_code == HTTPStatus.NOT_FOUND
    page = sign_in(cast.alice).get(f"/w/alpha/programmes/{cast.programme.pk}/steps/rollout/").content.decode()
    assert "/comments/" not in page


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("who", ["olga", "alice", "bob", "carol"])
def test_everyone_may_say_something(cast: Cast, sign_in: SignIn, gap: Gap, who: str, way: dict[str, Any]) -> None:
    client, member = sign_in(getattr(cast, who)), getattr(cast, who)
    address = url(cast.programme, "gap", f"{gap.pk}/comments/")
    asked = client.get(address, **way)
    assert is_page(asked) is not bool(way)

    sent = client.post(address, {"comment-new-text": "Is it so?"}, **way)

    page = (sent if way else client.get(sent["Location"])).content.decode()
    assert "Is it so?" in page
    assert "Your comment is there." in page
    assert said(cast, gap) == [(member.name, "Is it so?")]
    if way:
        assert sent["HX-Retarget"] == "#comments"


@pytest.mark.parametrize("way", WAYS)
def test_saying_nothing_is_refused(cast: Cast, sign_in: SignIn, gap: Gap, way: dict[str, Any]) -> None:
    address = url(cast.programme, "gap", f"{gap.pk}/comments/")
    refused = sign_in(cast.bob).post(address, {"comment-new-text": "  "}, **way)
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert 'class="errors"' in refused.content.decode()
    assert is_page(refused) is not bool(way)
    assert said(cast, gap) == []


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("who", "may"), [("bob", True), ("alice", True), ("olga", True), ("carol", False), ("another", False)]
)
def test_its_writer_and_whoever_leads_change_it_and_take_it_back(
    cast: Cast, sign_in: SignIn, gap: Gap, who: str, *, may: bool, way: dict[str, Any]
) -> None:
    writer = cast.carol if who == "another" else cast.bob
    comment = say(cast, gap, "Is it so?", by=writer)
    client = sign_in(cast.bob if who == "another" else getattr(cast, who))
    thread = url(cast.programme, "gap", f"{gap.pk}/comments/")
    address = f"{thread}{comment.pk}/"
    words = {f"comment-{comment.pk}-text": "It is so.", f"comment-{comment.pk}-version": 1}
    assert (address in client.get(thread).content.decode()) is may
    if not may:
        assert client.get(address, **way).status_code == HTTPStatus.FORBIDDEN
        for refused in (address, f"{address}trash/"):
            assert client.post(refused, words, **way).status_code == HTTPStatus.FORBIDDEN
        assert said(cast, gap) == [(writer.name, "Is it so?")]
        return

    assert is_page(client.get(address, **way)) is not bool(way)
    client.post(address, words, **way)
    assert said(cast, gap) == [("Bob Builder", "It is so.")]

    gone = client.post(f"{address}trash/", **way)
    page = (gone if way else client.get(gone["Location"])).content.decode()
    assert "It is so." not in page
    assert f'action="{address}restore/"' in page
    assert said(cast, gap) == []

    client.post(f"{address}restore/", **way)
    assert said(cast, gap) == [("Bob Builder", "It is so.")]


@pytest.mark.parametrize("way", WAYS)
def test_two_people_change_one_comment_at_once(cast: Cast, sign_in: SignIn, gap: Gap, way: dict[str, Any]) -> None:
    comment = say(cast, gap, "Is it so?")
    address = url(cast.programme, "gap", f"{gap.pk}/comments/{comment.pk}/")
    text, version = f"comment-{comment.pk}-text", f"comment-{comment.pk}-version"
    sign_in(cast.alice).post(address, {text: "Hers", version: 1})

    contested = sign_in(cast.bob).post(address, {text: "His", version: 1}, **way)

    assert contested.status_code == HTTPStatus.CONFLICT
    assert contested.context["compared"] == [("Comment", "Hers", "His")]
    kept = contested.context["form"]["version"].value()
    sign_in(cast.bob).post(address, {text: "His", version: kept})
    assert said(cast, gap) == [("Bob Builder", "His")]


def test_a_comment_is_found_on_its_own_record_alone(cast: Cast, sign_in: SignIn, gap: Gap) -> None:
    comment, other = say(cast, gap, "Is it so?"), make(Gap, cast.programme)
    address = url(cast.programme, "gap", f"{other.pk}/comments/{comment.pk}/")
    for path in ("", "trash/"):
        assert sign_in(cast.olga).post(f"{address}{path}").status_code == HTTPStatus.NOT_FOUND
    assert Comment.objects.of(cast.programme).alive().count() == 1


def test_many_comments_cost_no_more_queries(cast: Cast, sign_in: SignIn, gap: Gap) -> None:
    bob, thread = sign_in(cast.bob), url(cast.programme, "gap", f"{gap.pk}/comments/")

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            bob.get(thread)
        return len(queries)

    say(cast, gap, "One")
    few = asked()
    for number in range(5):
        say(cast, gap, f"And {number}", by=cast.alice)
    assert asked() == few == 8


def test_counting_the_comments_of_a_programme_is_one_query(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    found = [record_of(cast, name) for name in ("gap", "touchpoint", "persona")]
    for record in (*found, found[1]):
        say(cast, record, "So")
    silent = make(Source, cast.programme)
    with django_assert_num_queries(1):
        counted = comments.counts(cast.programme)
        assert [comments.count_of(record, counted) for record in (*found, silent)] == [1, 2, 1, 0]


def test_adding_asks_few_queries(cast: Cast, gap: Gap) -> None:
    with CaptureQueriesContext(connection) as queries:
        say(cast, gap, "So")
    assert sum("SAVEPOINT" not in query["sql"] for query in queries.captured_queries) == 8


def test_kinds_are_named_as_the_addresses_name_them() -> None:
    assert all(BY_NAME[name].is_record for name in COMMENTED)
