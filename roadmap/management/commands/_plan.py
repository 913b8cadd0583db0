"""What the commands that read a programme's plan have in common."""

from __future__ import annotations

import json
from abc import abstractmethod
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone, translation

from roadmap.domain.loading import load
from roadmap.domain.plan import Plan
from roadmap.models import Programme


class PlanCommand(BaseCommand):
    """Says something about one programme: as JSON for other programs, or as lines for people."""

    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("programme", type=int, metavar="ID", help="the programme's key")
        parser.add_argument("--json", action="store_true", help="print JSON and nothing else")
        parser.add_argument("--as-of", metavar="DATE", help="the day to judge by, as 2026-11-04; today if left out")

    def handle(self, *args: Any, programme: int, json: bool, as_of: str | None, **options: Any) -> None:
        day = _day(as_of)
        try:
            found = Programme.objects.get(pk=programme)
        except Programme.DoesNotExist:
            raise CommandError(f"There is no programme {programme}.") from None
        with translation.override(found.language):
            plan = load(found)
            if json:
                self.stdout.write(_json(self.data(plan, day)))
            else:
                for line in self.lines(plan, day):
                    self.stdout.write(line)

    @abstractmethod
    def data(self, plan: Plan, as_of: date) -> object:
        """What is printed as JSON."""

    @abstractmethod
    def lines(self, plan: Plan, as_of: date) -> Iterable[str]:
        """What is printed for people."""


def _day(given: str | None) -> date:
    if given is None:
        return timezone.localdate()
    try:
        return date.fromisoformat(given)
    except ValueError:
        raise CommandError(f"--as-of wants a date such as 2026-11-04, not {given!r}.") from None


def _json(data: object) -> str:
    return json.dumps(data, ensure_ascii=False, indent=2)
