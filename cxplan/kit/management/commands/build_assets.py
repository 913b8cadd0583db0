from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from cxplan.kit import assets


class Command(BaseCommand):
    help = "Make fonts, the joined style sheet and script, and compiled translations; only what is stale."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        for path in assets.build(settings.BASE_DIR):
            self.stdout.write(f"made {path.relative_to(settings.BASE_DIR)}")
