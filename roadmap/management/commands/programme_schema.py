from typing import Any

from django.core.management.base import BaseCommand

from roadmap.exchange import schema


class Command(BaseCommand):
    help = "Print the JSON Schema of the exchange format, as docs/exchange/programme.schema.json holds it."
    requires_system_checks = []

    def handle(self, **options: Any) -> None:
        self.stdout.write(schema.to_text(), ending="")
