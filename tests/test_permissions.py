"""Every address × every method × everyone × own, foreign and trashed: each view's declaration decides the answer.

The addresses come from the URL map, so a new view is tested as soon as it has one; a view that declares nothing fails.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http import HTTPStatus
from http.cookies import SimpleCookie
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.template.backends.django import Template
from django.test import Client
from django.utils.safestring import SafeString

from cxplan.workspaces.access import Access, Scope, Who
from cxplan.workspaces.models import AuditEntry, AuditEvent, Change, Member, Role
from roadmap.forms import FORMS
from tests.addresses import MISSING, RECORDS, Address, Tenant, addresses, has_trash, with_kinds, with_steps
from tests.cast import Cast
from tests.fixtures import COUNTED

Response = Any  # the test client's own type has no name

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
#: Said here once more: what is tested may not be asked what is right.
LADDER = (Role.VIEWER, Role.MEMBER, Role.LEAD, Role.OWNER)
ACTORS = ("anonymous", "charlie", "carol", "bob", "alice", "olga")

#: Views of libraries, and of the floors below the workspaces, that cannot wear `@access`: read, and found right.
REVIEWED = {
    "account_login",  # allauth's, before ours of the same address
    "account_logout",
    "account_inactive",
    "account_signup",  # closed: tests/workspaces/test_sign_in.py
    "account_reauthenticate",
    "account_email",
    "account_email_verification_sent",
    "account_confirm_email",
    "account_confirm_login_code",
    "account_change_password",
    "account_set_password",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "mfa_index",  # allauth's, before ours of the same address
    "mfa_list_webauthn",
    "usersessions_list",
    "mfa_authenticate",
    "mfa_reauthenticate",
    "mfa_activate_totp",
    "mfa_deactivate_totp",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
    "mfa_download_recovery_codes",
    "mfa_add_webauthn",
    "mfa_reauthenticate_webauthn",
    "mfa_edit_webauthn",
    "mfa_remove_webauthn",
    "mfa_login_webauthn",
    "openid_connect_login",  # nothing is there unless the host names a provider
    "openid_connect_callback",
    "socialaccount_login_cancelled",
    "socialaccount_login_error",
    "socialaccount_signup",  # closed: tests/workspaces/test_provider.py
    "socialaccount_connections",  # allauth's, before ours of the same address
    "accounts/social/login/cancelled/",  # allauth's earlier addresses, which only lead to those above
    "accounts/social/login/error/",
    "accounts/social/signup/",
    "accounts/social/connections/",
    "kit:theme",
    "kit:alive",
    "kit:ready",
    "kit:metrics",
    "kit:components",  # only while debugging
}
BACK_ROOM = "admin:"  # asks Django's own permissions: test_the_back_room_is_closed

#: The one table that a refused request writes to: one entry for each refusal.
TRAIL = AuditEntry._meta.db_table

#: The ways out of the trash, and the parameter that names what lies there.
OUT_OF_THE_TRASH = {
    "roadmap:restore": "pk",
    "roadmap:restore_programme": "programme",
    "roadmap:restore_comment": "comment",
}

#: What these name is its writer's alone, and nobody on the stage wrote it: tests/workshops/test_room.py
OWN_ALONE = {"workshops:edit_note", "workshops:throw_away"}

DECLARED = [address for address in addresses() if address.access]
MATRIX = [opened for address in DECLARED for opened in with_kinds(address)]


def test_every_view_declares_its_access() -> None:
    undeclared = {
        address.name
        for address in addresses()
        if not address.access and address.name not in REVIEWED and not address.name.startswith(BACK_ROOM)
    }
    assert not undeclared, "these views wear no @access: " + ", ".join(sorted(undeclared))


def test_every_declaration_fits_its_address() -> None:
    for address in DECLARED:
        assert address.access
        scope = {"workspace": Scope.WORKSPACE, "programme": Scope.PROGRAMME, "room": Scope.ROOM}
        named = [scope[name] for name in address.parameters if name in scope]
        if OUT_OF_THE_TRASH.get(address.name) == "programme":  # a trashed programme cannot be entered
            named = [Scope.WORKSPACE]
        assert address.access.scope is (named[-1] if named else Scope.NOTHING), address
        assert address.is_open == (address.access.least is Who.ANYONE or address.access.guests), address


def test_every_reviewed_view_is_still_there() -> None:
    assert {address.name for address in addresses()} >= REVIEWED


# The matrix


@dataclass(frozen=True)
class Place:
    """An address filled in; `found` tells whether somebody who may open it finds something there."""

    words: str
    path: str
    workspace: str
    found: bool


@dataclass
class Stage:
    own: Tenant
    next_door: Tenant
    members: dict[str, Member]

    def roles(self, actor: str) -> dict[str, Role]:
        member = self.members.get(actor)
        return {member.workspace.slug: Role(member.role)} if member else {}

    def approves(self, actor: str) -> bool:
        return actor in self.members and self.members[actor].is_approver

    def places(self, address: Address) -> Iterator[Place]:
        slug, foreign_slug = self.own.workspace.slug, self.next_door.workspace.slug
        out = OUT_OF_THE_TRASH.get(address.name, "")
        own = self.own.values(address, trashed=out)
        foreign = self.next_door.values(address, trashed=out)
        there = address.name not in OWN_ALONE
        yield Place("own", address.path(own), slug, found=there)
        if address.access and address.access.scope is Scope.NOTHING:
            return
        yield Place("foreign", address.path(foreign), foreign_slug, found=there)
        for depth, name in enumerate(address.ids):
            if name == "room":  # says which workspace it is in: that was the foreign one
                continue
            inside = {inner: foreign[inner] for inner in address.ids[depth:]}
            yield Place(f"own with foreign {name}", address.path(own | inside), slug, found=False)
            if name != out and has_trash(address, name):
                trashed = self.own.values(address, trashed=name)
                yield Place(f"own with trashed {name}", address.path(trashed), slug, found=False)


@pytest.fixture
def stage(cast: Cast) -> Stage:
    """Both tenants with all that the addresses name, made before anybody comes."""
    stage = Stage(
        own=Tenant(cast.workspace, cast.programme, cast.alice),
        next_door=Tenant(cast.next_door, cast.programme_next_door, cast.charlie),
        members={"charlie": cast.charlie, "carol": cast.carol, "bob": cast.bob, "alice": cast.alice, "olga": cast.olga},
    )
    for address in MATRIX:
        list(stage.places(address))
    return stage


@pytest.fixture
def unrendered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the templates out: they do not decide who may come in."""
    monkeypatch.setattr(Template, "render", lambda *_, **__: SafeString("page"))


