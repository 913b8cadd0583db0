"""A backup holds every row of every table, and comes back as it was or not at all."""

from __future__ import annotations

import json
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection, models
from django.test import Client

from cxplan.kit import backups
from cxplan.workspaces.models import Change, Member, Workspace
from roadmap.models import Gap, Programme
from tests.cast import Cast, assemble
from tests.make import make, make_export

#: Each test writes and reads the real database, outside of a transaction.
pytestmark = pytest.mark.django_db(transaction=True)

AWKWARD = 'Ä tab\t, a line\nand "quotes", \\N, \\.'


@pytest.fixture
def kept(tmp_path: Path) -> tuple[Cast, Path]:
    """A workspace with awkward words, a file and a history, backed up."""
    cast = assemble()
    make(Gap, cast.programme, by=cast.bob, title=AWKWARD)
    make_export(cast.programme, cast.carol)
    path = tmp_path / "all.cxplan"
    call_command("backup", path)
    return cast, path


def empty() -> None:
    """As `flush` does it, which the triggers of append-only tables would forbid; `migrate`'s own rows come back."""
    call_command("flush", verbosity=0, interactive=False)


def checksums() -> dict[str, tuple[int, str]]:
    """The rows of each table and a digest of them, by other means than the backup's."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f"SELECT count(*), md5(string_agg(t::text, '|' ORDER BY t::text)) FROM \"{table}\" t")  # noqa: S608
            found[table] = cursor.fetchone()
    return found


def test_every_row_of_every_table_comes_back(kept: tuple[Cast, Path], sign_in: Callable[[Member], Client]) -> None:
    cast, path = kept
    before = checksums()
    empty()
    assert not Workspace.objects.exists()

    call_command("restore", path)

    assert checksums() == before
    assert sum(rows for rows, _ in before.values()) > 100
    assert Gap.objects.of(cast.programme).get().title == AWKWARD
    assert sign_in(cast.alice).get(f"/w/alpha/programmes/{cast.programme.pk}/").status_code == 200


def test_work_goes_on_after_it(kept: tuple[Cast, Path]) -> None:
    """Numbers are not given out twice, the history goes on, and what the database refuses it refuses again."""
    cast, path = kept
    (gap,) = Gap.objects.of(cast.programme)
    empty()
    call_command("restore", path)
    another = make(Gap, Programme.objects.of(cast.workspace).get(), by=cast.bob, title="Another")
    assert another.pk > gap.pk
    assert Change.objects.filter(table="roadmap_gap", record_id=another.pk).count() == 1


def test_every_model_is_in_it(kept: tuple[Cast, Path]) -> None:
    with zipfile.ZipFile(kept[1]) as archive:
        held = json.loads(archive.read("manifest.json"))["tables"]
        files = {name.removeprefix("tables/").removesuffix(".copy") for name in archive.namelist()}
    models_tables = {
        model._meta.db_table for model in apps.get_models(include_auto_created=True) if not model._meta.proxy
    }
    assert models_tables <= set(held)
    assert files - {"manifest.json"} == set(held)


def test_nothing_is_kept_beside_the_database() -> None:
    """A backup of the database is all there is to back up, as long as no model keeps a file elsewhere."""
    fields = [field for model in apps.get_models() for field in model._meta.get_fields()]
    assert [str(field) for field in fields if isinstance(field, models.FileField)] == []


def test_only_its_owner_reads_it_and_nothing_writes_over_it(kept: tuple[Cast, Path]) -> None:
    _, path = kept
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    before = path.read_bytes()
    with pytest.raises(CommandError, match="is there already"):
        call_command("backup", path)
    assert path.read_bytes() == before
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_a_used_database_is_left_alone(kept: tuple[Cast, Path]) -> None:
    before = checksums()
    with pytest.raises(CommandError, match="not empty"):
        call_command("restore", kept[1])
    assert checksums() == before


def rewritten(path: Path, change: Callable[[str, bytes], bytes]) -> Path:
    """The same backup with its files changed."""
    made = path.with_suffix(".odd")
    with zipfile.ZipFile(path) as archive, zipfile.ZipFile(made, "w") as odd:
        for name in archive.namelist():
            odd.writestr(name, change(name, archive.read(name)))
    return made


def other_version(name: str, held: bytes) -> bytes:
    return held.replace(b"roadmap.0001_initial", b"roadmap.0099_later") if name == "manifest.json" else held


def other_format(name: str, held: bytes) -> bytes:
    return held.replace(b'"format": 1', b'"format": 2') if name == "manifest.json" else held


def a_word_changed(name: str, held: bytes) -> bytes:
    return held.replace(b"Alongside", b"Alongsidf") if name == "tables/roadmap_programme.copy" else held


def a_row_lost(name: str, held: bytes) -> bytes:
    return b"" if name == "tables/roadmap_gap.copy" else held


def a_dangling_row(name: str, held: bytes) -> bytes:
    return b"1\n" if name == "tables/workspaces_member.copy" else held


ODD = {
    other_version: "another version",
    other_format: "format 2",
    a_word_changed: "is not what was backed up",
    a_row_lost: "is not what was backed up",
    a_dangling_row: "no whole backup",
}


def test_a_file_that_does_not_fit_changes_nothing(kept: tuple[Cast, Path]) -> None:
    empty()
    before = checksums()
    for change, said in ODD.items():
        odd = rewritten(kept[1], change)
        assert odd.read_bytes() != kept[1].read_bytes()
        with pytest.raises(CommandError, match=said):
            call_command("restore", odd)
        assert checksums() == before, change


def test_half_a_file_changes_nothing(kept: tuple[Cast, Path]) -> None:
    whole, path = kept[1].read_bytes(), kept[1].with_suffix(".half")
    empty()
    before = checksums()
    for cut in (0, 100, len(whole) // 2, len(whole) - 100):
        path.write_bytes(whole[:cut])
        with pytest.raises(CommandError, match="no whole backup"):
            call_command("restore", path)
        assert checksums() == before, cut


def test_the_triggers_stand_again(kept: tuple[Cast, Path]) -> None:
    empty()
    call_command("restore", kept[1])
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), count(*) FILTER (WHERE tgenabled = 'D') FROM pg_trigger WHERE NOT tgisinternal"
        )
        count, disabled = cursor.fetchone()
    assert count > 50
    assert disabled == 0


def test_what_is_backed_up_is_what_the_database_has() -> None:
    assert set(backups.tables()) == set(connection.introspection.table_names())
