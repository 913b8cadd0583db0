"""The first to come, and workspaces of one's own."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus

import pytest
from allauth.account.models import EmailAddress
from django.db import connection
from django.test import Client
from pytest_django import Settings

from cxplan.workspaces.domain import founding
from cxplan.workspaces.models import Member, Role, User, Workspace
from tests.cast import Cast
from tests.make import PASSWORD, make_user, make_workspace
from tests.waiting import wait_for_one_who_waits_for_us

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_cache")]

SIGN_UP = "/accounts/signup/"
EVE = {"email": "Eve@Example.com", "name": "Eve First", "workspace": "Äänekoski & Co", "password1": PASSWORD}


def in_account(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


# The first


def test_the_first_to_come_makes_the_first_workspace_and_owns_it(client: Client) -> None:
    assert "the first" in client.get(SIGN_UP).content.decode()
    answer = client.post(SIGN_UP, EVE, follow=True)
    assert answer.redirect_chain[-1][0] == "/w/aanekoski-co/"
    owner = Member.objects.get()
    assert (owner.workspace.name, owner.name, owner.role, owner.is_approver) == (
        "Äänekoski & Co",
        "Eve First",
        Role.OWNER,
        True,
    )
    assert owner.user
    assert EmailAddress.objects.get(user=owner.user).verified


def test_the_door_shows_the_way_to_the_first_and_to_nobody_after(client: Client) -> None:
    page = client.get("/accounts/login/").content.decode()
    assert f'href="{SIGN_UP}"' in page
    assert 'name="password"' not in page  # nobody has one
    make_user("Eve First")
    page = client.get("/accounts/login/").content.decode()
    assert SIGN_UP not in page
    assert 'name="password"' in page


def test_the_second_to_come_finds_the_door_closed(client: Client) -> None:
    make_user("Eve First")
    for answer in (client.get(SIGN_UP), client.post(SIGN_UP, {**EVE, "email": "second@example.com"})):
        assert "by invitation" in answer.content.decode()
    assert User.objects.count() == 1
    assert not Workspace.objects.exists()


@pytest.mark.parametrize("field", ["name", "workspace", "email", "password1"])
def test_whoever_leaves_something_out_has_made_nothing(client: Client, field: str) -> None:
    client.post(SIGN_UP, {**EVE, field: ""})
    assert not User.objects.exists()
    assert not Workspace.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_who_come_first_at_once_one_is_the_first() -> None:
    def second() -> HTTPStatus:
        try:
            return HTTPStatus(Client().post(SIGN_UP, {**EVE, "email": "second@example.com"}).status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor() as pool:
        with founding.one_at_a_time():
            late = pool.submit(second)
            wait_for_one_who_waits_for_us()
            founding.found(name="First", owner=make_user("Eve First"))
        assert late.result() == HTTPStatus.OK
    assert [user.email for user in User.objects.all()] == ["eve@example.com"]
    assert [workspace.name for workspace in Workspace.objects.all()] == ["First"]


# The others


def test_an_open_door_gives_everybody_a_workspace_of_their_own(client: Client, cast: Cast, settings: Settings) -> None:
    settings.OPEN_SIGN_UP = True
    client.post(SIGN_UP, EVE)
    owner = Member.objects.get(name="Eve First")
    assert owner.role == Role.OWNER
    assert Member.objects.of(owner.workspace).count() == 1
    assert owner.user
    assert not EmailAddress.objects.get(user=owner.user).verified


@pytest.mark.parametrize(
    ("open_door", "staff", "may"), [(False, False, False), (True, False, True), (False, True, True)]
)
def test_a_further_workspace_is_the_hosts_to_give(
    cast: Cast, settings: Settings, open_door: bool, staff: bool, may: bool
) -> None:
    settings.OPEN_SIGN_UP = open_door
    user = make_user("Sam Staff", is_staff=staff)
    client = in_account(user)
    assert ("/workspaces/new/" in client.get("/").content.decode()) is may
    page = client.get("/workspaces/new/")
    assert ("<form" in page.content.decode().partition("<main")[2].partition("</main")[0]) is may
    client.post("/workspaces/new/", {"name": "Further"})
    assert Member.objects.filter(user=user, role=Role.OWNER, workspace__slug="further").exists() is may


def test_whoever_has_no_workspace_is_told_what_to_do(client: Client) -> None:
    page = in_account(make_user("Eve Alone")).get("/").content.decode()
    assert "ask an owner of the workspace" in page


@pytest.mark.parametrize(
    ("name", "slug"),
    [("Alpha", "alpha-2"), ("株式会社", "workspace"), ("x" * 300, "x" * 60), ("A/../b?c#d", "abcd")],
)
def test_an_address_follows_from_the_name_and_is_free(name: str, slug: str, cast: Cast) -> None:
    assert founding.found(name=name, owner=make_user("Eve First")).workspace.slug == slug


def test_names_are_told_apart_by_numbers() -> None:
    make_workspace("omega")
    owner = make_user("Eve First")
    slugs = [founding.found(name="Omega", owner=owner).workspace.slug for _ in range(3)]
    assert slugs == ["omega-2", "omega-3", "omega-4"]
