"""Between meetings: the team is asked from a step's page, and the lead decides what follows from the answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from cxplan.workshops import tasks
from cxplan.workshops.domain import between, board, seats
from cxplan.workshops.domain.board import Target
from cxplan.workshops.models import Asked, Mode, Note, State
from cxplan.workspaces.models import Member
from roadmap.domain import workshops
from roadmap.models import Decision, Gap, HeldWorkshop, Opening, Pillar
from roadmap.steps import BY_NUMBER
from tests.cast import Cast
from tests.make import make

from .test_home import address, page, seen

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_cache")]
SignIn = Callable[[Member], Client]


def until(days: int = 3) -> str:
    return f"{timezone.localtime() + timedelta(days=days):%Y-%m-%dT16:00}"


def asked(cast: Cast, client: Client, poll: str, *records: Gap | Pillar, people: tuple[Member, ...] = ()) -> Opening:
    """A vote opened by the form."""
    sent = {
        "question": "How bad is it?",
        "about": [record.pk for record in records],
        "deadline": until(),
        "asked": [member.pk for member in people or (cast.bob, cast.carol)],
    }
    response = client.post(address(cast.programme, f"ask/{poll}/"), sent)
    opening = Opening.objects.of(cast.programme).get()
    assert response.headers["Location"] == address(cast.programme, f"workshops/{opening.pk}/")
    return opening


def score(opening: Opening, member: Member, record: Gap | Pillar, value: int) -> None:
    session = opening.session
    seat = seats.take_as_member(session, member).participant
    note = Note.objects.of(session).get(ref__endswith=f":{record.pk}")
    phase = session.phases.get()
    board.give_score(session, phase, seat, Target(note=note.pk), scale=phase.scales[0]["key"], value=value)


def close(opening: Opening) -> None:
    between.end(opening.session)
    opening.session.refresh_from_db()


def test_a_lead_asks_the_team_from_the_step(
    cast: Cast, sign_in: SignIn, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    client = sign_in(cast.alice)
    bill, queue = (make(Gap, cast.programme, title=title) for title in ("The bill", "The queue"))
    assert address(cast.programme, "ask/severity/") in page(client, address(cast.programme, "steps/gaps/"))
    assert address(cast.programme, "ask/support/") in page(client, address(cast.programme, "steps/pillars/"))
    assert "/ask/" not in page(client, address(cast.programme, "steps/vision/"))
    html = page(client, address(cast.programme, "ask/severity/"))
    assert "Kuinka vakava kuilu on asiakkaalle?" in html, "in the language of the programme"
    assert html.count('name="about"') == 2
    with django_capture_on_commit_callbacks() as later:
        opening = asked(cast, client, "severity", bill)
    assert any("_wake" in str(each) for each in later), "the mails leave when the vote is there to stay"
    for each in Asked.objects.of(opening.session):
        tasks.mail_asked(asked=each.pk)
    assert len(mail.outbox) == 2
    assert opening.session.is_between
    assert [note.ref for note in opening.session.notes.all()] == [f"gap:{bill.pk}"]
    assert {each.member for each in opening.session.asked.all()} == {cast.bob, cast.carol}
    assert "Open until" in page(client, address(cast.programme, "workshops/"))
    assert "Open until" in page(client, address(cast.programme, f"workshops/{opening.pk}/"))
    assert queue.title not in page(client, address(cast.programme, f"workshops/{opening.pk}/"))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"deadline": "2020-01-01T10:00"}, "still to come"),
        ({"deadline": "2099-01-01T10:00"}, "within 90 days"),
        ({"deadline": "soon"}, "2026-11-04T13:00"),
        ({"about": []}, "Choose one of these."),
        ({"asked": []}, "Choose one of these."),
        ({"question": ""}, "Write something here."),
    ],
)
def test_a_wrong_wish_is_named_and_nothing_is_asked(
    cast: Cast, sign_in: SignIn, change: dict[str, object], said: str
) -> None:
    gap = make(Gap, cast.programme, title="The bill")
    sent = {"question": "How bad?", "about": [gap.pk], "deadline": until(), "asked": [cast.bob.pk], **change}
    response = sign_in(cast.alice).post(address(cast.programme, "ask/severity/"), sent)
    assert response.status_code == 422
    assert said in response.content.decode()
    assert not Opening.objects.exists()


def test_people_next_door_cannot_be_asked(cast: Cast, sign_in: SignIn) -> None:
    gap = make(Gap, cast.programme, title="The bill")
    elsewhere = make(Gap, cast.programme_next_door, title="Theirs")
    for wrong in ({"asked": [cast.charlie.pk]}, {"about": [elsewhere.pk]}):
        sent = {"question": "?", "about": [gap.pk], "deadline": until(), "asked": [cast.bob.pk], **wrong}
        assert sign_in(cast.alice).post(address(cast.programme, "ask/severity/"), sent).status_code == 422
    assert not Opening.objects.exists()


def test_the_vote_proposes_a_severity_and_the_lead_decides(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.alice)
    bill = make(Gap, cast.programme, title="The bill", severity=2)
    queue, quiet = (make(Gap, cast.programme, title=title) for title in ("The queue", "The silence"))
    opening = asked(cast, client, "severity", bill, queue, quiet)
    for member, value in ((cast.bob, 5), (cast.carol, 4)):
        score(opening, member, bill, value)
    score(opening, cast.bob, queue, 2)
    path = address(cast.programme, f"workshops/{opening.pk}/harvest/")
    assert "still open" in page(client, path)
    assert client.post(path, {f"take-{bill.pk}": "on", f"value-{bill.pk}": 5, "reason": "x"}).status_code == 422
    close(opening)
    html = seen(page(client, path))
    assert "mean 4.5, spread 0.5, n = 2" in html
    assert "in the plan now: 2" in html
    assert "The silence" not in html, "nobody answered"
    bill.refresh_from_db()
    assert bill.severity == 2, "nothing is changed by itself"
    refused = client.post(path, {f"value-{bill.pk}": 5, f"value-{queue.pk}": 2, "reason": ""})
    assert refused.status_code == 422
    assert "Say why: a year from now somebody will ask." in refused.content.decode()
    sent = {f"take-{bill.pk}": "on", f"value-{bill.pk}": 4, f"value-{queue.pk}": 2, "reason": "It hurts."}
    assert client.post(path, {**sent, f"value-{bill.pk}": 6}).status_code == 422
    client.post(path, sent)
    bill.refresh_from_db()
    queue.refresh_from_db()
    assert (bill.severity, queue.severity) == (4, None), "the lead saw it otherwise, and left one out"
    decision = Decision.objects.of(cast.programme).get()
    assert decision.why == "It hurts."
    assert decision.text == "Kuilujen vakavuus: The bill: vakavuus 4."
    assert decision.about == [bill.exchange_id]
    opening.refresh_from_db()
    assert opening.harvested_at
    assert not HeldWorkshop.objects.of(cast.programme).exists(), "a vote is no workshop that was held"
    assert workshops.promised(cast.programme) is None, "and promises nothing"


def test_support_is_how_many_stand_behind_a_pillar(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.alice)
    pillar = make(Pillar, cast.programme, statement="We always answer", votes=0)
    opening = asked(cast, client, "support", pillar)
    for member, value in ((cast.bob, 5), (cast.carol, 4), (cast.olga, 3)):
        score(opening, member, pillar, value)
    close(opening)
    path = address(cast.programme, f"workshops/{opening.pk}/harvest/")
    assert f'name="value-{pillar.pk}" value="2"' in page(client, path)
    client.post(path, {f"take-{pillar.pk}": "on", f"value-{pillar.pk}": 2, "reason": "Most of us."})
    pillar.refresh_from_db()
    assert pillar.votes == 2


def test_dots_become_the_votes_of_a_pillar(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.alice)
    pillar = make(Pillar, cast.programme, statement="We always answer")
    opening = asked(cast, client, "dots", pillar)
    seat = seats.take_as_member(opening.session, cast.bob).participant
    target = Target(note=Note.objects.of(opening.session).get().pk)
    for _dot in range(2):
        board.give_dot(opening.session, opening.session.phases.get(), seat, target)
    close(opening)
    html = page(client, address(cast.programme, f"workshops/{opening.pk}/harvest/"))
    assert "2 dots" in html
    assert f'name="value-{pillar.pk}" value="2"' in html


def test_only_leads_ask_and_decide(cast: Cast, sign_in: SignIn) -> None:
    gap = make(Gap, cast.programme, title="The bill")
    opening = asked(cast, sign_in(cast.alice), "severity", gap)
    bob = sign_in(cast.bob)
    assert bob.get(address(cast.programme, "ask/severity/")).status_code == 403
    assert bob.get(address(cast.programme, f"workshops/{opening.pk}/harvest/")).status_code == 403
    html = page(bob, address(cast.programme, f"workshops/{opening.pk}/"))
    assert f"/room/{opening.session_id}/" in html
    assert "/desk/" not in html


def test_a_workshop_collects_notes_before_its_meeting(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.alice)
    agenda = BY_NUMBER[6].agenda
    opening = workshops.open_workshop(cast.programme, 6, agenda, facilitator=cast.alice, title="Gaps")
    inside, path = (address(cast.programme, f"workshops/{opening.pk}/{more}") for more in ("", "collect/"))
    assert path in page(client, inside)
    assert client.post(path, {"deadline": until(), "asked": []}).status_code == 422
    response = client.post(path, {"deadline": until(), "asked": [cast.bob.pk]})
    assert response.headers["Location"] == f"/room/{opening.session_id}/desk/"
    opening.session.refresh_from_db()
    assert opening.session.state == State.OPEN
    assert opening.session.phase
    assert opening.session.phase.mode == Mode.WRITE
    assert path not in page(client, inside)
    assert client.post(path, {"deadline": until(), "asked": [cast.bob.pk]}).status_code == 422
    vote = asked_later(cast, client)
    assert client.get(address(cast.programme, f"workshops/{vote.pk}/collect/")).status_code == 404


def asked_later(cast: Cast, client: Client) -> Opening:
    gap = make(Gap, cast.programme, title="The bill")
    sent = {"question": "?", "about": [gap.pk], "deadline": until(), "asked": [cast.bob.pk]}
    client.post(address(cast.programme, "ask/severity/"), sent)
    return Opening.objects.of(cast.programme).exclude(poll="").get()
