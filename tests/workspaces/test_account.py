"""The account: its page, its second step, its sessions, and the messages that go out about it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import struct
import time
from collections.abc import Callable
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import Settings

from cxplan.workspaces import middleware
from cxplan.workspaces.domain import accounts, demo, members
from cxplan.workspaces.models import AuditEntry, AuditEvent, Member, User
from tests.cast import Cast
from tests.make import PASSWORD, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_cache")]

#: allauth tells of a new key once it is committed.
really_commits = pytest.mark.django_db(transaction=True)

LOGIN, ACCOUNT, EMAIL = "/accounts/login/", "/account/", "alice@example.com"
ON, CODES, SECOND = "/accounts/2fa/totp/activate/", "/accounts/2fa/recovery-codes/", "/accounts/2fa/authenticate/"
NEW = "thirteen steps, no chain"
DAY = 24 * 3600


def enter(client: Client, password: str = PASSWORD, email: str = EMAIL, **extra: Any) -> Any:
    return client.post(LOGIN, {"login": email, "password": password}, **extra)


def signed_in(client: Client) -> bool:
    return client.get(ACCOUNT).status_code == 200


def show_again(client: Client, url: str, password: str = PASSWORD) -> Any:
    """Open a page that wants to know once more who it is."""
    answer = client.get(url)
    if answer.status_code == 302 and answer.headers["Location"].startswith("/accounts/reauthenticate/"):
        client.post(answer.headers["Location"], {"password": password})
        answer = client.get(url)
    return answer


def code(secret: str, at: float | None = None) -> str:
    """What an authenticator app shows (RFC 6238)."""
    counter = struct.pack(">Q", int(time.time() if at is None else at) // 30)
    digest = hmac.new(base64.b32decode(secret), counter, hashlib.sha1).digest()
    place = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[place : place + 4])[0] & 0x7FFFFFFF) % 10**6:06}"


def turn_on(client: Client) -> str:
    """Set an authenticator app up; returns its secret."""
    page = show_again(client, ON).content.decode()
    (secret,) = re.findall(r'id="totp-secret">([A-Z2-7]+)<', page)
    assert client.post(ON, {"code": code(secret)}).status_code == 302
    return str(secret)


@pytest.fixture
def alice() -> User:
    return make_user("Alice Leader", language="en")


@pytest.fixture
def inside(alice: User, client: Client) -> Client:
    enter(client)
    return client


# The page


def test_the_page_says_who_one_is_and_asks_few_queries(inside: Client) -> None:
    with CaptureQueriesContext(connection) as queries:
        page = inside.get(ACCOUNT).content.decode()
    assert "Alice Leader" in page
    assert EMAIL in page
    assert "this browser" in page
    assert len(queries) <= 6


def test_a_new_name_follows_into_the_workspaces_where_the_old_one_stood(cast: Cast, client: Client) -> None:
    cast.bob.user = cast.alice.user
    assert cast.alice.user
    enter(client)
    client.post(ACCOUNT, {"name": "Alice Follower", "language": "fi"})
    cast.alice.refresh_from_db()
    cast.bob.refresh_from_db()
    assert (cast.alice.name, cast.bob.name) == ("Alice Follower", "Bob Builder")
    with pytest.raises(members.Stale):  # whoever has their page open since before is told
        members.change(cast.alice, by=cast.olga, values={"name": "Alice Leader"}, version=1)
    assert client.get(ACCOUNT, headers={"Accept-Language": "en"}).headers["Content-Language"] == "fi"


@pytest.mark.parametrize("form", [{"name": "", "language": "en"}, {"name": "Alice", "language": "xx"}])
def test_what_is_wrong_is_said_and_nothing_is_kept(inside: Client, alice: User, form: dict[str, str]) -> None:
    answer = inside.post(ACCOUNT, form)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    alice.refresh_from_db()
    assert (alice.name, alice.language) == ("Alice Leader", "en")


def test_a_shared_account_of_the_demo_offers_no_keys(client: Client, settings: Settings) -> None:
    settings.DEMO = True
    aino = demo.get_or_create_user(demo.DEMO_PEOPLE[0])
    client.force_login(aino, backend="django.contrib.auth.backends.ModelBackend")
    assert "/accounts/password/" not in client.get(ACCOUNT).content.decode()
    for name in ("account_set_password", "account_email", "mfa_activate_totp", "mfa_add_webauthn"):
        for method in (client.get, client.post):
            assert method(reverse(name)).headers["Location"] == ACCOUNT
    assert client.post(reverse("workspaces:end_other_visits")).status_code == 404


# The second step


@really_commits
def test_the_app_is_turned_on_by_its_code(inside: Client, alice: User) -> None:
    page = show_again(inside, ON).content.decode()
    assert '<svg class="qr"' in page
    assert "data:" not in page
    assert inside.post(ON, {"code": "000000"}).status_code == 200
    assert not accounts.has_second_step(alice)
    turn_on(inside)
    assert accounts.has_second_step(alice)
    assert len(re.findall(r"<li>\d{8}</li>", inside.get(CODES).content.decode())) == 10
    assert [message.subject for message in mail.outbox] == ["Authenticator app turned on"]


@really_commits
def test_the_password_alone_then_opens_nothing(inside: Client) -> None:
    secret = turn_on(inside)
    (spare, *_) = re.findall(r"<li>(\d{8})</li>", inside.get(CODES).content.decode())
    for given, opens in (("000000", False), (code(secret), True), (spare, True), (spare, False)):
        door = Client()
        assert enter(door).headers["Location"] == SECOND
        assert not signed_in(door)
        door.post(SECOND, {"code": given})
        assert signed_in(door) is opens


@really_commits
def test_a_code_opens_once(inside: Client) -> None:
    secret = turn_on(inside)
    at = code(secret)
    opened = []
    for _ in range(2):
        door = Client()
        enter(door)
        door.post(SECOND, {"code": at})
        opened.append(signed_in(door))
    assert opened == [True, False]


@really_commits
def test_five_wrong_codes_close_the_door(inside: Client) -> None:
    secret = turn_on(inside)
    door = Client()
    enter(door)
    for _ in range(5):
        door.post(SECOND, {"code": "000000"})
    assert "Wait five minutes" in door.post(SECOND, {"code": code(secret)}).content.decode()
    assert not signed_in(door)


@pytest.mark.parametrize("name", ["mfa_activate_totp", "mfa_add_webauthn", "mfa_generate_recovery_codes"])
def test_whoever_changes_their_keys_shows_again_who_they_are(inside: Client, name: str) -> None:
    assert inside.get(reverse(name)).headers["Location"].startswith("/accounts/reauthenticate/")
    assert inside.post(reverse(name)).headers["Location"].startswith("/accounts/reauthenticate/")


def test_nobody_touches_the_passkey_of_another(inside: Client) -> None:
    foreign = Authenticator.objects.create(
        user=make_user("Bob Builder"), type=Authenticator.Type.WEBAUTHN, data={"name": "Bob’s", "credential": {}}
    )
    for name in ("mfa_edit_webauthn", "mfa_remove_webauthn"):
        assert show_again(inside, reverse(name, args=[foreign.pk])).status_code == 404
        assert inside.post(reverse(name, args=[foreign.pk]), {"name": "mine"}).status_code == 404
    foreign.refresh_from_db()
    assert foreign.data["name"] == "Bob’s"


# Sessions


def key(client: Client) -> str:
    return client.cookies["session"].value


@really_commits
def test_the_key_changes_whenever_what_opens_the_door_does(inside: Client) -> None:
    keys = [key(inside)]
    turn_on(inside)
    keys.append(key(inside))
    inside.post(reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})
    keys.append(key(inside))
    assert signed_in(inside)
    assert len(set(keys)) == 3
    for old in keys[:-1]:
        stolen = Client()
        stolen.cookies["session"] = old
        assert not signed_in(stolen)


def test_a_key_planted_before_the_door_opens_nothing_after_it(alice: User, client: Client) -> None:
    client.get(reverse("account_reset_password"))
    client.post(LOGIN, {"login": EMAIL, "password": "wrong"})
    session = client.session
    session["planted"] = "yes"
    session.save()
    planted = session.session_key or ""
    client.cookies["session"] = planted
    enter(client)
    assert signed_in(client)
    thief = Client()
    thief.cookies["session"] = planted
    assert not signed_in(thief)


def test_a_new_password_ends_the_other_sessions(alice: User, inside: Client) -> None:
    other = Client()
    enter(other)
    assert len(accounts.visits(alice, here=None)) == 2
    inside.post(reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})
    assert (signed_in(inside), signed_in(other)) == (True, False)
    assert [visit.is_this for visit in accounts.visits(alice, here=key(inside))] == [True]


def test_one_session_is_ended_on_the_server(alice: User, inside: Client) -> None:
    other, third = Client(), Client()
    for client in (other, third):
        enter(client)
    (visit,) = [each.pk for each in accounts.visits(alice, here=key(other)) if each.is_this]
    assert inside.post(reverse("workspaces:end_visit", args=[visit])).status_code == 302
    assert [signed_in(each) for each in (inside, other, third)] == [True, False, True]
    inside.post(reverse("workspaces:end_other_visits"))
    assert [signed_in(each) for each in (inside, third)] == [True, False]


def test_nobody_ends_the_session_of_another(inside: Client) -> None:
    bob = make_user("Bob Builder")
    other = Client()
    enter(other, email=bob.email)
    (visit,) = accounts.visits(bob, here=None)
    assert inside.post(reverse("workspaces:end_visit", args=[visit.pk])).status_code == 404
    inside.post(reverse("workspaces:end_other_visits"))
    assert signed_in(other)


def test_a_session_ends_after_30_days_and_lives_on_while_somebody_is_there(
    inside: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = time.time()
    for day in range(1, 31, 3):
        monkeypatch.setattr(middleware, "now", lambda day=day: int(start + day * DAY))
        assert signed_in(inside), day
    monkeypatch.setattr(middleware, "now", lambda: int(start + 30 * DAY + 60))
    assert not signed_in(inside)


def test_a_day_with_somebody_there_puts_the_end_off(inside: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    before = inside.session.get_expiry_date()
    start = time.time()
    assert inside.get(ACCOUNT).cookies.get("session") is None
    monkeypatch.setattr(middleware, "now", lambda: int(start + 2 * DAY))
    inside.get(ACCOUNT)
    assert inside.session[middleware.SEEN] == int(start + 2 * DAY)
    assert inside.session.get_expiry_date() > before


# Addresses and messages


def test_a_new_address_waits_for_its_link(alice: User, inside: Client) -> None:
    url = reverse("account_email")
    sent = inside.post(url, {"email": "alice@new.example", "action_add": "1"})
    if sent.headers["Location"].startswith("/accounts/reauthenticate/"):
        inside.post(sent.headers["Location"], {"password": PASSWORD})
    alice.refresh_from_db()
    assert alice.email == EMAIL
    (message,) = [each for each in mail.outbox if each.to == ["alice@new.example"]]
    (link,) = re.findall(r"http://testserver(/accounts/confirm-email/\S+)", str(message.body))
    assert "It is mine" in inside.get(link).content.decode()
    alice.refresh_from_db()
    assert alice.email == EMAIL
    inside.post(link)
    alice.refresh_from_db()
    assert alice.email == "alice@new.example"
    assert list(EmailAddress.objects.filter(user=alice).values_list("email", "verified", "primary")) == [
        ("alice@new.example", True, True)
    ]
    assert [each.to for each in mail.outbox if "was changed" in each.subject] == [[EMAIL]]


def test_a_forgotten_password_is_chosen_anew_by_mail(alice: User, inside: Client) -> None:
    door = Client()
    door.post(reverse("account_reset_password"), {"email": EMAIL})
    (message,) = mail.outbox
    (link,) = re.findall(r"http://testserver(/accounts/password/reset/key/\S+)", str(message.body))
    page = door.get(link, follow=True)
    door.post(page.redirect_chain[-1][0], {"password1": NEW, "password2": NEW})
    assert not signed_in(inside)
    assert enter(door, password=NEW).status_code == 302
    assert signed_in(door)
    assert "opens nothing any more" in Client().get(link).content.decode()


def test_the_messages_speak_the_language_of_whoever_gets_them(alice: User, client: Client) -> None:
    accounts.speak(alice, "fi")
    client.post(reverse("account_reset_password"), {"email": EMAIL}, headers={"Accept-Language": "en"})
    (message,) = mail.outbox
    assert message.subject == "Valitse uusi salasana"
    assert "Joku pyysi tilillesi uutta salasanaa" in str(message.body)


def test_the_door_tells_nobody_who_has_an_account(alice: User) -> None:
    pages = []
    for email in (EMAIL, "nobody@example.com"):
        client = Client()
        answers = [
            client.post(reverse("account_reset_password"), {"email": email}, follow=True),
            client.post(LOGIN, {"login": email, "password": "wrong"}),
        ]
        pages.append(
            [
                re.sub(
                    r'(csrfmiddlewaretoken" value="|X-CSRFToken&quot;: &quot;|X-CSRFToken": ")\w+',
                    "",
                    page.content.decode(),
                ).replace(email, "")
                for page in answers
            ]
        )
    assert pages[0] == pages[1]
    assert len(mail.outbox) == 2


def test_whoever_is_made_by_hand_needs_no_confirmation(client: Client) -> None:
    User.objects.create_superuser("root@example.com", PASSWORD, name="Root")
    enter(client, email="root@example.com")
    assert signed_in(client)
    assert mail.outbox == []


def test_an_unconfirmed_address_is_confirmed_first(alice: User, client: Client) -> None:
    EmailAddress.objects.filter(user=alice).update(verified=False)
    assert enter(client).headers["Location"] == reverse("account_email_verification_sent")
    assert not signed_in(client)
    assert len(mail.outbox) == 1


def test_staff_can_remove_a_second_step_but_not_see_what_is_in_it(alice: User, client: Client) -> None:
    kept = Authenticator.objects.create(user=alice, type=Authenticator.Type.TOTP, data={"secret": "SEENBYNOBODY"})
    staff = make_user("Sam Staff", is_staff=True, is_superuser=True)
    client.force_login(staff, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(f"/admin/mfa/authenticator/{kept.pk}/change/")
    assert page.status_code == 200
    assert "SEENBYNOBODY" not in page.content.decode()
    assert client.get("/admin/mfa/authenticator/?q=alice").status_code == 200
    client.post(f"/admin/mfa/authenticator/{kept.pk}/delete/", {"post": "yes"})
    assert not accounts.has_second_step(alice)


# What is written down


@really_commits
def test_the_audit_trail_knows_who_came_and_went(alice: User, client: Client) -> None:
    enter(client, password="wrong")
    enter(client)
    turn_on(client)
    client.post(reverse("account_logout"))
    enter(client, email="nobody@example.com", password="wrong")
    told = AuditEntry.objects.order_by("pk").values_list("event", "user", "details")
    assert [(event, user, details.get("how")) for event, user, details in told] == [
        (AuditEvent.SIGN_IN_REFUSED, alice.pk, None),
        (AuditEvent.SIGNED_IN, alice.pk, None),
        (AuditEvent.CREDENTIALS_CHANGED, alice.pk, "totp_added"),
        (AuditEvent.CREDENTIALS_CHANGED, alice.pk, "recovery_codes_added"),
        (AuditEvent.SIGNED_OUT, alice.pk, None),
        (AuditEvent.SIGN_IN_REFUSED, None, None),
    ]


# A workspace that requires a second step


@pytest.fixture
def strict(cast: Cast) -> Cast:
    cast.workspace.requires_mfa = True
    cast.workspace.save()
    return cast


@really_commits
def test_whoever_lacks_it_is_led_to_it_and_back(strict: Cast, client: Client) -> None:
    enter(client)
    wanted = f"/w/alpha/programmes/{strict.programme.pk}/"
    assert client.get(wanted).headers["Location"] == reverse("workspaces:second_step")
    assert client.get(reverse("workspaces:second_step")).status_code == 200
    turn_on(client)
    assert reverse("workspaces:second_step") in client.get(CODES).content.decode()
    assert client.get(reverse("workspaces:second_step")).headers["Location"] == wanted
    assert client.get(wanted).status_code == 200


def test_a_fragment_leads_the_whole_page_there(strict: Cast, sign_in: Callable[[Member], Client]) -> None:
    client = sign_in(strict.alice)
    page = "http://testserver/w/alpha/programmes/7/"
    answer = client.get("/w/alpha/", headers={"HX-Request": "true", "HX-Current-URL": page})
    assert answer.headers["HX-Redirect"] == reverse("workspaces:second_step")
    assert client.session["comes_back_to"] == "/w/alpha/programmes/7/"


def test_strangers_learn_nothing_of_it(strict: Cast, sign_in: Callable[[Member], Client]) -> None:
    assert sign_in(strict.charlie).get("/w/alpha/").status_code == 404
    assert sign_in(strict.bob).get(reverse("workspaces:settings", args=["alpha"])).status_code == 403


@really_commits
def test_an_owner_decides_it_once_they_have_it_themselves(cast: Cast, client: Client) -> None:
    enter(client, email="olga@example.com")
    url, form = reverse("workspaces:settings", args=["alpha"]), {"name": "Alpha Ltd", "requires_mfa": "on"}
    assert client.post(url, form).status_code == 422
    cast.workspace.refresh_from_db()
    assert (cast.workspace.name, cast.workspace.requires_mfa) == ("Alpha", False)
    turn_on(client)
    assert client.post(url, form).status_code == 302
    cast.workspace.refresh_from_db()
    assert (cast.workspace.name, cast.workspace.requires_mfa) == ("Alpha Ltd", True)
    entry = AuditEntry.objects.latest("pk")
    assert (entry.event, entry.actor) == (AuditEvent.SETTINGS_CHANGED, cast.olga)
