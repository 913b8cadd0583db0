"""Management gives its word to what is whole, as it is worded."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from cxplan.workspaces.models import Member
from journeys.models import Touchpoint
from roadmap.domain import approvals, records
from roadmap.models import Finding, Gap, Pillar, Promise, Vision, VisionElement
from tests.cast import Cast, assemble
from tests.make import make
from tests.waiting import wait_for_one_who_waits_for_us

SignIn = Callable[[Member], Client]


def url(cast: Cast, record: Any, act: str = "") -> str:
    kind = record._meta.model_name
    return f"/w/{cast.workspace.slug}/programmes/{cast.programme.pk}/records/{kind}/{record.pk}/{act}"


@pytest.fixture
def vision(cast: Cast) -> Vision:
    found = make(Finding, cast.programme, text="They wait in the dark")
    made = make(Vision, cast.programme, statement="In 2031 our customers know.", built_on_findings=[found])
    for text in ("Knows", "Is helped"):
        make(VisionElement, cast.programme, vision=made, text=text)
    return made


@pytest.fixture
def pillar(cast: Cast, vision: Vision) -> Pillar:
    return a_whole_pillar(cast, vision.elements.all()[0])


def a_whole_pillar(cast: Cast, element: VisionElement) -> Pillar:
    gap = make(Gap, cast.programme, title="Dark")
    return make(
        Pillar,
        cast.programme,
        kind="never",
        statement="We never hide",
        state="chosen",
        gaps=[gap],
        vision_elements=[element],
    )


def test_management_approves_what_is_whole(cast: Cast, sign_in: SignIn, vision: Vision, pillar: Pillar) -> None:
    carol = sign_in(cast.carol)
    for record in (vision, pillar):
        response = carol.post(url(cast, record, "approve/"), follow=True)
        assert "Approved." in response.content.decode()
        record.refresh_from_db()
        assert record.approved_by == cast.carol
        assert record.approved_on is not None
    assert (vision.status, pillar.state) == ("approved", "approved")


def test_what_lacks_something_is_not_approved_and_says_what(cast: Cast, sign_in: SignIn) -> None:
    pillar = make(Pillar, cast.programme, kind="always", statement="We always call", state="chosen")
    response = sign_in(cast.carol).post(url(cast, pillar, "approve/"), follow=True)
    assert "Not approved yet." in response.content.decode()
    pillar.refresh_from_db()
    assert (pillar.state, pillar.approved_by) == ("chosen", None)


@pytest.mark.django_db(transaction=True)
def test_what_breaks_just_before_the_word_is_given_is_seen() -> None:
    cast = assemble()
    vision = make(Vision, cast.programme, statement="In 2031 our customers know.")
    pillar = a_whole_pillar(cast, make(VisionElement, cast.programme, vision=vision, text="Knows"))

    def approve() -> None:
        try:
            approvals.approve(pillar, programme=cast.programme, by=cast.carol)
        finally:
            connection.close()

    with ThreadPoolExecutor() as pool:
        with records.writing(cast.programme, cast.alice):
            pillar.gaps.clear()
            given = pool.submit(approve)
            wait_for_one_who_waits_for_us()
        with pytest.raises(approvals.Incomplete):
            given.result()
    pillar.refresh_from_db()
    assert (pillar.state, pillar.approved_by) == ("chosen", None)


def test_choosing_a_promise_names_who_chose(cast: Cast, sign_in: SignIn, pillar: Pillar) -> None:
    promise = make(
        Promise,
        cast.programme,
        text="You hear from us in ten minutes",
        pillar=pillar,
        touchpoint=make(Touchpoint, cast.programme),
        problem=pillar.gaps.all()[0],
    )
    carol = sign_in(cast.carol)
    carol.post(url(cast, promise, "approve/"))
    promise.refresh_from_db()
    assert (promise.status, promise.selected_by) == ("selected", cast.carol)
    carol.post(url(cast, promise, "take-back/"))
    promise.refresh_from_db()
    assert (promise.status, promise.selected_by) == ("proposed", None)


@pytest.mark.parametrize("writer", ["bob", "olga"])
def test_other_words_take_the_approval_back(
    cast: Cast, sign_in: SignIn, vision: Vision, pillar: Pillar, writer: str
) -> None:
    """Whoever writes them, an approver too."""
    carol, bob = sign_in(cast.carol), sign_in(getattr(cast, writer))
    for record in (vision, pillar):
        carol.post(url(cast, record, "approve/"))
        record.refresh_from_db()
        form = bob.get(url(cast, record)).context["form"]
        data = {form.add_prefix(name): form[name].value() for name in form.fields}
        data = {name: value for name, value in data.items() if value is not None}
        data[form.add_prefix("statement")] = "Other words"
        assert bob.post(url(cast, record), data).status_code == HTTPStatus.FOUND
        record.refresh_from_db()
        assert record.statement == "Other words"
        assert record.approved_by is None
    assert (vision.status, pillar.state) == ("draft", "chosen")


def test_only_an_approver_sees_the_way(cast: Cast, sign_in: SignIn, pillar: Pillar) -> None:
    page = f"/w/{cast.workspace.slug}/programmes/{cast.programme.pk}/steps/pillars/"
    approve = url(cast, pillar, "approve/")
    assert approve in sign_in(cast.carol).get(page).content.decode()
    assert approve not in sign_in(cast.alice).get(page).content.decode()
    assert sign_in(cast.alice).post(approve).status_code == HTTPStatus.FORBIDDEN
    pillar.refresh_from_db()
    assert pillar.state == "chosen"


def test_what_cannot_be_approved_is_not_there(cast: Cast, sign_in: SignIn, pillar: Pillar) -> None:
    gap = pillar.gaps.all()[0]
    assert sign_in(cast.carol).post(url(cast, gap, "approve/")).status_code == HTTPStatus.NOT_FOUND
