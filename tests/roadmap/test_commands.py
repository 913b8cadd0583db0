"""Programmes in and out by command, and the demo."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import CommandError, call_command
from django.db import DatabaseError

from cxplan.workspaces.models import Member, Role, User, Workspace
from roadmap import exchange
from roadmap.domain import records
from roadmap.domain.kinds import BY_NAME
from roadmap.management.commands import demo as demo_command
from roadmap.models import Gap, Programme
from tests.make import make_workspace
from tests.roadmap.exchange import documents

pytestmark = pytest.mark.django_db


@pytest.fixture
def workspace() -> Workspace:
    return make_workspace("acme")


def run(*arguments: Any, **options: Any) -> str:
    out = StringIO()
    call_command(*map(str, arguments), stdout=out, **options)
    return out.getvalue()


def bring_in(file: Path, *more: str) -> Programme:
    return Programme.objects.get(pk=run("import_programme", file, "--workspace", "acme", *more))


# ------------------------------------------------------------------ import


def test_an_import_prints_the_key_of_the_new_programme(workspace: Workspace) -> None:
    printed = run("import_programme", documents.SMALL, "--workspace", "acme")

    programme = Programme.objects.of(workspace).get()
    assert printed.splitlines()[-1] == str(programme.pk)
    assert programme.name == "Alongside"


def test_the_language_can_be_chosen(workspace: Workspace) -> None:
    assert bring_in(documents.FILE).name == "Rinnalla 2031"
    assert bring_in(documents.FILE, "--language", "en").name == "Alongside 2031"


@pytest.fixture
def a_file(tmp_path: Path) -> Callable[[bytes], Path]:
    def holding(content: bytes) -> Path:
        file = tmp_path / "plan.yaml"
        file.write_bytes(content)
        return file

    return holding


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (
            documents.SMALL.read_bytes().replace(b"problem: g1", b"problem: g7"),
            "promises[0].problem: There is no record “g7”",
        ),
        (b"\x7fELF\xff\x00", "UTF-8"),
        (b"x" * 5_000_001, "5 MB"),
        (b"", "mapping"),
        (b"a: !!python/object/apply:os.system [true]", "python/object"),
    ],
)
def test_a_file_that_is_wrong_is_refused_with_paths(
    workspace: Workspace, a_file: Callable[[bytes], Path], content: bytes, says: str
) -> None:
    with pytest.raises(CommandError) as refused:
        bring_in(a_file(content))

    assert says in str(refused.value)
    assert "nothing was stored" in str(refused.value)
    assert not Programme.objects.of(workspace).exists()
    assert not Member.objects.of(workspace).exists()


def test_a_file_that_is_not_there_says_so(workspace: Workspace, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="No such file"):
        bring_in(tmp_path / "nothing.yaml")
    with pytest.raises(CommandError, match="directory"):
        bring_in(tmp_path)


def test_a_file_without_end_is_not_read_to_its_end(workspace: Workspace) -> None:
    with pytest.raises(CommandError, match="5 MB"):
        bring_in(Path("/dev/zero"))


def test_an_unknown_workspace_is_told_or_made() -> None:
    with pytest.raises(CommandError, match=r"no workspace acme.*--create"):
        bring_in(documents.SMALL)

    assert bring_in(documents.SMALL, "--create").workspace.name == "Acme"
    assert bring_in(documents.SMALL, "--create").workspace.slug == "acme"


def test_what_the_database_refuses_is_no_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_arguments: Any) -> None:
        raise DatabaseError("the disk is full")

    monkeypatch.setattr(exchange, "store", refuse)
    with pytest.raises(CommandError, match="the disk is full"):
        bring_in(documents.SMALL, "--create")
    assert not Workspace.objects.exists()


# ------------------------------------------------------------------ export


@pytest.mark.parametrize(("name", "parse"), [("yaml", yaml.safe_load), ("json", json.loads)])
def test_an_export_can_be_imported_again(
    workspace: Workspace, tmp_path: Path, name: str, parse: Callable[[str], Any]
) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    programme = bring_in(documents.SMALL)

    assert run("export_programme", programme.pk, "--format", name, "--out", first) == ""
    run("export_programme", bring_in(first).pk, "--format", name, "--out", second)

    assert first.read_text() == second.read_text()
    assert parse(first.read_text())["gaps"][0]["title"] == "Dark"
    assert sorted(tmp_path.iterdir()) == [first, second]


def test_an_export_replaces_the_file_as_a_whole(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "plan.yaml"
    out.write_text("as it was")
    programme = bring_in(documents.SMALL)

    def fail(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("os.fsync", fail)
        with pytest.raises(CommandError, match="No space left"):
            run("export_programme", programme.pk, "--out", out)
    assert out.read_text() == "as it was"
    assert list(tmp_path.iterdir()) == [out]

    run("export_programme", programme.pk, "--out", out)
    assert yaml.safe_load(out.read_text())["programme"]["id"] == "p"


def test_an_export_says_what_is_wrong(workspace: Workspace, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no programme 987654"):
        run("export_programme", 987654, "--out", tmp_path / "x")
    programme = bring_in(documents.SMALL)
    with pytest.raises(CommandError, match="directory"):
        run("export_programme", programme.pk, "--out", tmp_path)
    with pytest.raises(CommandError, match="No such file"):
        run("export_programme", programme.pk, "--out", tmp_path / "none" / "x")


def test_an_export_can_go_to_a_device(workspace: Workspace) -> None:
    run("export_programme", bring_in(documents.SMALL).pk, "--out", "/dev/null")

    assert Path("/dev/null").is_char_device()


def test_the_plan_in_print(workspace: Workspace, tmp_path: Path) -> None:
    out = tmp_path / "plan.pdf"

    run("export_programme", bring_in(documents.SMALL).pk, "--format", "pdf", "--out", out)

    assert out.read_bytes().startswith(b"%PDF-")


# ------------------------------------------------------------------ the demo


@pytest.fixture
def small_demo(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The demo's people in a small document, since loading is what is tested."""
    document: Any = documents.small()
    people = [
        {"id": "aino", "name": "Aino Kettula", "role": "cx_lead"},
        {"id": "harri", "name": "H", "role": "sponsor"},
    ]
    document["people"] += [*people, {"id": "ville", "name": "Ville Noronen", "role": "member"}]
    document["organisation"]["name"] = {"fi": "Suvantolan Energia Oy", "en": "Suvantola Energy Ltd"}
    file = tmp_path / "demo.yaml"
    file.write_text(json.dumps(document), encoding="utf-8")
    monkeypatch.setattr(demo_command, "DOCUMENT", file)


