"""The pages of live workshops: opened by a lead, read by everybody, harvested once."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any

import pytest
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cxplan.workshops.domain import facilitate
from cxplan.workshops.models import Note
from cxplan.workspaces.models import Member
from journeys.models import Touchpoint
from roadmap.access import here
from roadmap.domain import workshops
from roadmap.models import Action, Decision, Gap, Opening, PersonalPillar, Pillar, VisionElement
from roadmap.steps import STEPS
from tests.cast import Cast
from tests.make import make
from tests.roadmap.room import Room, gap_room

from .test_home import address, page, seen

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_cache")]
SignIn = Callable[[Member], Client]


@pytest.fixture
def gaps(cast: Cast) -> Room:
    room = gap_room(cast)
    room.go("decide")
    return room


def ticked(html: str, *names: str) -> dict[str, str]:
    """What a browser sends when the outcomes of these names are ticked, each in its own words."""
    sent: dict[str, str] = {}
    for name in names:
        found = re.search(rf'<textarea name="text-([a-z]+-\d+)"[^>]*>\s*{re.escape(name)}', html)
        assert found, name
        sent |= {f"take-{found[1]}": "on", f"text-{found[1]}": name}
    return sent


# ------------------------------------------------------------------ opening


def test_a_lead_opens_a_workshop_from_the_step(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.alice)
    assert address(cast.programme, "steps/gaps/workshop/") in page(client, address(cast.programme, "steps/gaps/"))
    html = page(client, address(cast.programme, "steps/gaps/workshop/"))
    assert 'value="Työpaja: Kuilut"' in html, "the title is in the language of the programme"
    assert "Missä kokemus jää eniten visiosta?" in html
    assert 'value="54"' in html
    sent = {"title": "Our gaps", "starts_at": "2026-12-01T13:00", "minutes": "108"}
    response = client.post(address(cast.programme, "steps/gaps/workshop/"), sent)
    opening = Opening.objects.of(cast.programme).get()
    assert response.headers["Location"] == f"/room/{opening.session_id}/desk/"
    assert opening.starts_at is not None
    assert sum(phase.minutes for phase in opening.session.phases.all()) == 108
    assert opening.session.facilitator == cast.alice
    assert "Our gaps" in page(client, address(cast.programme, "steps/gaps/"))
    assert "Our gaps" in page(client, address(cast.programme, "workshops/"))


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.slug)
def test_every_step_can_be_opened(cast: Cast, sign_in: SignIn, step: object) -> None:
    slug = step.slug  # type: ignore[attr-defined]
    html = page(sign_in(cast.alice), address(cast.programme, f"steps/{slug}/workshop/"))
    assert html.count('class="said-aloud"') == len(step.agenda.phases)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"title": "", "minutes": "54"}, "Write something here."),
        ({"title": "x", "minutes": "5"}, "from 10 to 480"),
        ({"title": "x", "minutes": "54", "starts_at": "tomorrow"}, "2026-11-04T13:00"),
    ],
)
def test_a_wrong_field_is_named(cast: Cast, sign_in: SignIn, sent: dict[str, str], said: str) -> None:
    response = sign_in(cast.alice).post(address(cast.programme, "steps/gaps/workshop/"), sent)
    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert said in response.content.decode()
    assert not Opening.objects.of(cast.programme).exists()


@pytest.mark.parametrize("actor", ["bob", "carol"])
def test_only_leads_open_and_harvest(cast: Cast, sign_in: SignIn, gaps: Room, actor: str) -> None:
    client = sign_in(getattr(cast, actor))
    assert client.get(address(cast.programme, "steps/gaps/workshop/")).status_code == HTTPStatus.FORBIDDEN
    inside = f"workshops/{gaps.opening.pk}/"
    assert client.post(address(cast.programme, f"{inside}harvest/")).status_code == HTTPStatus.FORBIDDEN
    html = page(client, address(cast.programme, inside))
    assert "Left in the dark" in html
    assert "harvest/" not in html
    assert client.get(address(cast.programme, f"{inside}minutes.csv")).status_code == HTTPStatus.OK


# ------------------------------------------------------------------ the harvest


def test_what_is_ticked_becomes_records(cast: Cast, sign_in: SignIn, gaps: Room) -> None:
    client, path = sign_in(cast.alice), address(cast.programme, f"workshops/{gaps.opening.pk}/harvest/")
    html = page(client, path)
    assert seen(html).count(" tie ") == 2
    sent = ticked(html, "Left in the dark", "The door is hard to find")
    response = client.post(path, {**sent, "reason": "It hurts most.", "customers": "2"}, follow=True)
    assert "Taken into the plan: 2 gaps." in response.content.decode()
    assert {gap.title for gap in Gap.objects.of(cast.programme)} == {"Left in the dark", "The door is hard to find"}
    assert Decision.objects.of(cast.programme).get().why == "It hurts most."
    again = page(client, path)
    assert again.count("In the plan</a>") == 2
    assert again.count('name="take-') == 1
    client.post(path, {**sent, "reason": "Twice."})
    assert Gap.objects.of(cast.programme).count() == 2


def test_a_refused_harvest_keeps_what_was_typed(cast: Cast, sign_in: SignIn, gaps: Room) -> None:
    client, path = sign_in(cast.alice), address(cast.programme, f"workshops/{gaps.opening.pk}/harvest/")
    sent = ticked(page(client, path), "Left in the dark")
    words = next(name for name in sent if name.startswith("text-"))
    for given, said in (
        ({**sent, "reason": ""}, "Say why: a year from now somebody will ask."),
        ({"reason": "Because"}, "Nothing is ticked."),
        ({**sent, words: " ", "reason": "Because"}, "Write how it stands in the plan."),
        ({**sent, words: "x" * 301, "reason": "Because"}, "Shorten this to 300 characters"),
    ):
        response = client.post(path, given)
        assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert said in response.content.decode()
    assert not Gap.objects.of(cast.programme).exists()
    kept = client.post(path, {**sent, words: "In darkness", "reason": ""}).content.decode()
    assert "In darkness" in kept
    assert re.search(rf'name="{words.replace("text", "take")}"[^>]*checked', kept)


def test_an_action_is_given_its_links_its_owner_and_its_day(cast: Cast, sign_in: SignIn) -> None:
    gap, pillar = make(Gap, cast.programme), make(Pillar, cast.programme)
    room = Room(cast, 8)
    (note,) = room.write("Call back within the hour", lane="acute")
    room.go("decide")
    client, path = sign_in(cast.alice), address(cast.programme, f"workshops/{room.opening.pk}/harvest/")
    sent = ticked(page(client, path), note.text)
    key = f"note-{note.pk}"
    more: dict[str, object] = {f"gaps-{key}": gap.pk, f"pillars-{key}": pillar.pk, f"owner-{key}": cast.bob.pk}
    more |= {f"lane-{key}": "product", f"due-{key}": "2026-12-24", "reason": "At once."}
    assert client.post(path, {**sent, **more}).status_code == HTTPStatus.FOUND
    action = Action.objects.of(cast.programme).get()
    assert (action.bucket, action.owner, str(action.due)) == ("product", cast.bob, "2026-12-24")
    assert [*action.gaps.all(), *action.pillars.all()] == [gap, pillar]


def test_a_link_to_the_programme_next_door_is_no_choice(cast: Cast, sign_in: SignIn) -> None:
    foreign = make(Gap, cast.programme_next_door)
    room = Room(cast, 8)
    (note,) = room.write("Call back")
    room.go("decide")
    path = address(cast.programme, f"workshops/{room.opening.pk}/harvest/")
    client = sign_in(cast.alice)
    sent = {**ticked(page(client, path), note.text), f"gaps-note-{note.pk}": foreign.pk, "reason": "Because"}
    assert client.post(path, sent).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert not Action.objects.of(cast.programme).exists()


def test_personal_pillars_are_shown_to_nobody(cast: Cast, sign_in: SignIn) -> None:
    room = Room(cast, 12)
    room.write("guess in silence", lane="never", by=1)
    facilitate.close_session(room.session)
    client, inside = sign_in(cast.alice), f"workshops/{room.opening.pk}/"
    for place in ("", "harvest/", "minutes.csv", "minutes.json"):
        shown = client.get(address(cast.programme, inside + place))
        assert shown.status_code == HTTPStatus.OK
        assert "guess in silence" not in shown.content.decode()
    client.post(address(cast.programme, f"{inside}harvest/"), {"reason": "We look again in March."})
    assert PersonalPillar.objects.of(cast.programme).get().person == cast.bob
    assert "guess in silence" not in page(client, address(cast.programme, inside))


def test_the_phone_says_that_a_private_note_is_one_s_own(cast: Cast, sign_in: SignIn) -> None:
    room = Room(cast, 12)
    room.write("guess in silence", lane="never", by=1)
    own, others, desk = (
        page(sign_in(member), f"/room/{room.session.pk}/{place}")
        for member, place in ((cast.bob, ""), (cast.alice, ""), (cast.alice, "desk/"))
    )
    assert "This is yours alone." in own
    assert "guess in silence" in own
    assert "guess in silence" not in others + desk


# ------------------------------------------------------------------ the minutes


def test_the_minutes_tell_what_lost_too(cast: Cast, sign_in: SignIn, gaps: Room) -> None:
    response = sign_in(cast.carol).get(address(cast.programme, f"workshops/{gaps.opening.pk}/minutes.json"))
    told = json.loads(response.content)
    assert [(one["name"], one["place"], one["dots"]) for one in told["result"]] == [
        ("The bill is right and yet beyond understanding", 1, 3),
        ("Left in the dark", 2, 1),
        ("The door is hard to find", 2, 1),
    ]
    assert told["result"][0]["scores"]["severity"] == {"mean": 4.667, "spread": 0.471, "n": 3}
    assert told["participants"] == 3
    assert "Bob" not in response.content.decode()
    assert "attachment" in response.headers["Content-Disposition"]


def test_an_evening_stands_under_the_day_it_had_here(cast: Cast, sign_in: SignIn, gaps: Room) -> None:
    """Half past midnight in Helsinki is still the day before in Greenwich."""
    gaps.session.opened_at = datetime(2026, 11, 22, 22, 30, tzinfo=UTC)
    gaps.session.save(update_fields=["opened_at"])
    response = sign_in(cast.carol).get(address(cast.programme, f"workshops/{gaps.opening.pk}/minutes.json"))
    assert json.loads(response.content)["held_on"] == "2026-11-23"
    assert "2026-11-23.json" in response.headers["Content-Disposition"]


def test_no_cell_of_the_minutes_is_a_formula(cast: Cast, sign_in: SignIn) -> None:
    room = Room(cast, 6)
    room.write("=HYPERLINK(1)", "+1", "plain")
    room.go("reveal")
    response = sign_in(cast.bob).get(address(cast.programme, f"workshops/{room.opening.pk}/minutes.csv"))
    rows = list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert [row["note"] for row in rows] == ["'=HYPERLINK(1)", "'+1", "plain"]


def test_hidden_notes_are_in_no_minutes(cast: Cast, sign_in: SignIn) -> None:
    room = Room(cast, 6)
    room.write("Not yet for you")
    client = sign_in(cast.alice)
    for place in ("", "harvest/", "minutes.csv", "minutes.json"):
        shown = client.get(address(cast.programme, f"workshops/{room.opening.pk}/{place}"))
        assert "Not yet for you" not in shown.content.decode()


def test_what_was_promised_is_shown_when_the_next_opens(cast: Cast, sign_in: SignIn, gaps: Room) -> None:
    client = sign_in(cast.alice)
    gaps.harvest(gaps.pick("Left in the dark"), reason="It hurts most.")
    for place in ("workshops/", "steps/pillars/workshop/"):
        words = seen(page(client, address(cast.programme, place)))
        assert "What the last workshop promised" in words
        assert "It hurts most." in words


def test_another_programme_s_workshop_is_not_there(cast: Cast, sign_in: SignIn, gaps: Room) -> None:
    client = sign_in(cast.charlie)
    for place in ("", "harvest/", "minutes.csv", "minutes.json"):
        path = address(cast.programme_next_door, f"workshops/{gaps.opening.pk}/{place}")
        assert client.get(path).status_code == HTTPStatus.NOT_FOUND


def test_the_pages_ask_no_more_for_many_notes(cast: Cast, sign_in: SignIn) -> None:
    room = Room(cast, 8)
    make(Gap, cast.programme), make(Pillar, cast.programme)
    client = sign_in(cast.alice)

    def count() -> dict[str, int]:
        found = {}
        for place in ("", "harvest/", "minutes.csv", "minutes.json"):
            with CaptureQueriesContext(connection) as queries:
                client.get(address(cast.programme, f"workshops/{room.opening.pk}/{place}"))
            found[place] = len(queries)
        return found

    notes = room.write("One", "Two", lane="acute")
    room.go("decide")
    count()  # what the programme keeps of itself is made once
    few = count()
    room.write(*(f"Note {number}" for number in range(20)), lane="acute")
    room.group("Some", *Note.objects.of(room.session).filter(text__startswith="Note 1"))
    room.score(notes[0], impact=(5, 4, 4))
    room.go("decide")
    assert count() == few
    assert max(few.values()) <= 15


def test_a_record_leads_back_to_its_workshop(cast: Cast, sign_in: SignIn, gaps: Room) -> None:
    gaps.harvest(gaps.pick("Left in the dark"))
    other = make(Gap, cast.programme, title="From a form")
    gap = Gap.objects.of(cast.programme).get(title="Left in the dark")
    client = sign_in(cast.carol)
    way = address(cast.programme, f"records/gap/{gap.pk}/origin/")
    html = page(client, address(cast.programme, "steps/gaps/"))
    assert way in html
    assert f"records/gap/{other.pk}/origin/" not in html
    assert client.get(way).headers["Location"] == address(cast.programme, f"workshops/{gaps.opening.pk}/")
    elsewhere = client.get(address(cast.programme, f"records/gap/{other.pk}/origin/"))
    assert elsewhere.headers["Location"] == address(cast.programme, "workshops/")
    assert client.get(address(cast.programme, f"records/touchpoint/{gap.pk}/origin/")).status_code == 404


def test_the_desk_leads_on_to_the_harvest(cast: Cast, sign_in: SignIn, gaps: Room, rf: RequestFactory) -> None:
    way = address(cast.programme, f"workshops/{gaps.opening.pk}/harvest/")
    facilitate.close_session(gaps.session)
    assert way in page(sign_in(cast.alice), f"/room/{gaps.session.pk}/desk/")
    request: Any = rf.get("/")
    request.room, request.facilitates = gaps.session, False
    assert "harvest_url" not in here(request)


def test_a_gap_is_asked_what_it_leans_on(cast: Cast, sign_in: SignIn, gaps: Room) -> None:
    element, point = make(VisionElement, cast.programme), make(Touchpoint, cast.programme)
    client, path = sign_in(cast.alice), address(cast.programme, f"workshops/{gaps.opening.pk}/harvest/")
    html = page(client, path)
    assert "pillars-" not in html, "a pillar leans on a gap, not the other way"
    sent = ticked(html, "Left in the dark")
    key = next(name for name in sent if name.startswith("take-")).removeprefix("take-")
    links = {f"vision_elements-{key}": element.pk, f"touchpoints-{key}": point.pk, "reason": "It hurts."}
    client.post(path, {**sent, **links})
    gap = Gap.objects.of(cast.programme).get()
    assert [*gap.vision_elements.all(), *gap.touchpoints.all()] == [element, point]


def test_the_home_page_tells_of_the_workshop_that_goes_on_or_comes_next(cast: Cast, sign_in: SignIn) -> None:
    client, agenda, now = sign_in(cast.bob), STEPS[5].agenda, timezone.now()

    def open_for(title: str, days: int) -> Opening:
        given: Any = {"facilitator": cast.alice, "title": title, "starts_at": now + timedelta(days=days)}
        return workshops.open_workshop(cast.programme, 6, agenda, **given)

    open_for("Long ago", -9)
    later, sooner = open_for("Later", 9), open_for("Sooner", 3)
    html = page(client, address(cast.programme))
    assert "Sooner" in html
    assert "Later" not in html
    assert "Long ago" not in html
    facilitate.open_session(later.session)
    going_on = page(client, address(cast.programme))
    assert "Going on now" in going_on
    assert address(cast.programme, f"workshops/{later.pk}/") in going_on
    assert sooner.session.title not in going_on
