"""Coming in: two taps and one field, no guessing, and nobody kept out because many come from one address."""

from __future__ import annotations

import random
import re
import time
from collections import Counter
from collections.abc import Callable

import pytest
from django.conf import settings as product
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from cxplan.workshops.access import cookie_name
from cxplan.workshops.domain import facilitate
from cxplan.workshops.models import Participant, Session
from cxplan.workspaces.models import Member
from tests.cast import Cast
from tests.workshops.rooms import guest, opened

JOIN = "/join/"

pytestmark = pytest.mark.usefixtures("fresh_cache")


@pytest.fixture
def session(cast: Cast) -> Session:
    return opened(cast.alice)


def by_qr(session: Session) -> str:
    return reverse("workshops:join_by_token", args=[session.token])


def room(session: Session) -> str:
    return reverse("workshops:room", args=[session.pk])


def test_a_guest_comes_in_with_the_code_and_without_an_account(session: Session) -> None:
    phone = Client()
    assert phone.get(room(session)).status_code == 302  # to sign in, as for any room
    code = f"{session.code[:3]} {session.code[3:]}"
    answer = phone.post(JOIN, {"code": code, "nickname": "Ann"})
    assert answer.headers["Location"] == room(session)
    cookie = answer.cookies[cookie_name(session.pk)]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")
    page = phone.get(room(session))
    assert page.status_code == 200
    assert str(Participant.objects.of(session).get()) == "Ann"
    assert product.SESSION_COOKIE_NAME not in phone.cookies


def test_the_qr_code_asks_one_field_and_leads_back_to_the_seat(session: Session) -> None:
    phone = Client()
    fields = re.findall(r'<input[^>]+name="(\w+)"', phone.get(by_qr(session)).content.decode())
    assert [name for name in fields if name not in ("csrfmiddlewaretoken", "next")] == ["nickname"]
    phone.post(by_qr(session), {"nickname": ""})
    assert phone.get(by_qr(session)).headers["Location"] == room(session)
    phone.post(by_qr(session), {"nickname": "Again"})
    assert [str(seat) for seat in Participant.objects.of(session)] == ["Anonymous guest"]


def test_a_member_takes_their_own_seat(cast: Cast, session: Session, sign_in: Callable[[Member], Client]) -> None:
    phone = sign_in(cast.bob)
    for _again in range(2):
        assert phone.post(by_qr(session), {"nickname": "ignored"}).headers["Location"] == room(session)
    assert [seat.member for seat in Participant.objects.of(session)] == [cast.bob]
    assert cookie_name(session.pk) not in phone.cookies


def test_a_guest_who_signs_in_keeps_the_seat(cast: Cast, session: Session, sign_in: Callable[[Member], Client]) -> None:
    phone = Client()
    phone.post(by_qr(session), {"nickname": "Bobby"})
    signed_in = sign_in(cast.bob)
    signed_in.cookies.update(phone.cookies)
    assert signed_in.get(room(session)).status_code == 200
    signed_in.post(reverse("workshops:take_seat", args=[session.pk]))
    assert [seat.member for seat in Participant.objects.of(session)] == [cast.bob]


def test_whatever_is_wrong_with_a_link_its_page_is_the_same(cast: Cast, session: Session) -> None:
    closed = facilitate.close_session(opened(cast.alice))
    pages = set()
    for token in (closed.token, session.token[:-1], "0" * 32, session.code):
        answer = Client().get(reverse("workshops:join_by_token", args=[token]))
        assert answer.status_code == 410
        page = answer.content.decode().replace(answer["X-Request-ID"], "").replace(token, "")
        pages.add(re.sub(r'(csrfmiddlewaretoken" value="|X-CSRFToken": "|X-CSRFToken&quot;: &quot;)\w+', "", page))
    assert len(pages) == 1


