"""What a programme's pages cost: queries, and how the time grows with the programme and with the database.

Prints a line for each page and one JSON object at the end. ``queries_max`` is the most that a page asks
whose plan is kept (all but alignment); ``growth_10x`` the worst page's CPU time at ten times the demo over
that at one; ``growth_10k`` the worst page's with 10,000 other programmes over that without;
``first_load_kb`` what a first visit loads compressed, without fonts.

    make bench
"""

from __future__ import annotations

import gzip
import json
import os
import statistics
import sys
import time
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import django

django.setup()

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client

from bench.enlarge import demo
from cxplan.workspaces.domain import members
from cxplan.workspaces.models import Member, Role, User, Workspace
from roadmap import exchange
from roadmap.models import Programme
from roadmap.steps import STEPS

ROUNDS = 5
PAGES = ("", *(f"steps/{step.slug}/" for step in STEPS), "alignment/", "exports/", "trash/", "log/")
WHOLE_PLAN = ("alignment/",)


def main() -> None:
    call_command("migrate", verbosity=0)
    small, large = _programme("small", 1), _programme("large", 10)
    alone = {page: _cost(small, page) for page in PAGES}
    ten = {page: _cost(large, page) for page in PAGES}
    _crowd(10_000)
    crowded = {page: _cost(small, page) for page in PAGES}
    growth = {page: ten[page][1] / alone[page][1] for page in PAGES}
    crowding = {page: crowded[page][1] / alone[page][1] for page in PAGES}
    for page in PAGES:
        queries, seconds = alone[page]
        print(
            f"{page or 'home':24} {queries:3} queries, {ten[page][0]:3} at 10×, {seconds * 1000:6.1f} ms, "
            f"×{growth[page]:.2f} at 10×, ×{crowding[page]:.2f} among 10,000"
        )
    kept = [page for page in PAGES if page not in WHOLE_PLAN]
    print(
        json.dumps(
            {
                "queries_max": max(ten[page][0] for page in kept),
                "growth_10x": round(max(growth.values()), 2),
                "growth_10k": round(max(crowding.values()), 2),
                "first_load_kb": _first_load(small),
            }
        )
    )


def _programme(slug: str, times: int) -> tuple[Client, str]:
    workspace = members.found(slug=slug, name=slug)
    programme = exchange.store(demo(times), workspace)
    user = User.objects.create_user(f"{slug}@bench.example", name=slug)
    Member.objects.create(workspace=workspace, user=user, name=slug, role=Role.LEAD)
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client, f"/w/{slug}/programmes/{programme.pk}/"


def _cost(of: tuple[Client, str], page: str) -> tuple[int, float]:
    """Queries and median CPU seconds of a page whose overview is kept."""
    client, base = of
    client.get(base + page)
    asked: list[str] = []

    def count(execute: Any, sql: str, *rest: Any) -> Any:
        asked.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(count):
        response = client.get(base + page)
    if response.status_code != 200:
        raise SystemExit(f"{base}{page} answers {response.status_code}")
    seconds = []
    for _ in range(ROUNDS):
        start = time.process_time()
        client.get(base + page)
        seconds.append(time.process_time() - start)
    return len(asked), statistics.median(seconds)


def _crowd(count: int) -> None:
    """Other programmes in a workspace of their own."""
    workspace = Workspace.objects.create(slug="crowd", name="Crowd")
    Programme.objects.bulk_create(
        (Programme(workspace=workspace, name=f"Programme {number}", language="fi") for number in range(count)),
        batch_size=1000,
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _first_load(of: tuple[Client, str]) -> float:
    """Kilobytes of the home page with its style, script and signs, compressed, without fonts."""
    client, base = of
    root = Path(settings.BASE_DIR)
    call_command("build_assets", verbosity=0)
    htmx = Path(sys.modules["django_htmx"].__file__ or "").parent / "static" / "django_htmx" / "htmx-2.min.js"
    files = [root / "build/assets/css/cxplan.css", root / "build/assets/js/cxplan.js", root / "static/icons.svg", htmx]
    parts = [client.get(base).content, *(file.read_bytes() for file in files)]
    return round(sum(len(gzip.compress(part, 9)) for part in parts) / 1000, 1)


if __name__ == "__main__":
    main()
