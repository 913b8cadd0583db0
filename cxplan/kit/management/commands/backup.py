"""Everything in one file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cxplan.kit import backups


class Command(BaseCommand):
    help = "Back the whole database up into a new file, while people go on working. `restore` reads it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *, file: Path, **options: Any) -> None:
        try:
            taken = backups.write(file)
        except (backups.BackupError, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{taken.rows} rows of {len(taken.tables)} tables, {file.stat().st_size:,} bytes: {file}")
