"""The tests of the tests: the house is broken on purpose, one rule at a time, and the suite has to turn red.

    make mutants            all of them; ARGS="role" those whose rule says so

Each breakage is made in a copy of the tree, where the tests named with it are run; a test that stays green when its
rule is gone guards nothing. The last line is the count.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LEFT_OUT = shutil.ignore_patterns(".venv", ".git", ".local", "__pycache__", ".*_cache", "test-results", "secrets")
TESTS_FAILED = 1  # pytest's exit code; any other says that the run itself broke


@dataclass(frozen=True)
class Mutant:
    """A rule, where it stands, what it is turned into, and the tests that must miss it."""

    rule: str
    path: str
    whole: str
    broken: str
    tests: str


MUTANTS = (
    Mutant(
        "a programme is looked for in its workspace alone",
        "roadmap/access.py",
        "Programme.objects.of(request.workspace).alive().filter(pk=pk)",
        "Programme.objects.all().alive().filter(pk=pk)",
        "tests/test_permissions.py::test_what_is_foreign_looks_like_what_is_missing",
    ),
    Mutant(
        "a role reaches those below it and no further",
        "cxplan/workspaces/models/member.py",
        "return order.index(self) >= order.index(least)",
        "return True",
        "tests/test_permissions.py -k as_declared[carol]",
    ),
    Mutant(
        "every view declares its access",
        "roadmap/views/alignment.py",
        "@programme(Role.VIEWER)\n",
        "",
        "tests/test_permissions.py::test_every_view_declares_its_access",
    ),
    Mutant(
        "a job is acknowledged when it is done, not when it is taken",
        "cxplan/settings.py",
        "CELERY_TASK_ACKS_LATE = True",
        "CELERY_TASK_ACKS_LATE = False",
        "tests/faults/test_no_job_is_lost.py -k killed_child",
    ),
    Mutant(
        "a job is enqueued after its row is there to stay",
        "roadmap/views/exports.py",
        "            transaction.on_commit(partial(wake, made.pk))\n        return _back",
        "            wake(made.pk)\n        return _back",
        "tests/roadmap/pages/test_exports.py",
    ),
    Mutant(
        "the printer fetches nothing but its own assets",
        "roadmap/exports/engine.py",
        "url_fetcher=fetcher(found)",
        "url_fetcher=None",
        "tests/roadmap/exports/test_inert.py",
    ),
    Mutant(
        "no script stands in a page",
        "templates/base.html",
        "</head>",
        "<script>let inline</script></head>",
        "tests/kit/test_templates.py",
    ),
    Mutant(
        "nobody's later save takes an earlier one away unseen",
        "roadmap/domain/records.py",
        "if version is not None and current.version != version:",
        "if False:",
        "tests/roadmap/pages/test_records.py -k two_people",
    ),
    Mutant(
        "private words never enter the history",
        "cxplan/workspaces/models/history.py",
        "    if owner is not model or owner.private_words is None:\n",
        "    if True:\n",
        "tests/workspaces/test_history.py -k private",
    ),
    Mutant(
        "a form of another site is refused",
        "cxplan/kit/middleware.py",
        'request.headers.get("Sec-Fetch-Site", "same-origin") not in OWN',
        "False",
        "tests/kit/test_views.py -k another_site",
    ),
    Mutant(
        "what is too large is refused by its length",
        "cxplan/kit/middleware.py",
        "if length.isdecimal() and int(length) > settings.LARGEST_BODY:",
        "if False:",
        "tests/kit/test_bodies.py",
    ),
    Mutant(
        "a body without a length is measured",
        "cxplan/kit/bodies.py",
        'if "HTTP_TRANSFER_ENCODING" in environ:',
        "if False:",
        "tests/kit/test_bodies.py",
    ),
    Mutant(
        "what is written in silence is seen by its writer alone",
        "cxplan/workshops/models/board.py",
        "~(Q(phase__mode=Mode.WRITE) & hidden)",
        "~Q(pk=None)",
        "tests/workshops/test_facilitate.py -k hides_it_again",
    ),
    Mutant(
        "nobody gives more dots than they have",
        "cxplan/workshops/domain/board.py",
        "quota = there.dots or 0",
        "quota = 99",
        "tests/workshops/test_board.py -k more_dots",
    ),
    Mutant(
        "a backup holds every table",
        "cxplan/kit/backups.py",
        "return sorted(connection.introspection.table_names())",
        "return sorted(connection.introspection.table_names())[:-1]",
        "tests/test_backup.py",
    ),
    Mutant(
        "a command of a room is carried out once",
        "cxplan/live/publish.py",
        "    if version is None:\n        transaction.set_rollback(True)\n        raise Repeated\n",
        "",
        "tests/live/test_publish.py -k once",
    ),
    Mutant(
        "an event of a stream is handed on once, and in order",
        "cxplan/live/channel.py",
        "if version != self.version + 1 or self._early or not self.known:",
        "if not self.known:",
        "tests/live/test_gateway.py -k out_of_order",
    ),
    Mutant(
        "whoever may no longer listen is out at once",
        "cxplan/live/hub.py",
        "        elif word == messages.RECHECK:\n            self._doubt(channel)\n",
        "",
        "tests/live/test_gateway.py -k within_two_seconds",
    ),
)


def main(word: str = "") -> int:
    """Break, run, tell; returns how many breakages nobody noticed."""
    unnoticed = 0
    chosen = [mutant for mutant in MUTANTS if word in mutant.rule]
    with tempfile.TemporaryDirectory(prefix="cxplan-mutants-") as home:
        tree = Path(home, "tree")
        shutil.copytree(ROOT, tree, ignore=LEFT_OUT)
        (tree / ".venv").symlink_to(ROOT / ".venv")
        for mutant in chosen:
            began = time.monotonic()
            code = run(tree, mutant)
            noticed = code == TESTS_FAILED
            unnoticed += not noticed
            said = "red" if noticed else f"NOT NOTICED (exit {code})"
            print(f"{said:4} {time.monotonic() - began:5.0f} s  without: {mutant.rule}", flush=True)
    print(f"{len(chosen) - unnoticed} of {len(chosen)} red")
    return unnoticed


def run(tree: Path, mutant: Mutant) -> int:
    """The exit code of the mutant's tests in the broken copy, which is whole again afterwards."""
    path = tree / mutant.path
    whole = path.read_text()
    if whole.count(mutant.whole) != 1:
        raise SystemExit(f"{mutant.path} says {mutant.whole!r} {whole.count(mutant.whole)} times, not once")
    path.write_text(whole.replace(mutant.whole, mutant.broken))
    command = [sys.executable, "-m", "cxplan.embedded.testing", "-n", "0", "-q", "-x", *mutant.tests.split()]
    environment = os.environ | {"PYTHONDONTWRITEBYTECODE": "1"}
    try:
        return subprocess.run(command, cwd=tree, env=environment, capture_output=True).returncode
    finally:
        path.write_text(whole)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