def test_a_seat_opens_one_room_and_nothing_else(cast: Cast, session: Session) -> None:
    other, phone = opened(cast.alice), Client()
    phone.post(by_qr(session), {"nickname": "Ann"})
    slug, programme = cast.workspace.slug, cast.programme.pk
    for path in (room(other), "/account/", f"/w/{slug}/people/", f"/w/{slug}/programmes/{programme}/"):
        assert phone.get(path).headers["Location"].startswith("/accounts/login/")
    for name in ("desk", "screen"):
        assert phone.get(reverse(f"workshops:{name}", args=[session.pk])).status_code == 302
    for name in ("turn", "open", "close", "aside", "choose"):
        assert phone.post(reverse(f"workshops:{name}", args=[session.pk])).status_code == 302


def test_a_removed_guest_is_out_with_the_next_request(session: Session) -> None:
    phone = Client()
    phone.post(by_qr(session), {"nickname": "Ann"})
    facilitate.remove(session, Participant.objects.of(session).get())
    assert phone.get(room(session)).status_code == 302
    assert phone.post(reverse("workshops:write", args=[session.pk]), {"text": "No"}).status_code == 302


def test_guesses_from_many_addresses_are_hardly_looked_at(cast: Cast, settings: Settings) -> None:
    """Only the first few are looked up at all."""
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 0
    codes = {opened(cast.alice).code for _room in range(20)}
    wrong = (f"{number:06}" for number in range(10**6) if f"{number:06}" not in codes)
    answers = []
    for number in range(200):
        address = f"10.0.{number % 50}.1"
        answers.append(Client(REMOTE_ADDR=address).post(JOIN, {"code": next(wrong)}).status_code)
    assert answers.count(422) == 100  # a minute's worth for everybody together
    assert set(answers[100:]) == {429}
    right = Client(REMOTE_ADDR="10.0.9.9").post(JOIN, {"code": codes.pop()})
    assert right.status_code == 429  # found, but the door is shut: nothing is told
    assert not Participant.objects.exists()


@pytest.mark.slow
def test_ten_thousand_guesses_find_nothing(session: Session) -> None:
    """Any of the million codes, the right one among them, from a thousand addresses."""
    guesses, began = random.Random(1), time.monotonic()
    answers = Counter(
        Client(REMOTE_ADDR=f"10.{number % 10}.{number // 10 % 100}.1")
        .post(JOIN, {"code": f"{guesses.randrange(10**6):06}"})
        .status_code
        for number in range(10_000)
    )
    minutes = int(time.monotonic() - began) // 60 + 1
    print(f"10,000 guesses: {answers[422]} looked up and wrong, {answers[429]} not looked up, in {minutes} minutes")
    assert set(answers) == {422, 429}
    assert answers[422] <= 100 * minutes
    assert not Participant.objects.exists()


def test_one_address_guesses_ten_times_a_minute(cast: Cast, session: Session) -> None:
    phone = Client(REMOTE_ADDR="10.1.1.1")
    wrong = "000000" if session.code != "000000" else "000001"
    answers = [phone.post(JOIN, {"code": wrong}).status_code for _guess in range(12)]
    assert answers == [422] * 10 + [429] * 2
    elsewhere = Client(REMOTE_ADDR="10.1.1.2").post(JOIN, {"code": session.code})
    assert elsewhere.status_code == 302


def test_sixty_phones_behind_one_address_come_in(session: Session) -> None:
    for number in range(60):
        path, sent = (by_qr(session), {}) if number % 2 else (JOIN, {"code": session.code})
        assert Client(REMOTE_ADDR="10.2.2.2").post(path, sent).status_code == 302
    assert Participant.objects.of(session).count() == 60


def test_without_redis_codes_are_not_tried_and_the_qr_code_lets_in(session: Session, settings: Settings) -> None:
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:9/1"}}
    answer = Client().post(JOIN, {"code": session.code})
    assert answer.status_code == 503
    assert "Scan the QR code" in answer.content.decode()
    assert Client().post(by_qr(session), {"nickname": "Ann"}).headers["Location"] == room(session)


def test_a_form_with_a_fault_keeps_what_was_typed(session: Session) -> None:
    page = Client().post(JOIN, {"code": "12 34", "nickname": "Ann"})
    assert page.status_code == 422
    assert 'value="12 34"' in page.content.decode()
    assert 'value="Ann"' in page.content.decode()
    assert guest(session)
