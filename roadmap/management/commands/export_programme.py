"""Write a programme to a file."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone, translation

from roadmap import exchange
from roadmap.domain.loading import load
from roadmap.domain.plan import Plan
from roadmap.exports.errors import ExportError
from roadmap.exports.options import Options
from roadmap.exports.pdf import render_plan
from roadmap.models import Programme

FORMATS: dict[str, Callable[[Plan], bytes]] = {
    "yaml": lambda plan: exchange.to_yaml(plan).encode(),
    "json": lambda plan: exchange.to_json(plan).encode(),
    "pdf": lambda plan: render_plan(plan, Options(as_of=timezone.localdate())),
}


class Command(BaseCommand):
    help = "Write a programme to a file: as a document that can be imported again, or as the plan in print."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("programme", type=int, metavar="ID", help="the programme's key")
        parser.add_argument("--format", choices=FORMATS, default="yaml", help="yaml if left out")
        parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="what it is written to")

    def handle(self, *args: Any, programme: int, format: str, out: Path, **options: Any) -> None:
        found = Programme.objects.filter(pk=programme).first()
        if found is None:
            raise CommandError(f"There is no programme {programme}.")
        try:
            with translation.override(found.language):
                content = FORMATS[format](load(found))
        except ExportError as problem:
            raise CommandError(str(problem)) from None
        try:
            _write(out, content)
        except OSError as problem:
            raise CommandError(f"{out} cannot be written: {problem.strerror or problem}.") from None


def _write(out: Path, content: bytes) -> None:
    """All of it or nothing: a reader never meets half a file."""
    out = out.resolve()
    if out.exists() and not stat.S_ISREG(out.stat().st_mode):  # a device, a pipe, or a directory, which says so
        out.write_bytes(content)
        return
    partial = out.with_name(f".{out.name}.{os.getpid()}.part")
    try:
        with partial.open("wb") as opened:
            opened.write(content)
            opened.flush()
            os.fsync(opened.fileno())
        partial.replace(out)
    finally:
        partial.unlink(missing_ok=True)
