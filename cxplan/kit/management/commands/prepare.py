"""All that stands between a checkout and its first page."""

import fcntl
import hashlib
import multiprocessing
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    help = "Migrate, load the demo where DEMO is on, and build the static files if anything in them changed."
    requires_system_checks = []

    def handle(self, **options: Any) -> None:
        """Static files know no database: a second core builds them, in a process forked before one is opened."""
        builder = multiprocessing.get_context("fork").Process(target=build_static_files)
        builder.start()
        try:
            call_command("migrate", verbosity=0, interactive=False)
            if settings.DEMO:
                call_command("demo")
        finally:
            builder.join()
        if builder.exitcode:
            raise CommandError("The static files could not be built: the reason stands above.")


def build_static_files() -> None:
    """Collecting and compressing takes seconds; looking whether anything changed takes none.

    One at a time: the builder of a start that was killed may still be at it.
    """
    root = Path(settings.STATIC_ROOT)
    root.parent.mkdir(parents=True, exist_ok=True)
    stamp = root.with_suffix(".stamp")
    with root.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        call_command("build_assets", verbosity=0)
        wanted = _fingerprint()
        if root.exists() and stamp.exists() and stamp.read_text() == wanted:
            return
        stamp.unlink(missing_ok=True)
        call_command("collectstatic", verbosity=0, interactive=False, clear=True)
        stamp.write_text(wanted)


def _fingerprint() -> str:
    """Changes with any static file's path, size or time, and with the way they are stored."""
    digest = hashlib.sha256(settings.STORAGES["staticfiles"]["BACKEND"].encode())
    for path in sorted(_static_files()):
        status = path.stat()
        digest.update(f"{path} {status.st_size} {status.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _static_files() -> Iterator[Path]:
    for finder in get_finders():
        for name, storage in finder.list(ignore_patterns=[]):
            yield Path(storage.path(name))
