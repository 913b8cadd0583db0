"""Whatever is killed, what was asked for arrives, once: a real worker, a real queue, and SIGKILL."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone

from bench.enlarge import demo
from roadmap import exchange
from roadmap.domain import exports
from roadmap.models import Export, Pillar, Programme, StoredFile
from tests.cast import Cast, assemble
from tests.make import make

from . import poisoned
from .rig import Rig, kill, until

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def cast() -> Cast:
    """The cast, committed, with something to print on cards."""
    made = assemble()
    make(Pillar, made.programme, state="chosen")
    return made


@pytest.fixture(scope="module")
def rig(
    django_db_setup: None, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Rig]:
    """One for all tests, as it takes seconds to start: each leaves it running."""
    made = Rig(tmp_path_factory.mktemp("rig"), getattr(request, "param", "tests.faults.poisoned"))
    made.start_queue()
    made.start_worker()
    made.start_beat()
    yield made
    made.stop()
    print((made.home / "log").read_text()[-2_000:])


def ask(programme: Programme, *, mark: str = "", parts: str = "summary", count: int = 1) -> list[int]:
    wish = {"parts": parts, "mark": mark, "language": "en"}
    return [exports.request(programme, by=None, **wish).pk for _ in range(count)]


def states(jobs: list[int]) -> dict[int, tuple[str, int]]:
    rows = Export.objects.filter(pk__in=jobs).values_list("pk", "state", "attempt")
    return {pk: (state, attempt) for pk, state, attempt in rows}


def test_a_killed_child_is_missed_at_once_and_poison_stops_after_three_tries(cast: Cast, rig: Rig) -> None:
    (slow,) = ask(cast.programme, mark=poisoned.SLOW)
    rig.send([slow])
    until(lambda: states([slow])[slow] == ("running", 1))
    kill(rig.busy())
    # The lease shall not tell: the queue hands the same message out again, and whoever held it is dead
    Export.objects.filter(pk=slow).update(lease_until=timezone.now() + timedelta(hours=1))
    missed = until(lambda: states([slow])[slow][1] == 2, every=0.02)
    print(f"the killed child's job was taken up again after {missed:.1f} s")
    until(lambda: states([slow])[slow] == ("done", 2))
    assert StoredFile.objects.count() == 1

    (raises,), (dies,) = (ask(cast.programme, mark=mark) for mark in (poisoned.RAISES, poisoned.DIES))
    rig.send([raises, dies])
    until(lambda: set(states([raises, dies]).values()) == {("failed", 3)})
    assert "tell support" in Export.objects.get(pk=raises).error
    assert "three tries" in Export.objects.get(pk=dies).error
    assert rig.waiting() == 0


@pytest.mark.parametrize("count", [10, pytest.param(100, marks=pytest.mark.slow)])
def test_jobs_outlive_a_killed_queue(cast: Cast, rig: Rig, count: int) -> None:
    rig.kill_group()
    jobs = ask(cast.programme, parts="cards", count=count)
    rig.send(jobs)
    kept = rig.waiting()
    rig.kill_queue()
    rig.start_queue()
    assert (kept, rig.waiting()) == (count, count)
    rig.start_worker()
    took = until(lambda: set(states(jobs).values()) == {("done", 1)}, every=0.2)
    print(f"{count} of {count} after {took:.1f} s")
    assert StoredFile.objects.count() == 1


def test_what_the_queue_never_heard_of_is_found(cast: Cast, rig: Rig) -> None:
    """The queue is away when the job is asked for; once it is back, the sweeper finds the row."""
    rig.kill_queue()
    (job,) = ask(cast.programme, parts="cards")
    Export.objects.update(updated_at="2026-01-01T00:00Z")
    rig.start_queue()

    def is_done() -> bool:
        rig.watch()
        return states([job])[job][0] == "done"

    took = until(is_done)
    print(f"done {took:.1f} s after the queue was back")


@pytest.mark.slow
@pytest.mark.parametrize("rig", ["cxplan"], indirect=True)
def test_twenty_plans_arrive_whatever_is_killed(rig: Rig) -> None:
    """Twenty whole plans, and twenty kills at random moments: of a child, of the worker, of both."""
    programme = exchange.store(demo(), assemble().workspace)
    jobs = [pk for number in range(20) for pk in ask(programme, parts="full", mark=f"Copy {number}")]
    rig.send(jobs)
    kills = [*["child"] * 8, *["worker"] * 6, *["group"] * 6]
    random.shuffle(kills)
    missed: dict[str, list[float]] = {kind: [] for kind in sorted(kills)}
    began = time.monotonic()
    while kills:
        time.sleep(random.uniform(1, 6))
        held = until_all_may_lose_one_more(jobs)
        if not held:
            break
        kind = kills.pop()
        strike(rig, kind)
        times = taken_up_again(jobs, held, one=kind == "child")
        missed[kind] += times
        print(f"{kind} killed: {', '.join(f'{each:.1f} s' for each in times) or 'nothing was lost'}", flush=True)
    until(lambda: {state for state, _ in states(jobs).values()} <= {"done", "failed"}, seconds=1_500, every=0.5)
    done = Export.objects.filter(pk__in=jobs, state="done")
    attempts = sorted(attempt for _, attempt in states(jobs).values())
    print(f"{done.count()} of 20 arrived in {time.monotonic() - began:.0f} s, {StoredFile.objects.count()} files, "
          f"{20 - len(kills)} kills, attempts {attempts}")  # fmt: skip
    for kind, times in missed.items():
        spread = " ".join(f"{each:.1f}" for each in sorted(times))
        print(f"{kind:6} {len(times):2} jobs taken up again, median {statistics.median(times or [0]):.1f} s: {spread}")
    assert done.count() == StoredFile.objects.count() == 20
    # Behind a long queue a killed child is found by its lease, and its job waits for the next free process
    assert max(missed["child"], default=0) < 20
    assert max([*missed["worker"], *missed["group"]], default=0) < 30


def until_all_may_lose_one_more(jobs: list[int]) -> dict[int, int]:
    """Wait until every job at work has an attempt left; returns them with their attempts, none where all is done."""
    while not all(state == "done" for state, _ in states(jobs).values()):
        held = {job: attempt for job, (state, attempt) in states(jobs).items() if state == "running"}
        if len(held) > 1 and max(held.values()) < 3:
            return held
        time.sleep(0.1)
    return {}


def strike(rig: Rig, kind: str) -> None:
    """Kill, and start what a supervisor would."""
    if kind == "child":
        rig.kill_child()
        return
    if kind == "worker":
        rig.kill_worker()
    else:
        rig.kill_group()
    rig.start_worker()


def taken_up_again(jobs: list[int], held: dict[int, int], *, one: bool) -> list[float]:
    """Seconds until the jobs that were held begin anew; those finished by whoever held them do not count."""
    began, times, left = time.monotonic(), [], dict(held)
    while left:
        for job, (state, attempt) in states(list(left)).items():
            if attempt > left[job]:
                times.append(time.monotonic() - began)
            if attempt > left[job] or state == "done":
                del left[job]
        if one and times:
            break
        time.sleep(0.1)
    return times
