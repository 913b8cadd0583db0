"""The home of a programme and of a workspace."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from http import HTTPStatus
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.formats import date_format

from cxplan.workspaces.models import Member
from journeys.models import Journey, Touchpoint
from roadmap.domain import programmes, records, steps
from roadmap.models import Finding, Gap, HeldWorkshop, PersonalPillar, Pillar, Programme, Vision, VisionElement
from tests.cast import Cast
from tests.make import make, make_export, make_programme

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_cache")]
SignIn = Callable[[Member], Client]


def address(programme: Programme, rest: str = "") -> str:
    return f"/w/{programme.workspace.slug}/programmes/{programme.pk}/{rest}"


def page(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == HTTPStatus.OK
    return response.content.decode()


def seen(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", re.sub(r"<svg.*?</svg>", "", html, flags=re.DOTALL))).split())


def asked(client: Client, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == HTTPStatus.OK
    return len(queries)


# ------------------------------------------------------------------ the programme


def test_a_new_programme_says_how_to_begin(cast: Cast, sign_in: SignIn) -> None:
    html = page(sign_in(cast.alice), address(cast.programme))
    assert "Begin with what the company already says about the customer." in html
    assert address(cast.programme, "records/source/new/") in html
    assert "0 / 12 steps done" in html
    assert "chain-box" not in html


def test_the_home_tells_the_vision_the_chain_and_a_line_for_each_step(cast: Cast, sign_in: SignIn) -> None:
    vision = make(Vision, cast.programme, statement="In 2031 nobody is left alone.", year=2031)
    make(VisionElement, cast.programme, vision=vision)
    make(Gap, cast.programme)
    make(Gap, cast.programme)
    html = page(sign_in(cast.alice), address(cast.programme))
    words = seen(html)
    assert "In <b>2031</b> nobody is left alone." in html
    assert "1 vision 1 vision element 2 gaps 0 pillars 0 actions 0 metrics 2 gaps have none 0 personal pillars" in words
    assert "2 gaps, 2 without a metric" in words
    assert html.count('class="step-name"') == 12
    assert "Begin with what the company" not in html


@pytest.mark.parametrize("reader", ["alice", "bob", "carol"])
def test_only_pillars_that_everyone_may_see_are_counted(cast: Cast, sign_in: SignIn, reader: str) -> None:
    for visibility in ("private", "team", "programme"):
        make(PersonalPillar, cast.programme, by=cast.bob, person=cast.bob, visibility=visibility)
    words = seen(page(sign_in(getattr(cast, reader)), address(cast.programme)))
    assert "1 personal pillar shared with everyone" in words
    assert "0 rollout items, 1 personal pillar shared with everyone" in words


def test_a_private_pillar_leaves_no_trace_on_the_home_of_others(cast: Cast, sign_in: SignIn) -> None:
    served = make(Pillar, cast.programme)
    carol = sign_in(cast.carol)
    before = seen(page(carol, address(cast.programme)))
    own = {"person": cast.bob, "visibility": "private", "pillars": [served]}
    made = make(PersonalPillar, cast.programme, by=cast.bob, **own)
    assert seen(page(carol, address(cast.programme))) == before
    assert "Personal pillar" in seen(page(sign_in(cast.bob), address(cast.programme)))
    assert seen(page(carol, address(cast.programme))) == before  # nor does what was shown to its writer
    records.change(made, programme=cast.programme, by=cast.bob, values={"visibility": "programme"})
    assert "Personal pillar" in seen(page(carol, address(cast.programme)))


def test_what_is_next_is_the_first_step_under_way_with_its_reason(cast: Cast, sign_in: SignIn) -> None:
    steps.set_state(cast.programme, 1, "done", by=cast.alice)
    steps.set_state(cast.programme, 6, "in_progress", by=cast.alice)
    words = seen(page(sign_in(cast.alice), address(cast.programme)))
    assert "Next Not yet so: gaps are written down. Find the gaps Not now Why this?" in words
    assert "It is the first step that is begun and not done." in words


def test_nothing_is_next_once_every_step_is_done(cast: Cast, sign_in: SignIn) -> None:
    for number in range(1, 13):
        steps.set_state(cast.programme, number, "done", by=cast.alice)
    html = page(sign_in(cast.alice), address(cast.programme))
    assert "12 / 12 steps done" in html
    assert "next-heading" not in html


def test_people_and_the_latest_changes(cast: Cast, sign_in: SignIn) -> None:
    cast.programme.cx_owner = cast.alice
    cast.programme.save()
    cast.programme.core_group.set([cast.alice, cast.bob])
    make(Finding, cast.programme, by=cast.bob, text="A finding of Bob's")
    words = seen(page(sign_in(cast.alice), address(cast.programme)))
    assert "Alice Leader · CX owner Core group: Bob Builder" in words
    assert "Finding: A finding of Bob's Bob Builder · added" in words


def test_the_next_workshop_says_when_for_what_and_who_leads_it(cast: Cast, sign_in: SignIn) -> None:
    today = timezone.localdate()
    for title, days in (("Gone", -1), ("Later", 9), ("Gap workshop", 0)):
        day = today + timedelta(days=days)
        make(HeldWorkshop, cast.programme, title=title, held_on=day, step=6, facilitator=cast.bob)
    make(HeldWorkshop, cast.programme, title="Some day", held_on=None, step=6)
    html = page(sign_in(cast.carol), address(cast.programme))
    said = seen(html).partition("Next workshop")[2].partition("Lately")[0]
    assert (
        f"{date_format(today, 'DATE_FORMAT')} Gap workshop Step 6: Find the gaps BB Bob Builder · facilitator" in said
    )
    assert not {"Gone", "Later", "Some day"} & set(said.split())
    found = HeldWorkshop.objects.of(cast.programme).get(title="Gap workshop")
    assert f'href="{address(cast.programme, "log/")}#workshop-{found.pk}"' in html


def test_what_changed_lately_mixes_what_everyone_sees_with_the_readers_own(cast: Cast, sign_in: SignIn) -> None:
    bob, carol = sign_in(cast.bob), sign_in(cast.carol)

    def lately(client: Client) -> list[str]:
        told = seen(page(client, address(cast.programme))).partition("Lately")[2].partition("The plan")[0]
        return re.findall(r"Gap|Personal pillar", told)

    make(PersonalPillar, cast.programme, by=cast.bob, person=cast.bob, visibility="private")
    for _ in range(4):
        make(Gap, cast.programme, by=cast.alice)
    assert (lately(bob), lately(carol)) == (["Gap"] * 4 + ["Personal pillar"], ["Gap"] * 4)
    make(Gap, cast.programme, by=cast.alice)
    assert (lately(bob), lately(carol)) == (["Gap"] * 5, ["Gap"] * 5)
    make(PersonalPillar, cast.programme, by=cast.bob, person=cast.bob, visibility="private")
    assert (lately(bob), lately(carol)) == (["Personal pillar", *["Gap"] * 4], ["Gap"] * 5)


@pytest.mark.parametrize(("name", "plans"), [("alice", True), ("bob", False), ("carol", False)])
def test_a_lead_is_invited_to_plan_a_workshop(cast: Cast, sign_in: SignIn, name: str, *, plans: bool) -> None:
    html = page(sign_in(getattr(cast, name)), address(cast.programme))
    assert "No workshop is planned." in html
    assert (address(cast.programme, "records/workshop/new/") in html) is plans


@pytest.mark.parametrize("begun", [False, True])
def test_a_viewer_sees_the_same_page_without_buttons(cast: Cast, sign_in: SignIn, *, begun: bool) -> None:
    if begun:
        steps.set_state(cast.programme, 6, "in_progress", by=cast.alice)
    html = page(sign_in(cast.carol), address(cast.programme))
    main = html[html.index("<main") : html.index("</main>")]
    assert "<button" not in main
    assert 'class="button' not in main


def test_the_plan_can_be_fetched_and_says_when_it_is_old(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.carol)
    assert "No PDF has been made yet." in page(client, address(cast.programme))
    made = make_export(cast.programme, cast.alice)
    html = page(client, address(cast.programme))
    assert address(cast.programme, f"exports/{made.pk}/plan.pdf") in html
    assert "The programme has changed since." not in html
    make(Gap, cast.programme, by=cast.alice)
    assert "The programme has changed since." in page(client, address(cast.programme))


@pytest.mark.parametrize(("name", "leads"), [("alice", True), ("bob", False), ("carol", False)])
def test_only_a_lead_may_edit_or_throw_away(cast: Cast, sign_in: SignIn, name: str, *, leads: bool) -> None:
    html = page(sign_in(getattr(cast, name)), address(cast.programme))
    assert (address(cast.programme, "edit/") in html) is leads
    assert (address(cast.programme, "trash-programme/") in html) is leads


def test_a_lead_edits_every_part_of_the_programme(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.alice)
    html = page(client, address(cast.programme, "edit/"))
    names = set(re.findall(r'name="(\w+)"', html[html.index("form-part") :]))
    assert {"name", "cx_owner", "business_case_low", "organisation_brand_promise"} <= names
    sent: dict[str, Any] = {"name": "Anew", "language": "fi", "version": cast.programme.version}
    assert client.post(address(cast.programme, "edit/"), sent).status_code == HTTPStatus.FOUND
    cast.programme.refresh_from_db()
    assert cast.programme.name == "Anew"


def test_a_refused_programme_keeps_what_was_typed(cast: Cast, sign_in: SignIn) -> None:
    sent = {"name": "", "purpose": "Kept words", "language": "fi", "version": cast.programme.version}
    response = sign_in(cast.alice).post(address(cast.programme, "edit/"), sent)
    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    html = response.content.decode()
    assert "Kept words" in html
    assert "One thing needs mending" in html


def test_two_people_edit_the_programme_at_once(cast: Cast, sign_in: SignIn) -> None:
    alice, olga = sign_in(cast.alice), sign_in(cast.olga)
    sent: dict[str, Any] = {"name": "Mine", "language": "fi", "version": cast.programme.version}
    olga.post(address(cast.programme, "edit/"), sent | {"name": "Theirs"})

    contested = alice.post(address(cast.programme, "edit/"), sent)

    assert contested.status_code == HTTPStatus.CONFLICT
    assert contested.context["compared"] == [("Name", "Theirs", "Mine")]
    assert "Olga Owner changed this while you were writing" in contested.content.decode()
    cast.programme.refresh_from_db()
    assert cast.programme.name == "Theirs"

    version = contested.context["form"]["version"].value()
    assert alice.post(address(cast.programme, "edit/"), sent | {"version": version}).status_code == HTTPStatus.FOUND
    cast.programme.refresh_from_db()
    assert cast.programme.name == "Mine"


# ------------------------------------------------------------------ the workspace


def test_the_workspace_shows_programmes_with_their_sentence_and_progress(cast: Cast, sign_in: SignIn) -> None:
    make(Vision, cast.programme, statement="Nobody is left alone.", year=2031)
    steps.set_state(cast.programme, 1, "done", by=cast.alice)
    journey = make(Journey, cast.programme, name="Moving in")
    make(Touchpoint, cast.programme, journey=journey)
    html = page(sign_in(cast.alice), "/w/alpha/")
    words = seen(html)
    assert "In progress Alongside Nobody is left alone. 1 / 12 steps done" in words
    assert "Moving in Customer journey · 1 touchpoint" in words
    assert f'href="{address(cast.programme, "steps/journey/")}#journey-{journey.pk}"' in html
    assert f'id="journey-{journey.pk}"' in page(sign_in(cast.alice), address(cast.programme, "steps/journey/"))
    assert "Elsewhere" not in words


def test_a_programme_comes_back_from_the_trash(cast: Cast, sign_in: SignIn) -> None:
    programmes.trash(cast.programme, by=cast.alice)
    assert "In the trash" not in page(sign_in(cast.bob), "/w/alpha/")
    client = sign_in(cast.alice)
    assert "Restore “Alongside”" in seen(page(client, "/w/alpha/"))
    assert client.post(address(cast.programme, "restore/")).status_code == HTTPStatus.FOUND
    assert page(client, address(cast.programme))


def test_an_empty_workspace_offers_the_first_programme_to_a_lead_only(cast: Cast, sign_in: SignIn) -> None:
    programmes.trash(cast.programme, by=cast.alice)
    assert "/w/alpha/programmes/new/" in page(sign_in(cast.alice), "/w/alpha/")
    html = page(sign_in(cast.bob), "/w/alpha/")
    assert "/programmes/new/" not in html
    assert "Your CX lead starts the first programme." in html


def test_a_new_programme_begins_with_a_name(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.alice)
    assert "A name is enough." in page(client, "/w/alpha/programmes/new/")
    response = client.post("/w/alpha/programmes/new/", {"name": "District heating", "language": "en"})
    made = Programme.objects.get(name="District heating")
    assert response["Location"] == address(made)
    refused = client.post("/w/alpha/programmes/new/", {"name": "", "language": "en"})
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY


@pytest.mark.parametrize(("language", "clock"), [("fi", r"lisätty, klo \d{1,2}\.\d\d "), ("en", r"added, \d\d:\d\d ")])
def test_a_time_of_today_cannot_be_read_as_a_date(cast: Cast, sign_in: SignIn, language: str, clock: str) -> None:
    make(Finding, cast.programme, text="A finding of Bob's", by=cast.bob)
    client = sign_in(cast.alice)
    client.post("/i18n/setlang/", {"language": language})
    assert re.search(clock, seen(page(client, address(cast.programme))))


# ------------------------------------------------------------------ how much a page asks


def test_the_home_asks_as_much_with_one_record_as_with_three(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.alice)
    Programme.objects.of(cast.workspace).update(cx_owner=cast.alice, sponsor=cast.carol)
    make(HeldWorkshop, cast.programme, held_on=timezone.localdate(), facilitator=cast.bob)
    make(Gap, cast.programme, by=cast.alice)
    one = asked(client, address(cast.programme))
    make(Gap, cast.programme, by=cast.alice)
    make(Gap, cast.programme, by=cast.alice)
    assert (one, asked(client, address(cast.programme))) == (8, 8)


def test_the_workspace_asks_as_much_with_one_programme_as_with_three(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.alice)
    one = asked(client, "/w/alpha/")
    for name in ("Second", "Third"):
        make(Journey, make_programme(cast.workspace, name, cx_owner=cast.alice))
    assert (one, asked(client, "/w/alpha/")) == (9, 9)