@pytest.fixture
def browser(stage: Stage, sign_in: Callable[[Member], Client]) -> Callable[[str], Client]:
    def of(actor: str) -> Client:
        client = sign_in(stage.members[actor]) if actor in stage.members else Client()
        client.raise_request_exception = False
        return client

    return of


def expected(access: Access, roles: dict[str, Role], *, signed_in: bool, place: Place, approver: bool = False) -> str:
    if access.least is Who.ANYONE:
        return "in"
    if not signed_in:
        return "sign in"
    if access.least is Who.SIGNED_IN:
        return "in"
    role = roles.get(place.workspace)
    if role is None:
        return "not found"
    if isinstance(access.least, Role) and LADDER.index(role) < LADDER.index(access.least):
        return "forbidden"
    if access.approver and not approver:
        return "forbidden"
    if (
        access.writer and place.found and LADDER.index(role) < LADDER.index(Role.LEAD)
    ):  # a lead wrote what the addresses name
        return "forbidden"
    return "in" if place.found else "not found"


def answer(response: Response, access: Access) -> str:
    """What an answer means to whoever asked. An open view may say that there is nothing, without saying to whom."""
    status = response.status_code
    if status == HTTPStatus.FOUND and response.headers["Location"].startswith("/accounts/login/"):
        return "sign in"
    if status == HTTPStatus.NOT_FOUND:
        return "in" if access.scope is Scope.NOTHING else "not found"
    if status == HTTPStatus.FORBIDDEN:
        return "forbidden"
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        return "no such method"
    return "in" if status < HTTPStatus.INTERNAL_SERVER_ERROR else str(status)


def domain_tables() -> list[str]:
    return [
        model._meta.db_table
        for app in ("live", "workspaces", "workshops", "journeys", "roadmap")
        for model in apps.get_app_config(app).get_models(include_auto_created=True)
    ]


def checksum() -> dict[str, str]:
    """Every row of every table of the product."""
    parts = (
        f"SELECT '{table}', md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM \"{table}\" t"  # noqa: S608
        for table in domain_tables()
    )
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts))
        return dict(cursor.fetchall())


@pytest.mark.usefixtures("unrendered")
@pytest.mark.parametrize("actor", ACTORS)
def test_every_address_answers_as_declared(
    stage: Stage, browser: Callable[[str], Client], actor: str, record_property: Callable[[str, object], None]
) -> None:
    client, roles = browser(actor), stage.roles(actor)
    session = {name: morsel.value for name, morsel in client.cookies.items()}
    requests, refused, unexpected = 0, 0, []
    before = checksum()
    entered = list(AuditEntry.objects.values_list("pk", flat=True))
    for address in MATRIX:
        assert address.access
        for place in stage.places(address):
            wanted = expected(
                address.access, roles, signed_in=actor in stage.members, place=place, approver=stage.approves(actor)
            )
            for method in METHODS:
                client.cookies = SimpleCookie(session)
                visit = transaction.savepoint()
                response = client.generic(method, place.path)
                # What was let in may write, and is taken back; what was refused must have written nothing.
                (transaction.savepoint_rollback if wanted == "in" else transaction.savepoint_commit)(visit)
                requests += 1
                got = answer(response, address.access)
                if got == "no such method" and place.workspace in roles:
                    got = wanted if wanted in ("in", "not found") else got  # said before anything was looked up
                elif got == "no such method" and wanted == "in":
                    got = wanted
                if got != wanted:
                    unexpected.append(f"{method} {address}, {place.words}: {got}, not {wanted}")
                refused += got == wanted == "forbidden"
    record_property(COUNTED, {"urls": len(DECLARED), "requests": requests, "unexpected": len(unexpected)})
    assert not unexpected, f"{actor}: {len(unexpected)} of {requests} answers\n" + "\n".join(unexpected)
    written = {table for table, value in checksum().items() if value != before[table]} - {TRAIL}
    assert not written, f"refused requests wrote: {written} {Change.objects.order_by('-pk')[:5]}"
    entries = list(AuditEntry.objects.exclude(pk__in=entered).values_list("event", "actor__name"))
    assert entries == ([(AuditEvent.ACCESS_REFUSED, stage.members[actor].name)] * refused if refused else [])


