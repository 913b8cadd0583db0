"""What a programme's pages cost: queries, and how the time grows with the programme and with the database.

Prints a line for each page and one JSON object at the end. ``queries_max`` is the most that a page asks
whose plan is kept (all but alignment); ``growth_10x`` the worst page's CPU time at ten times the demo over
that at one; ``growth_10k`` the worst page's with 10,000 other programmes over that without, ``blocks_10k``
the same of the blocks that its queries read, which no noise touches; ``home_ratio`` how many times the home
of a programme is opened while an empty view is that asks the same of its reader; ``first_load_kb`` what a
first visit loads compressed, without fonts.

Rounds alternate between what is compared, and a ratio is the median of those of the rounds: other work on
the machine slows both sides alike.

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

ROUNDS = 9
EMPTY = "empty/"
PAGES = ("", *(f"steps/{step.slug}/" for step in STEPS), "alignment/", "exports/", "trash/", "log/")
WHOLE_PLAN = ("alignment/",)


def main() -> None:
    call_command("migrate", verbosity=0)
    settings.ROOT_URLCONF = "bench.urls"
    small, large = _programme("small", 1), _programme("large", 10)
    queries = {page: (_queries(small, page), _queries(large, page)) for page in PAGES}
    growth = {page: _ratio((large, page), (small, page)) for page in PAGES}
    alone = {page: _seconds(small, page) for page in PAGES}
    home = 1 / _ratio((small, ""), (small, EMPTY))
    before = {page: (_ratio((small, page), (small, EMPTY)), _blocks(small, page)) for page in PAGES}
    _crowd(10_000)
    after = {page: (_ratio((small, page), (small, EMPTY)), _blocks(small, page)) for page in PAGES}
    crowding = {page: after[page][0] / before[page][0] for page in PAGES}
    blocks = {page: after[page][1] / before[page][1] for page in PAGES}
    for page in PAGES:
        print(
            f"{page or 'home':24} {len(queries[page][0]):3} queries, {len(queries[page][1]):3} at 10×, "
            f"{alone[page] * 1000:6.1f} ms, ×{growth[page]:.2f} at 10×, "
            f"×{crowding[page]:.2f} among 10,000, ×{blocks[page]:.2f} blocks"
        )
    kept = [page for page in PAGES if page not in WHOLE_PLAN]
    print(
        json.dumps(
            {
                "queries_max": max(len(queries[page][1]) for page in kept),
                "growth_10x": round(max(growth.values()), 2),
                "growth_10k": round(max(crowding.values()), 2),
                "blocks_10k": round(max(blocks.values()), 2),
                "home_ratio": round(home, 2),
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


Opened = tuple[tuple[Client, str], str]


def _queries(of: tuple[Client, str], page: str) -> list[tuple[str, Any]]:
    """What a page asks that was opened before."""
    client, base = of
    client.get(base + page)
    asked: list[tuple[str, Any]] = []

    def note(execute: Any, sql: str, params: Any, *rest: Any) -> Any:
        asked.append((sql, params))
        return execute(sql, params, *rest)

    with connection.execute_wrapper(note):
        response = client.get(base + page)
    if response.status_code != 200:
        raise SystemExit(f"{base}{page} answers {response.status_code}")
    return asked


def _blocks(of: tuple[Client, str], page: str) -> int:
    """How many blocks the database reads for a page, from memory or from disk."""
    blocks = 0
    with connection.cursor() as cursor:
        for sql, params in _queries(of, page):
            if sql.startswith("SELECT"):
                cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}", params)
                ((found,),) = cursor.fetchall()
                (top,) = found if isinstance(found, list) else json.loads(found)
                blocks += top["Plan"]["Shared Hit Blocks"] + top["Plan"]["Shared Read Blocks"]
    return blocks


def _ratio(one: Opened, other: Opened) -> float:
    """How many times the CPU time of one page is that of another, round by round."""
    for (client, base), page in (one, other):
        client.get(base + page)
    return statistics.median(_seconds(*one, rounds=1) / _seconds(*other, rounds=1) for _ in range(ROUNDS))


def _seconds(of: tuple[Client, str], page: str, rounds: int = ROUNDS) -> float:
    """CPU seconds of a page, the median of some rounds."""
    client, base = of
    taken = []
    for _ in range(rounds):
        start = time.process_time()
        client.get(base + page)
        taken.append(time.process_time() - start)
    return statistics.median(taken)


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
