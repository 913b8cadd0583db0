"""What we know now: one page that management gives its word on."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from http import HTTPStatus

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from cxplan.workspaces.models import Member
from journeys.models import Touchpoint
from roadmap import exchange
from roadmap.domain import figures, gate, loading, records
from roadmap.domain import plan as shapes
from roadmap.exports.book import Book
from roadmap.exports.chapters import gaps as chapter
from roadmap.exports.numbers import Numbers
from roadmap.exports.options import Options
from roadmap.models import Action, Finding, Gap, Programme, Source, Vision
from tests.cast import Cast
from tests.make import make
from tests.roadmap.domain.demo import AS_OF, demo, edit

from .test_home import address, asked, page, seen

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_cache")]
SignIn = Callable[[Member], Client]


@pytest.fixture
def programme(cast: Cast) -> Programme:
    """The demo, of which nothing blocks."""
    return exchange.store(demo("en"), cast.workspace)


def approve(client: Client, programme: Programme, **given: str) -> int:
    html = page(client, address(programme, "gate/"))
    found = re.search(r'name="saw" value="([^"]+)"', html)
    sent = {"saw": found[1] if found else "", "note": "On condition of a budget", **given}
    return client.post(address(programme, "gate/approve/"), sent).status_code


# ------------------------------------------------------------------ the page


def test_the_three_parts_tell_what_was_found(cast: Cast, sign_in: SignIn, programme: Programme) -> None:
    words = seen(page(sign_in(cast.bob), address(programme, "gate/")))
    plan = demo("en")
    assert plan.vision
    assert all(part in words for part in (plan.vision.statement, *(one.text for one in plan.vision.elements)))
    lowest = min(figures.touchpoints(plan).values(), key=lambda one: one.experience or 9)
    name = next(point.name for point in plan.customer_touchpoints() if point.id == lowest.id)
    assert f"Where the experience is lowest {name} experience {lowest.experience:.1f}, expected " in words
    assert "7 customers were called." in words
    assert "They differ most on this: “Whoever meets the customer has the authority" in words
    severest = max(plan.gaps, key=lambda gap: gap.severity or 0)
    assert f"The difference {severest.title}" in words
    assert "Nothing stands in the way." in words


def test_an_empty_programme_says_what_is_missing_and_where(cast: Cast, sign_in: SignIn) -> None:
    html = page(sign_in(cast.carol), address(cast.programme, "gate/"))
    words = seen(html)
    assert "No vision yet" in words
    assert "It can be approved once these are mended: Findings are written down 1. Collect what we already say" in words
    assert "gate/approve/" not in html


def test_the_printed_plan_tells_the_same() -> None:
    with translation.override("en"):
        told = gate.of_plan(demo("en"), AS_OF)
        printed = chapter.gate(Book(demo("en"), Options(as_of=AS_OF), Numbers(demo("en"), AS_OF)))
    assert printed
    assert [one.gap.id for one in printed.gaps] == [gap.id for gap in told.gaps]
    assert [one.text for one in printed.insights] == [one.text for one in told.insights]
    assert (printed.want, printed.below) == (told.vision and told.vision.statement, f"{told.below}/{told.points}")


def test_gaps_stand_by_severity_then_by_how_far_experience_falls_short() -> None:
    plan = edit(edit(demo("en"), "g2", severity=5), "g5", severity=5)
    ranked = gate.rank(plan, figures.touchpoints(plan))
    assert [gap.severity or 0 for gap in ranked] == sorted((gap.severity or 0 for gap in plan.gaps), reverse=True)


# ------------------------------------------------------------------ management's word


def test_an_approver_approves_what_they_saw(cast: Cast, sign_in: SignIn, programme: Programme) -> None:
    carol = sign_in(cast.carol)
    assert approve(carol, programme) == HTTPStatus.FOUND
    programme.refresh_from_db()
    assert (programme.gate_approved_by, programme.gate_approved_on) == (cast.carol, timezone.localdate())
    words = seen(page(carol, address(programme, "gate/")))
    assert "Carol Chief approved this on" in words
    assert "On condition of a budget" in words
    assert "What we know now Steps 1–6 on one page, for management to decide on Approved" in seen(
        page(carol, address(programme))
    )
    plan = loading.load(programme)
    given = plan.programme.gate
    assert given
    assert given.approved_by in {person.id for person in plan.people if person.name == "Carol Chief"}
    assert exchange.read(exchange.to_yaml(plan), "en").programme.gate == given


def test_a_change_after_the_approval_is_shown(cast: Cast, sign_in: SignIn, programme: Programme) -> None:
    carol = sign_in(cast.carol)
    approve(carol, programme)
    make(Action, programme)  # step 8
    assert gate.state(Programme.objects.get(pk=programme.pk)) == "approved"
    make(Finding, programme, source=Source.objects.of(programme)[0])
    words = seen(page(carol, address(programme, "gate/")))
    assert "Changed since it was approved: 1. Collect what we already say" in words
    assert "for management to decide on Changed since it was approved" in seen(page(carol, address(programme)))
    assert approve(carol, programme) == HTTPStatus.FOUND
    assert "Changed since" not in seen(page(carol, address(programme, "gate/")))


def test_nothing_newer_than_what_was_read_is_approved(cast: Cast, sign_in: SignIn, programme: Programme) -> None:
    carol = sign_in(cast.carol)
    old = gate.seen(programme)
    make(Gap, programme, title="Just now")
    response = carol.post(address(programme, "gate/approve/"), {"saw": old, "note": "My words"})
    assert response.status_code == HTTPStatus.CONFLICT
    html = response.content.decode()
    assert "nothing was approved" in html
    assert "My words" in html
    assert carol.post(address(programme, "gate/approve/"), {}).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    programme.refresh_from_db()
    assert programme.gate_approved_on is None


def test_what_blocks_keeps_it_from_being_approved(cast: Cast, sign_in: SignIn, programme: Programme) -> None:
    carol = sign_in(cast.carol)
    vision = Vision.objects.of(programme).get()
    records.change(vision, programme=programme, by=cast.alice, values={"statement": ""})
    programme.refresh_from_db()
    response = carol.post(address(programme, "gate/approve/"), {"saw": gate.seen(programme), "note": "My words"})
    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    words = seen(response.content.decode())
    assert "Not approved yet. Mend first: 3. The vision is one sentence with its year." in words
    assert "My words" in words
    programme.refresh_from_db()
    assert programme.gate_approved_on is None


def test_the_word_can_be_taken_back(cast: Cast, sign_in: SignIn, programme: Programme) -> None:
    carol = sign_in(cast.carol)
    approve(carol, programme)
    assert carol.post(address(programme, "gate/take-back/")).status_code == HTTPStatus.FOUND
    programme.refresh_from_db()
    assert (programme.gate_approved_by, programme.gate_approved_on, programme.gate_note) == (None, None, "")
    assert loading.load(programme).programme.gate is None


def test_only_an_approver_sees_the_way(cast: Cast, sign_in: SignIn, programme: Programme) -> None:
    for member, sees in ((cast.alice, False), (cast.carol, True), (cast.olga, True)):
        html = page(sign_in(member), address(programme, "gate/"))
        assert (address(programme, "gate/approve/") in html) is sees
    assert sign_in(cast.alice).post(address(programme, "gate/approve/")).status_code == HTTPStatus.FORBIDDEN


@pytest.mark.parametrize(("step", "leads"), [("gaps", True), ("pillars", True), ("actions", False)])
def test_it_stands_between_steps_6_and_7(cast: Cast, sign_in: SignIn, step: str, *, leads: bool) -> None:
    html = page(sign_in(cast.bob), address(cast.programme, f"steps/{step}/"))
    assert (address(cast.programme, "gate/") in html) is leads


def test_an_imported_approval_was_given_to_what_was_imported(cast: Cast) -> None:
    given = shapes.Gate(approved_by="harri", approved_on=date(2026, 3, 12), note="Go on")
    plan = replace(demo("en"), programme=replace(demo("en").programme, gate=given))
    made = Programme.objects.get(pk=exchange.store(plan, cast.workspace).pk)
    assert gate.state(made) == "approved"
    make(Touchpoint, made)
    made.refresh_from_db()
    assert gate.changed_since(made) == [5]


# ------------------------------------------------------------------ how much it asks


def test_it_asks_few_queries(cast: Cast, sign_in: SignIn, programme: Programme) -> None:
    carol = sign_in(cast.carol)
    assert asked(carol, address(programme, "gate/")) == 4
    saw = gate.seen(programme)
    with CaptureQueriesContext(connection) as queries:
        gate.approve(programme, by=cast.carol, note="", saw=saw)
    assert sum("SAVEPOINT" not in query["sql"] for query in queries.captured_queries) == 7
