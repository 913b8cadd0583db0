from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from cxplan.kit import catalog, messages
from cxplan.kit.catalog import Entry

SOURCE: Final = "en"
FOLDERS: Final = ("cxplan", "journeys", "roadmap", "templates")


class Command(BaseCommand):
    help = "Collect translatable texts into locale/*/LC_MESSAGES/django.po, or --check that all are translated."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing; fail naming what is missing")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        root: Path = settings.BASE_DIR
        found = messages.found(root, FOLDERS)
        complaints: list[str] = []
        for language in (code for code, _ in settings.LANGUAGES if code != SOURCE):
            path = root / "locale" / language / "LC_MESSAGES" / "django.po"
            known = catalog.read(path)
            entries = catalog.merged(found, known)
            if check:
                complaints += [f"{path.relative_to(root)}: {each}" for each in problems(entries, known)]
            else:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(catalog.written(entries, language), encoding="utf-8")
                missing = sum(not entry.is_complete for entry in entries)
                self.stdout.write(f"{path.relative_to(root)}: {len(entries)} texts, {missing} without translation")
        if complaints:
            raise CommandError("\n".join(complaints))


def problems(entries: list[Entry], known: list[Entry]) -> Iterator[str]:
    """What `manage.py messages` and a translator still have to do."""
    listed, wanted = {entry.message for entry in known}, {entry.message for entry in entries}
    for entry in entries:
        if entry.message not in listed:
            yield f"{entry.message.text!r} is missing: run manage.py messages"
        else:
            yield from (f"{entry.message.text!r} {problem}" for problem in entry.problems())
    for message in sorted(listed - wanted):
        yield f"{message.text!r} is obsolete: run manage.py messages"
