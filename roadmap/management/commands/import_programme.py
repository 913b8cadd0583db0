"""Make a programme of a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, transaction

from cxplan.workspaces.domain import members
from cxplan.workspaces.models import Workspace
from roadmap import exchange
from roadmap.domain.plan import Plan


class Command(BaseCommand):
    help = "Make a programme of a YAML or JSON file: all of it, or nothing and every error by its path."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="a document in the exchange format")
        parser.add_argument("--workspace", required=True, metavar="SLUG", help="where the programme comes to stand")
        parser.add_argument(
            "--create", action="store_true", help="make the workspace if it is not there, named after the organisation"
        )
        parser.add_argument(
            "--language",
            choices=[code for code, _name in settings.LANGUAGES],
            help="which of the document's languages to take; its default language if left out",
        )

    def handle(
        self, *args: Any, file: Path, workspace: str, create: bool, language: str | None, **options: Any
    ) -> None:
        found = Workspace.objects.filter(slug=workspace).first()
        if found is None and not create:
            raise CommandError(f"There is no workspace {workspace}. Correct the name, or add --create to make it.")
        try:
            plan = exchange.read(_content(file), language)
        except exchange.DocumentError as problem:
            lines = "\n".join(f"  {error}" for error in problem.errors)
            raise CommandError(f"{file} cannot be imported; nothing was stored.\n{lines}") from None
        try:
            with transaction.atomic():
                programme = exchange.store(plan, found or _workspace(workspace, plan))
        except DatabaseError as problem:
            raise CommandError(f"{file} could not be stored; nothing was. The database says: {problem}") from None
        self.stdout.write(str(programme.pk))


def _content(file: Path) -> bytes:
    """The bytes of a file, no more of them than the largest document has."""
    try:
        with file.open("rb") as opened:
            return opened.read(exchange.LARGEST + 1)
    except OSError as problem:
        raise CommandError(f"{file} cannot be read: {problem.strerror or problem}.") from None


def _workspace(slug: str, plan: Plan) -> Workspace:
    return members.found(slug=slug, name=plan.organisation.name if plan.organisation else plan.programme.name)
