"""The plan as a PDF: asked for, made once by whoever holds the claim, watched, and taken home."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from kombu.exceptions import OperationalError

from cxplan.workspaces.models import Member
from roadmap import tasks
from roadmap.domain import exports, records
from roadmap.exports import pdf
from roadmap.exports.errors import ExportError
from roadmap.models import Export, StoredFile
from tests.cast import Cast, assemble
from tests.make import make_export

SignIn = Callable[[Member], Client]
PDF = b"%PDF-1.7\n%%EOF\n"
HTMX: dict[str, Any] = {"headers": {"HX-Request": "true"}}
WISH = {"language": "fi", "parts": "full", "appendix": "on", "mark": "Secret"}


def url(cast: Cast, rest: str = "") -> str:
    return f"/w/{cast.workspace.slug}/programmes/{cast.programme.pk}/exports/{rest}"


@pytest.fixture
def woken(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The jobs that a worker was told of."""
    told: list[int] = []
    monkeypatch.setattr(tasks.make_export, "delay", lambda *, export: told.append(export))
    return told


@pytest.fixture
def printed(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Print at once, and keep what was asked for."""
    wishes: list[Any] = []

    def render(plan: Any, options: Any, report: Any) -> bytes:
        wishes.append(options)
        return PDF

    monkeypatch.setattr(pdf, "render_plan", render)
    return wishes


def queued(cast: Cast, **fields: Any) -> Export:
    return make_export(cast.programme, cast.alice, **{"state": "queued", "file": None, "progress": 0, **fields})


# ------------------------------------------------------------------ the page


def test_asking_is_a_job_that_a_worker_hears_of_after_commit(
    cast: Cast, sign_in: SignIn, woken: list[int], django_capture_on_commit_callbacks: Any
) -> None:
    carol = sign_in(cast.carol)
    with django_capture_on_commit_callbacks(execute=False) as after:
        response = carol.post(url(cast), WISH)
    assert woken == []
    for callback in after:
        callback()
    job = Export.objects.get()
    assert woken == [job.pk]
    assert (job.state, job.language, job.mark, job.appendix) == ("queued", "fi", "Secret", True)
    assert job.requested_by == cast.carol
    assert response.status_code == HTTPStatus.FOUND
    assert "In the queue" in carol.get(url(cast)).content.decode()


def test_a_request_that_is_rolled_back_wakes_nobody(
    cast: Cast,
    sign_in: SignIn,
    woken: list[int],
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    request = exports.request

    def fail_after(*args: Any, **options: Any) -> Export:
        request(*args, **options)
        raise RuntimeError

    monkeypatch.setattr(exports, "request", fail_after)
    alice = sign_in(cast.alice)
    alice.raise_request_exception = False
    with django_capture_on_commit_callbacks(execute=True):
        response = alice.post(url(cast), WISH)
    assert response.status_code == HTTPStatus.INTERNAL_SERVER_ERROR
    assert woken == []
    assert not Export.objects.exists()


def test_htmx_gets_the_row_which_asks_for_its_successor_while_the_work_goes_on(
    cast: Cast, sign_in: SignIn, woken: list[int]
) -> None:
    alice = sign_in(cast.alice)
    row = alice.post(url(cast), WISH, **HTMX).content.decode()
    job = Export.objects.get()
    poll = f'hx-get="{url(cast, f"{job.pk}/")}"'
    assert row.startswith("\n<li") or row.lstrip().startswith("<li")
    assert poll in row
    assert f'id="export-{job.pk}"' in row

    assert exports.claim(job.pk)
    Export.objects.update(progress=37, page=12)
    row = alice.get(url(cast, f"{job.pk}/"), **HTMX).content.decode()
    assert poll in row
    assert "Setting page 12" in row
    assert 'max="100" value="37"' in row

    claimed = Export.objects.get()
    assert exports.finish(claimed, PDF, fingerprint="same")
    row = alice.get(url(cast, f"{job.pk}/"), **HTMX).content.decode()
    assert poll not in row
    assert url(cast, f"{job.pk}/plan.pdf") in row


def test_a_wish_that_cannot_be_is_refused_with_what_was_typed(cast: Cast, sign_in: SignIn, woken: list[int]) -> None:
    alice, wrong = sign_in(cast.alice), {**WISH, "language": "sv", "mark": "Kept"}
    plain, part = alice.post(url(cast), wrong), alice.post(url(cast), wrong, **HTMX)
    assert plain.status_code == part.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert part["HX-Retarget"] == "#export-form"
    for response in (plain, part):
        assert 'class="errors"' in response.content.decode()
        assert 'value="Kept"' in response.content.decode()
    assert not Export.objects.exists()


def test_while_the_broker_is_away_the_page_works_and_the_job_is_made_later(
    cast: Cast,
    sign_in: SignIn,
    monkeypatch: pytest.MonkeyPatch,
    printed: list[Any],
    django_capture_on_commit_callbacks: Any,
) -> None:
    def away(*, export: int) -> None:
        raise OperationalError

    monkeypatch.setattr(tasks.make_export, "delay", away)
    with django_capture_on_commit_callbacks(execute=True):
        response = sign_in(cast.alice).post(url(cast), WISH)
    assert response.status_code == HTTPStatus.FOUND
    job = Export.objects.get()
    assert exports.forgotten(reason="") == []  # a fresh request may still be on its way

    Export.objects.update(updated_at=timezone.now() - timedelta(minutes=1))
    woken: list[int] = []
    monkeypatch.setattr(tasks.make_export, "delay", lambda *, export: woken.append(export))
    tasks.sweep_exports()
    assert woken == [job.pk]
    tasks.make_export(export=job.pk)
    job.refresh_from_db()
    assert (job.state, job.progress) == ("done", 100)


def test_the_file_is_downloaded_as_an_attachment(cast: Cast, sign_in: SignIn) -> None:
    job = make_export(cast.programme, cast.alice)
    response = sign_in(cast.carol).get(url(cast, f"{job.pk}/plan.pdf"))
    assert response.content == PDF
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == f'attachment; filename="alongside-fi-{job.pk}.pdf"'
    assert response["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("rest", ["", "plan.pdf"])
def test_what_is_not_there_is_not_found(cast: Cast, sign_in: SignIn, rest: str) -> None:
    elsewhere = make_export(cast.programme_next_door, cast.charlie)
    assert sign_in(cast.alice).get(url(cast, f"{elsewhere.pk}/{rest}")).status_code == HTTPStatus.NOT_FOUND
    waiting = queued(cast)
    assert sign_in(cast.alice).get(url(cast, f"{waiting.pk}/plan.pdf")).status_code == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize("way", [{}, HTMX])
def test_cancelling_and_trying_again(cast: Cast, sign_in: SignIn, woken: list[int], way: dict[str, Any]) -> None:
    alice, job = sign_in(cast.alice), queued(cast, mark="Secret")
    response = alice.post(url(cast, f"{job.pk}/cancel/"), **way)
    job.refresh_from_db()
    assert job.state == "cancelled"
    shown = response if way else alice.get(response["Location"])
    assert "Cancelled" in shown.content.decode()

    alice.post(url(cast, f"{job.pk}/retry/"), **way)
    again = Export.objects.latest("pk")
    assert (again.pk != job.pk, again.state, again.mark) == (True, "queued", "Secret")
    alice.post(url(cast, f"{again.pk}/retry/"), **way)
    assert Export.objects.count() == 2


def test_a_failure_says_why(cast: Cast, sign_in: SignIn) -> None:
    queued(cast, state="failed", error="Pango is missing on this machine.")
    page = sign_in(cast.alice).get(url(cast)).content.decode()
    assert "Pango is missing on this machine." in page
    assert "Try again" in page


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_asks_as_many_queries_for_three_versions_as_for_one(
    cast: Cast, sign_in: SignIn, django_assert_num_queries: Any, count: int
) -> None:
    for _ in range(count):
        make_export(cast.programme, cast.alice)
    alice = sign_in(cast.alice)
    with django_assert_num_queries(7):
        alice.get(url(cast))


def test_the_bytes_of_a_version_are_read_only_to_be_downloaded(
    cast: Cast, sign_in: SignIn, django_assert_num_queries: Any
) -> None:
    job, alice = make_export(cast.programme, cast.alice), sign_in(cast.alice)
    for path in (url(cast), url(cast, f"{job.pk}/")):
        with django_assert_num_queries(7 if path == url(cast) else 5) as asked:
            alice.get(path, **({} if path == url(cast) else HTMX))
        assert not [query for query in asked.captured_queries if '"data"' in query["sql"]]


# ------------------------------------------------------------------ the job


def test_a_worker_makes_what_was_asked_for(cast: Cast, printed: list[Any]) -> None:
    job = queued(cast, language="en", mark="Secret", parts="summary", appendix=False)
    tasks.make_export(export=job.pk)
    job.refresh_from_db()
    assert (job.state, job.progress, job.attempt, job.lease_until) == ("done", 100, 1, None)
    assert job.file is not None
    assert bytes(job.file.data) == PDF
    (wish,) = printed
    assert (wish.language, wish.mark, wish.part, wish.appendix) == ("en", "Secret", "summary", False)


def test_the_same_file_is_stored_once(cast: Cast, printed: list[Any]) -> None:
    for job in (queued(cast), queued(cast)):
        tasks.make_export(export=job.pk)
    assert StoredFile.objects.count() == 1
    assert set(Export.objects.values_list("state", flat=True)) == {"done"}


def test_the_same_wish_is_printed_once_and_a_changed_word_anew(cast: Cast, printed: list[Any]) -> None:
    jobs = [queued(cast) for _ in range(2)]
    for job in jobs:
        tasks.make_export(export=job.pk)
    assert len(printed) == 1
    files = {Export.objects.get(pk=job.pk).file_id for job in jobs}
    assert len(files) == 1
    records.change_programme(cast.programme, by=cast.alice, values={"purpose": "One word more"})
    tasks.make_export(export=queued(cast).pk)
    tasks.make_export(export=queued(cast, language="en").pk)
    assert len(printed) == 3


def test_a_worker_at_work_keeps_its_lease(cast: Cast) -> None:
    job = queued(cast)
    claimed = exports.claim(job.pk)
    assert claimed is not None
    Export.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert exports.renew(claimed)
    assert exports.claim(job.pk) is None


def test_a_long_queue_is_not_enqueued_anew_with_every_sweep(cast: Cast) -> None:
    job = queued(cast)
    Export.objects.update(updated_at=timezone.now() - exports.PATIENCE * 2)
    assert exports.forgotten(reason="") == [job.pk]
    assert exports.forgotten(reason="") == []


def test_a_job_is_claimed_once(cast: Cast) -> None:
    job = queued(cast)
    first = exports.claim(job.pk)
    assert first is not None
    assert (first.attempt, first.state) == (1, "running")
    assert exports.claim(job.pk) is None


@pytest.mark.django_db(transaction=True)
def test_of_two_claims_at_once_one_is_given() -> None:
    cast = assemble()
    job = queued(cast)
    ready, given = threading.Barrier(2), []

    def worker() -> None:
        ready.wait(timeout=20)
        given.append(exports.claim(job.pk))
        connection.close()

    workers = [threading.Thread(target=worker) for _ in range(2)]
    for thread in workers:
        thread.start()
    for thread in workers:
        thread.join()
    assert sorted(claim is None for claim in given) == [False, True]


def test_who_lost_the_lease_writes_nothing(cast: Cast) -> None:
    job = queued(cast)
    slow = exports.claim(job.pk)
    assert slow is not None
    Export.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert exports.forgotten(reason="") == [job.pk]
    other = exports.claim(job.pk)
    assert other is not None

    assert not exports.report(slow, progress=90)
    assert not exports.finish(slow, b"old", fingerprint="same")
    exports.give_up(slow, "too slow")
    assert exports.finish(other, PDF, fingerprint="same")
    job.refresh_from_db()
    assert (job.state, job.attempt, job.error) == ("done", 2, "")
    assert not exports.finish(other, PDF, fingerprint="same")


def test_the_bar_never_moves_back(cast: Cast) -> None:
    job = queued(cast)
    claimed = exports.claim(job.pk)
    assert claimed is not None
    seen = []
    for share in (10, 40, 20):
        assert exports.report(claimed, progress=share, page=share)
        job.refresh_from_db()
        seen.append((job.progress, job.page))
    assert seen == [(10, 10), (40, 40), (40, 40)]
    exports.put_back(claimed)
    again = exports.claim(job.pk)
    assert again is not None
    assert again.progress == 40


def test_a_cancelled_job_is_neither_made_nor_finished(cast: Cast, printed: list[Any]) -> None:
    waiting = queued(cast)
    assert exports.cancel(waiting)
    tasks.make_export(export=waiting.pk)
    assert printed == []

    running = queued(cast)
    claimed = exports.claim(running.pk)
    assert claimed is not None
    assert exports.cancel(running)
    assert not exports.report(claimed, progress=50)
    assert not exports.finish(claimed, PDF, fingerprint="same")
    running.refresh_from_db()
    assert (running.state, running.file) == ("cancelled", None)
    assert not exports.cancel(running)


def test_after_three_attempts_a_job_is_given_up(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: Any) -> bytes:
        raise ZeroDivisionError

    monkeypatch.setattr(pdf, "render_plan", broken)
    job = queued(cast, language="en")
    states = []
    for _ in range(4):
        tasks.make_export(export=job.pk)
        job.refresh_from_db()
        states.append((job.state, job.attempt))
    assert states == [("queued", 1), ("queued", 2), ("failed", 3), ("failed", 3)]
    assert "Your work is safe" in job.error


def test_a_worker_that_died_three_times_gives_up_with_words(cast: Cast) -> None:
    job = queued(cast, state="running", attempt=3, lease_until=timezone.now() - timedelta(seconds=1))
    assert exports.forgotten(reason="Three tries.") == []
    job.refresh_from_db()
    assert (job.state, job.error) == ("failed", "Three tries.")
    assert exports.claim(job.pk) is None


def test_what_cannot_be_printed_is_not_tried_again(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def impossible(*_args: Any) -> bytes:
        raise ExportError("Pango is missing.")

    monkeypatch.setattr(pdf, "render_plan", impossible)
    job = queued(cast)
    tasks.make_export(export=job.pk)
    job.refresh_from_db()
    assert (job.state, job.error, job.attempt) == ("failed", "Pango is missing.", 1)
