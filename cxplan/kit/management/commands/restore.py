"""Everything back from one file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from cxplan.kit import backups


class Command(BaseCommand):
    help = "Put a backup into this database, which must be new: all of it, or nothing and a sentence that says why."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *, file: Path, **options: Any) -> None:
        if not backups.tables():
            call_command("migrate", verbosity=0, interactive=False)
        try:
            held = backups.read(file)
        except backups.BackupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{held.rows} rows of {len(held.tables)} tables, as they were at {held.taken_at}")
