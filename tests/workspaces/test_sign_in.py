"""The door: passwords, the demo's people, and nobody uninvited."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from cxplan.workspaces.domain import demo, members
from cxplan.workspaces.models import Member, User
from tests.cast import Cast
from tests.make import PASSWORD, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_cache")]

LOGIN = "/accounts/login/"


def enter(client: Client, email: str = "alice@example.com", password: str = PASSWORD, **extra: str) -> int:
    return client.post(LOGIN, {"login": email, "password": password, **extra}).status_code


def signed_in(client: Client) -> User | None:
    key = client.session.get("_auth_user_id")
    return User.objects.get(pk=key) if key else None


# With a password


def test_a_password_opens_the_door(client: Client) -> None:
    alice = make_user("Alice Leader")
    assert enter(client) == 302
    assert signed_in(client) == alice


@pytest.mark.parametrize(("email", "password"), [("alice@example.com", "wrong"), ("nobody@example.com", PASSWORD)])
def test_a_wrong_word_does_not(client: Client, email: str, password: str) -> None:
    make_user("Alice Leader")
    assert enter(client, email, password) == 200
    assert signed_in(client) is None


def test_the_sixth_wrong_password_is_refused_even_if_right(client: Client) -> None:
    make_user("Alice Leader")
    for _ in range(5):
        enter(client, password="wrong")
    enter(client)
    assert signed_in(client) is None


def test_a_new_session_begins_at_the_door(client: Client) -> None:
    make_user("Alice Leader")
    client.get(LOGIN)
    client.session["planted"] = "yes"
    client.session.save()
    before = client.session.session_key
    enter(client)
    assert client.session.session_key != before


def test_the_door_leads_on_to_the_page_that_was_asked_for(client: Client) -> None:
    make_user("Alice Leader")
    answer = client.get("/")
    assert answer.headers["Location"] == f"{LOGIN}?next=/"
    posted = client.post(LOGIN, {"login": "alice@example.com", "password": PASSWORD, "next": "/w/alpha/"})
    assert posted.headers["Location"] == "/w/alpha/"


def test_the_door_leads_nowhere_else(client: Client) -> None:
    make_user("Alice Leader")
    form = {"login": "alice@example.com", "password": PASSWORD, "next": "https://elsewhere.example/"}
    assert client.post(LOGIN, form).headers["Location"] == "/"


def test_a_fragment_sends_the_whole_page_to_the_door(client: Client) -> None:
    answer = client.get("/", headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/w/alpha/7/gaps/"})
    assert answer.status_code == 200
    assert answer.headers["HX-Redirect"] == f"{LOGIN}?next=%2Fw%2Falpha%2F7%2Fgaps%2F"


@pytest.mark.parametrize(
    ("referer", "back"),
    [
        ("http://testserver/w/alpha/7/gaps/?all=gap", "%2Fw%2Falpha%2F7%2Fgaps%2F%3Fall%3Dgap"),
        ("https://elsewhere.example/w/", "/w/alpha/programmes/7/trash-programme/"),
        ("http://[", "/w/alpha/programmes/7/trash-programme/"),
        ("", "/w/alpha/programmes/7/trash-programme/"),
    ],
)
def test_a_form_sent_after_the_sign_in_expired_leads_back_to_its_page(client: Client, referer: str, back: str) -> None:
    """Where it was sent to there may be nothing to read."""
    answer = client.post("/w/alpha/programmes/7/trash-programme/", headers={"Referer": referer})
    assert answer.headers["Location"] == f"{LOGIN}?next={back}"


def test_nobody_signs_up_uninvited(client: Client) -> None:
    make_user("Alice Leader")  # the first to come is not uninvited: test_founding.py
    form = {"email": "eve@example.com", "password1": PASSWORD, "name": "Eve Alone", "workspace": "Eve Ltd"}
    client.post("/accounts/signup/", form)
    assert not User.objects.filter(email="eve@example.com").exists()


@pytest.mark.parametrize("name", ["login", "signup", "reset_password", "reset_password_done"])
def test_the_pages_before_the_door_open(client: Client, name: str) -> None:
    assert client.get(reverse(f"account_{name}")).status_code == 200


@pytest.mark.parametrize("name", ["change_password", "logout", "email"])
def test_the_pages_behind_the_door_open(cast: Cast, sign_in: Callable[[Member], Client], name: str) -> None:
    assert sign_in(cast.alice).get(reverse(f"account_{name}")).status_code == 200


def test_signing_out_ends_the_session_on_the_server(client: Client) -> None:
    make_user("Alice Leader")
    enter(client)
    kept = client.cookies["session"].value
    client.post(reverse("account_logout"))
    client.cookies["session"] = kept
    assert client.get("/").status_code == 302


# Looking around


@pytest.fixture
def demo_people(settings: Settings) -> None:
    settings.DEMO = True
    for person in demo.DEMO_PEOPLE:
        demo.get_or_create_user(person)


@pytest.mark.usefixtures("demo_people")
@pytest.mark.parametrize("person", demo.DEMO_PEOPLE, ids=lambda person: person.key)
def test_one_click_lets_a_visitor_look_around(client: Client, person: demo.DemoPerson) -> None:
    answer = client.post(reverse("workspaces:look_around"), {"person": person.key, "next": "/w/suvantola/"})
    assert answer.headers["Location"] == "/w/suvantola/"
    user = signed_in(client)
    assert user is not None
    assert (user.email, user.has_usable_password()) == (person.email, False)


@pytest.mark.usefixtures("demo_people")
def test_looking_around_leads_to_no_other_site(client: Client) -> None:
    answer = client.post(reverse("workspaces:look_around"), {"person": "aino", "next": "//elsewhere.example/"})
    assert answer.headers["Location"] == "/"


@pytest.mark.usefixtures("demo_people")
def test_only_the_demo_people_can_be_looked_around_as(client: Client) -> None:
    make_user("Alice Leader")
    for person in ("alice", "alice@example.com", "", "\x00"):
        assert client.post(reverse("workspaces:look_around"), {"person": person}).status_code == 404
    assert signed_in(client) is None


@pytest.mark.usefixtures("demo_people")
def test_looking_around_wants_a_token_and_a_post() -> None:
    client = Client(enforce_csrf_checks=True)
    assert client.post(reverse("workspaces:look_around"), {"person": "aino"}).status_code == 403
    assert client.get(reverse("workspaces:look_around")).status_code == 405


@pytest.mark.usefixtures("demo_people")
def test_the_door_offers_the_demo_people(client: Client) -> None:
    page = client.get(LOGIN).content.decode()
    assert all(f'value="{person.key}"' in page for person in demo.DEMO_PEOPLE)


@pytest.mark.usefixtures("demo_people")
def test_on_the_net_nobody_looks_around_as_the_owner(client: Client, settings: Settings) -> None:
    settings.SECURE = True
    assert 'value="kirsti"' not in client.get(LOGIN).content.decode()
    assert client.post(reverse("workspaces:look_around"), {"person": "kirsti"}).status_code == 404
    assert signed_in(client) is None
    assert client.post(reverse("workspaces:look_around"), {"person": "aino"}).status_code == 302


@pytest.mark.usefixtures("demo_people")
def test_outside_the_demo_there_is_no_looking_around(client: Client, settings: Settings) -> None:
    settings.DEMO = False
    assert client.post(reverse("workspaces:look_around"), {"person": "aino"}).status_code == 404
    assert "aino" not in client.get(LOGIN).content.decode().lower()


# In one's own language


def test_the_profile_decides_the_language_after_the_door(client: Client) -> None:
    make_user("Alice Leader", language="fi")
    assert client.get(LOGIN, headers={"Accept-Language": "en"}).headers["Content-Language"] == "en"
    enter(client)
    assert client.get("/", headers={"Accept-Language": "en"}).headers["Content-Language"] == "fi"


def test_a_switch_of_language_is_remembered(client: Client) -> None:
    alice = make_user("Alice Leader", language="fi")
    enter(client)
    client.post(reverse("set_language"), {"language": "en", "next": "/"})
    assert client.get("/", headers={"Accept-Language": "fi"}).headers["Content-Language"] == "en"
    alice.refresh_from_db()
    assert alice.language == "en"


def test_a_visitor_switches_the_language_before_the_door(client: Client) -> None:
    client.post(reverse("set_language"), {"language": "fi", "next": LOGIN})
    assert client.get(LOGIN).headers["Content-Language"] == "fi"


def test_an_unknown_language_is_not_taken(client: Client) -> None:
    alice = make_user("Alice Leader", language="fi")
    enter(client)
    client.post(reverse("set_language"), {"language": "xx", "next": "/"})
    alice.refresh_from_db()
    assert alice.language == "fi"


@pytest.mark.usefixtures("demo_people")
def test_looking_around_keeps_the_language_of_the_page(client: Client) -> None:
    User.objects.filter(email="aino@suvantola.example").update(language="en")
    client.post(reverse("workspaces:look_around"), {"person": "aino"}, headers={"Accept-Language": "fi"})
    assert client.get("/", headers={"Accept-Language": "en"}).headers["Content-Language"] == "fi"


# Home


def test_whoever_has_one_workspace_goes_straight_in(cast: Cast, sign_in: Callable[[Member], Client]) -> None:
    assert sign_in(cast.bob).get("/").headers["Location"] == "/w/alpha/"


def test_whoever_has_several_workspaces_chooses(cast: Cast, sign_in: Callable[[Member], Client]) -> None:
    members.add(workspace=cast.next_door, name="Bob Builder", user=cast.bob.user)
    page = sign_in(cast.bob).get("/").content.decode()
    assert 'href="/w/alpha/"' in page
    assert 'href="/w/beta/"' in page


def test_whoever_has_none_is_told_so(client: Client) -> None:
    client.force_login(make_user("Eve Alone"), backend="django.contrib.auth.backends.ModelBackend")
    assert "workspace" in client.get("/").content.decode()


def test_rights_end_with_the_membership(cast: Cast, sign_in: Callable[[Member], Client]) -> None:
    client = sign_in(cast.bob)
    members.leave(cast.bob)
    assert client.get("/w/alpha/").status_code == 404
    assert "/w/alpha/" not in client.get("/").content.decode()


# The back room


def test_the_back_room_is_for_staff(client: Client) -> None:
    assert client.get("/admin/", follow=True).redirect_chain[-1][0].startswith(LOGIN)
    client.force_login(make_user("Bob Builder"), backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/admin/", follow=True).status_code == 403


def test_staff_can_make_an_account(client: Client) -> None:
    staff = make_user("Sam Staff", is_staff=True, is_superuser=True)
    client.force_login(staff, backend="django.contrib.auth.backends.ModelBackend")
    form = {
        "email": "Dora@Example.com",
        "name": "Dora New",
        "usable_password": "true",
        "password1": PASSWORD,
        "password2": PASSWORD,
    }
    answer = client.post("/admin/workspaces/user/add/", form)
    assert answer.status_code == 302, answer.content.decode()
    assert User.objects.get(email__iexact="dora@example.com").check_password(PASSWORD)
