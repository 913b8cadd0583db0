from typing import Any

from django.core.management.base import BaseCommand

from roadmap.domain import register


class Command(BaseCommand):
    help = "Print the register of personal data, as docs/personal-data.md holds it."
    requires_system_checks = []

    def handle(self, **options: Any) -> None:
        self.stdout.write(register.to_markdown(), ending="")
