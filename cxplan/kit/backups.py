"""The whole database in one file, and back into an empty one.

A backup is a zip of ``manifest.json`` and one file a table, as Postgres's COPY writes text. Which tables there are is
asked of the database, not of a list: nothing that is added later can be forgotten. There is nothing beside the
database to keep: finished PDFs are rows, and what stands in Redis can be lost (docs/decisions/0001).

It is taken from one snapshot while people go on working, and put back in one transaction: all of it or nothing.
"""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

import psycopg
from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
#: What ``migrate`` itself fills: such rows do not make a database a used one.
FILLED_BY_MIGRATE: Final = frozenset({"django_migrations", "django_content_type", "auth_permission"})


class BackupError(Exception):
    """Why nothing was written, in a sentence for whoever typed the command."""


@dataclass(frozen=True)
class Table:
    """What a table held: its columns in the order of the file, its rows, and the SHA-256 of the file."""

    columns: tuple[str, ...]
    rows: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    taken_at: str
    migrations: tuple[str, ...]
    tables: dict[str, Table]
    #: The last number that each sequence gave out, so that no number is given out twice.
    sequences: dict[str, tuple[int, bool]]
    format: int = field(default=FORMAT)

    @property
    def rows(self) -> int:
        return sum(table.rows for table in self.tables.values())


def write(path: Path) -> Manifest:
    """Back the database up into a new file that only its owner may read.

    Raises ``BackupError`` where the file is there already: an older backup is never written over.
    """
    if path.exists():
        raise BackupError(f"{path} is there already. Name a new file.")
    unfinished = path.with_name(f".{path.name}.unfinished")
    opened = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(opened, "wb") as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            manifest = _dump(archive)
            archive.writestr(MANIFEST, json.dumps(asdict(manifest), indent=1))
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(path)
    finally:
        unfinished.unlink(missing_ok=True)
    return manifest


def read(path: Path) -> Manifest:
    """Put a backup into this database, which must be empty and at the same migrations.

    Raises ``BackupError`` where it is not, or where the file is no backup or not whole; nothing is changed then.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            manifest = _manifest(archive)
            with transaction.atomic():
                _refuse_what_does_not_fit(manifest)
                _load(archive, manifest)
    except (OSError, zipfile.BadZipFile, zlib.error, KeyError, ValueError, TypeError, psycopg.Error) as error:
        raise BackupError(f"{path} is no whole backup ({error}). Nothing was changed.") from error
    return manifest


def tables() -> list[str]:
    """Every table of the database, by name."""
    return sorted(connection.introspection.table_names())


# Out


def _dump(archive: zipfile.ZipFile) -> Manifest:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        held = {name: _write_table(archive, name) for name in tables()}
        return Manifest(
            taken_at=timezone.now().isoformat(timespec="seconds"),
            migrations=_migrations(),
            tables=held,
            sequences=_sequences(),
        )


def _write_table(archive: zipfile.ZipFile, name: str) -> Table:
    columns = _columns(name)
    digest = hashlib.sha256()
    with archive.open(_file(name), "w", force_zip64=True) as file:
        for block in _rows(name, columns):
            digest.update(block)
            file.write(block)
    return Table(columns, _count(name), digest.hexdigest())


def _rows(name: str, columns: tuple[str, ...]) -> Iterator[bytes]:
    """A table as COPY writes it, in the order of its primary key: the same rows are always the same bytes."""
    with connection.cursor() as cursor:
        key = connection.introspection.get_primary_key_columns(cursor, name) or columns
        listed, order = (", ".join(map(_quoted, some)) for some in (columns, key))
        with cursor.copy(f"COPY (SELECT {listed} FROM {_quoted(name)} ORDER BY {order}) TO STDOUT") as copy:  # noqa: S608
            for block in copy:
                yield bytes(block)


# In


def _manifest(archive: zipfile.ZipFile) -> Manifest:
    found: dict[str, Any] = json.loads(archive.read(MANIFEST))
    if found["format"] != FORMAT:
        raise ValueError(f"format {found['format']}, and this version reads {FORMAT}")
    return Manifest(
        taken_at=found["taken_at"],
        migrations=tuple(found["migrations"]),
        tables={
            name: Table(tuple(table["columns"]), table["rows"], table["sha256"])
            for name, table in found["tables"].items()
        },
        sequences={name: (int(last), bool(called)) for name, (last, called) in found["sequences"].items()},
    )


def _refuse_what_does_not_fit(manifest: Manifest) -> None:
    if manifest.migrations != _migrations() or set(manifest.tables) != set(tables()):
        raise BackupError(
            "The backup was made by another version of cxplan than this database is for. Restore it with that "
            "version, then update. Nothing was changed."
        )
    used = [name for name in tables() if name not in FILLED_BY_MIGRATE and _count(name)]
    if used:
        raise BackupError(
            f"The database is not empty ({', '.join(used[:3])}…). A backup is restored into a new database; "
            "nothing was changed."
        )


def _load(archive: zipfile.ZipFile, manifest: Manifest) -> None:
    """Past the triggers of ours, which would write a history of the restoring; foreign keys are looked at last."""
    names = [_quoted(name) for name in manifest.tables]
    with connection.cursor() as cursor:
        for name in names:
            cursor.execute(f"ALTER TABLE {name} DISABLE TRIGGER USER")
        cursor.execute(f"TRUNCATE {', '.join(names)}")
        for name, table in manifest.tables.items():
            _read_table(archive, name, table)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for name in names:
            cursor.execute(f"ALTER TABLE {name} ENABLE TRIGGER USER")
        for name, (last, is_called) in manifest.sequences.items():
            cursor.execute("SELECT setval(%s, %s, %s)", [_quoted(name), last, is_called])


def _read_table(archive: zipfile.ZipFile, name: str, table: Table) -> None:
    listed = ", ".join(map(_quoted, table.columns))
    with (
        connection.cursor() as cursor,
        archive.open(_file(name)) as file,
        cursor.copy(f"COPY {_quoted(name)} ({listed}) FROM STDIN") as copy,
    ):
        while block := file.read(1 << 20):
            copy.write(block)
    digest = hashlib.sha256()
    for block in _rows(name, table.columns):
        digest.update(block)
    if (_count(name), digest.hexdigest()) != (table.rows, table.sha256):
        raise BackupError(f"What was read into {name} is not what was backed up. Nothing was changed.")


# What the database says of itself


def _file(table: str) -> str:
    return f"tables/{table}.copy"


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)


def _columns(table: str) -> tuple[str, ...]:
    """The columns that hold something of their own: a generated one follows from the others."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped "
            "AND attgenerated = '' ORDER BY attnum",
            [_quoted(table)],
        )
        return tuple(name for (name,) in cursor.fetchall())


def _count(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {_quoted(table)}")  # noqa: S608
        return int(cursor.fetchone()[0])


def _migrations() -> tuple[str, ...]:
    return tuple(sorted(f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations()))


def _sequences() -> dict[str, tuple[int, bool]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT sequencename FROM pg_sequences WHERE schemaname = current_schema() ORDER BY 1")
        found = {}
        for (name,) in cursor.fetchall():
            cursor.execute(f"SELECT last_value, is_called FROM {_quoted(name)}")  # noqa: S608
            found[name] = cursor.fetchone()
        return found