@pytest.mark.usefixtures("unrendered")
def test_no_kind_of_record_opens_from_next_door(
    stage: Stage, browser: Callable[[str], Client], record_property: Callable[[str, object], None]
) -> None:
    client, kinds = browser("olga"), tuple(kind.name for kind in RECORDS if kind.name in FORMS)
    opened = [each for address in DECLARED if "pk" in address.parameters for each in with_kinds(address, kinds)]
    paths = [
        address.path(stage.own.values(address) | {"pk": stage.next_door.values(address, trashed=trashed)["pk"]})
        for address in opened
        for trashed in ("", "pk")
    ]
    before = checksum()
    answers = [(method, path, client.generic(method, path)) for path in paths for method in ("GET", "POST")]
    found = [f"{method} {path}" for method, path, response in answers if response.status_code not in (404, 405)]
    record_property(COUNTED, {"urls": 0, "requests": len(answers), "unexpected": len(found)})
    assert not found, "\n".join(found)
    assert checksum() == before


# What is shown


def plain(response: Response, path: str) -> str:
    """A page without what differs from request to request: its address, its reference, the tokens against forgery."""
    page = response.content.decode().replace(path, "PATH").replace(response["X-Request-ID"], "REFERENCE")
    return re.sub(r'(csrfmiddlewaretoken" value="|X-CSRFToken": "|X-CSRFToken&quot;: &quot;)\w+', r"\1TOKEN", page)


def test_what_is_foreign_looks_like_what_is_missing(stage: Stage, browser: Callable[[str], Client]) -> None:
    client, told = browser("olga"), []
    for address in MATRIX:
        out = OUT_OF_THE_TRASH.get(address.name, "")
        own = stage.own.values(address, trashed=out)
        foreign = stage.next_door.values(address, trashed=out)
        if address.access and address.access.scope is Scope.NOTHING:  # the token of an invitation is nobody's yet
            continue
        for name in [name for name in ("workspace", *address.ids) if name in address.parameters]:
            inside = {inner: foreign[inner] for inner in address.ids} if name == "workspace" else {}
            there = address.path(own | inside | {name: foreign[name]})
            nowhere = address.path(own | inside | {name: "nowhere" if name == "workspace" else MISSING})
            for method in ("GET", "POST"):
                answers = [client.generic(method, path) for path in (there, nowhere)]
                pages = [plain(got, path) for got, path in zip(answers, (there, nowhere), strict=True)]
                if {got.status_code for got in answers} not in ({404}, {405}) or pages[0] != pages[1]:
                    told.append(f"{method} {address}: a foreign {name} is told from a missing one")
    assert not told, "\n".join(told)


@pytest.mark.parametrize("htmx", [False, True], ids=["page", "fragment"])
@pytest.mark.parametrize("actor", ["carol", "olga"])
def test_every_page_that_may_be_opened_opens(
    stage: Stage, browser: Callable[[str], Client], actor: str, *, htmx: bool
) -> None:
    """With its templates, unlike in the matrix."""
    client, broken = browser(actor), []
    client.raise_request_exception = True
    for address in (
        opened for each in DECLARED for of_kind in with_kinds(each, tuple(FORMS)) for opened in with_steps(of_kind)
    ):
        assert address.access
        place = next(stage.places(address))
        approver = stage.approves(actor)
        if expected(address.access, stage.roles(actor), signed_in=True, place=place, approver=approver) != "in":
            continue
        if address.kind and "pk" in address.parameters and not any(kind.name == address.kind for kind in RECORDS):
            continue
        response = client.get(place.path, headers={"HX-Request": "true"} if htmx else {})
        if response.status_code not in (200, 302, 405):
            broken.append(f"{address}: {response.status_code}")
    assert not broken, "\n".join(broken)


def test_the_back_room_is_closed(stage: Stage, browser: Callable[[str], Client]) -> None:
    filler = {"object_id": "1", "app_label": "workspaces", "content_type_id": 1, "url": "x", "id": "1"}
    for actor in ("anonymous", "olga"):
        client = browser(actor)
        for address in addresses():
            if address.name.startswith(BACK_ROOM) and "/" not in address.name:  # those without a name only redirect
                values = {name: filler[name] for name in address.parameters}
                response = client.get(address.path(values))
                assert response.status_code in (302, 403), (actor, address)