@pytest.mark.usefixtures("small_demo")
def test_the_demo_stands_in_two_languages() -> None:
    printed = run("demo")

    assert printed.count("\n") == 2
    assert list(Workspace.objects.order_by("pk").values_list("slug", "name")) == [
        ("suvantola", "Suvantolan Energia Oy"),
        ("suvantola-en", "Suvantola Energy Ltd"),
    ]
    assert list(Programme.objects.order_by("pk").values_list("language", flat=True)) == ["fi", "en"]


@pytest.mark.usefixtures("small_demo")
def test_its_people_belong_to_both_with_their_rights() -> None:
    run("demo")

    assert User.objects.count() == 4
    rights = Member.objects.filter(user__isnull=False).values_list("user__email", "role", "is_approver")
    assert sorted(rights) == [
        *[("aino@suvantola.example", Role.LEAD, False)] * 2,
        *[("harri@suvantola.example", Role.VIEWER, True)] * 2,
        *[("kirsti@suvantola.example", Role.OWNER, False)] * 2,
        *[("ville@suvantola.example", Role.MEMBER, False)] * 2,
    ]


@pytest.mark.usefixtures("small_demo")
def test_it_is_loaded_once_whatever_became_of_it() -> None:
    run("demo")
    programme = Programme.objects.order_by("pk")[0]
    gap = Gap.objects.of(programme).get(exchange_id="g1")
    records.change(gap, programme=programme, by=None, values={"title": "Edited"})
    records.trash(Gap.objects.of(programme).get(exchange_id="g2"), programme=programme, by=None)
    Programme.objects.filter(language="en").update(trashed_at=programme.created_at)
    Workspace.objects.filter(slug="suvantola").update(name="Renamed")

    assert run("demo") == ""

    assert Programme.objects.count() == Workspace.objects.count() == 2
    assert Gap.objects.of(programme).get(exchange_id="g1").title == "Edited"
    assert Gap.objects.of(programme).alive().count() == 1
    assert Workspace.objects.filter(name="Renamed").exists()


@pytest.mark.usefixtures("small_demo")
def test_what_is_missing_of_it_is_loaded() -> None:
    make_workspace("suvantola")

    assert "suvantola-en" in run("demo")
    assert list(Programme.objects.values_list("workspace__slug", flat=True)) == ["suvantola-en"]


def test_every_kind_that_a_file_knows_is_in_the_small_one(workspace: Workspace) -> None:
    """Otherwise the tests above, and the random ones, pass some kind by."""
    programme = bring_in(documents.SMALL)
    own = [kind for kind in BY_NAME.values() if not kind.tied and hasattr(kind.model, "exchange_id")]

    assert [kind.name for kind in own if not kind.objects().of(programme).exists()] == []
