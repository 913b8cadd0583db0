"""The plan as a PDF: asked for, made once by whoever holds the claim, watched, and taken home."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.timezone import localdate
from kombu.exceptions import OperationalError

from cxplan.workspaces.models import Member
from roadmap import tasks
from roadmap.domain import exports, records
from roadmap.exports import engine, pdf
from roadmap.exports.errors import ExportError, Unavailable
from roadmap.exports.options import Page, Part
from roadmap.models import Export, Pillar, StoredFile
from tests.cast import Cast, assemble
from tests.make import make, make_export

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
    monkeypatch.setattr(tasks.make_export, "apply_async", lambda *, kwargs, **_: told.append(kwargs["export"]))
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


def test_one_step_has_to_be_named(cast: Cast, sign_in: SignIn, woken: list[int]) -> None:
    alice = sign_in(cast.alice)
    response = alice.post(url(cast), {**WISH, "parts": "step", "step": ""})
    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Choose the step to print." in response.content.decode()
    assert alice.post(url(cast), {**WISH, "parts": "step", "step": "13"}).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert not Export.objects.exists()
    assert alice.post(url(cast), {**WISH, "parts": "step", "step": "7"}).status_code == HTTPStatus.FOUND
    assert alice.post(url(cast), {**WISH, "parts": "summary", "step": "7"}).status_code == HTTPStatus.FOUND
    assert list(Export.objects.order_by("pk").values_list("parts", "step")) == [("step", 7), ("summary", None)]


@pytest.mark.parametrize(("parts", "step"), [("step", None), ("step", 0), ("step", 13), ("full", 7), ("leaflet", None)])
def test_the_database_keeps_no_step_without_a_number(cast: Cast, parts: str, step: int | None) -> None:
    with pytest.raises(IntegrityError):
        make_export(cast.programme, parts=parts, step=step)


@pytest.mark.parametrize("parts", ["poster", "poster_a2", "cards"])
def test_what_is_made_of_pillars_needs_a_chosen_one(cast: Cast, sign_in: SignIn, woken: list[int], parts: str) -> None:
    alice, wish = sign_in(cast.alice), {**WISH, "parts": parts}
    pillar = make(Pillar, cast.programme)
    response = alice.post(url(cast), wish)
    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "No pillar is chosen yet." in response.content.decode()
    records.change(pillar, programme=cast.programme, by=cast.alice, values={"state": "chosen"})
    assert alice.post(url(cast), wish).status_code == HTTPStatus.FOUND
    records.trash(pillar, programme=cast.programme, by=cast.alice)
    assert alice.post(url(cast), wish).status_code == HTTPStatus.UNPROCESSABLE_ENTITY


@pytest.mark.parametrize(
    ("asked", "filled"),
    [
        ("?parts=step&step=7", {"step", "7"}),
        ("?parts=poster", {"poster", ""}),
        ("?parts=leaflet&step=0", {"full", ""}),
        ("?parts=step&step=%00&mark=x", {"step", ""}),
    ],
)
def test_a_link_fills_in_the_form_and_rubbish_in_it_is_passed_over(
    cast: Cast, sign_in: SignIn, asked: str, filled: set[str]
) -> None:
    page = sign_in(cast.alice).get(url(cast, asked)).content.decode()
    form = page[page.index('id="export-form"') : page.index('id="exports-list"')]
    chosen = set(re.findall(r'value="([^"]*)" selected', form)) - {"fi", "en"}
    assert chosen == filled
    assert 'value="x"' not in form


def test_steps_lead_to_their_print(cast: Cast, sign_in: SignIn) -> None:
    programme = url(cast).removesuffix("exports/")
    page = sign_in(cast.carol).get(f"{programme}steps/pillars/").content.decode()
    assert f'href="{url(cast)}?parts=step&amp;step=7"' in page
    assert f'href="{url(cast)}?parts=poster"' in page
    page = sign_in(cast.carol).get(f"{programme}steps/gaps/").content.decode()
    assert f'href="{url(cast)}?parts=step&amp;step=6"' in page
    assert "?parts=poster" not in page


def test_management_asks_for_the_plan_and_takes_it_home(
    cast: Cast, sign_in: SignIn, woken: list[int], printed: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    carol = sign_in(cast.carol)
    with django_capture_on_commit_callbacks(execute=True):
        carol.post(url(cast), WISH)
    tasks.make_export(export=woken[0])
    assert carol.get(url(cast, f"{woken[0]}/plan.pdf")).content == PDF


def test_who_waits_in_vain_is_told(cast: Cast, sign_in: SignIn) -> None:
    job, alice, words = queued(cast), sign_in(cast.alice), "The service that makes plans is not answering."
    assert words not in alice.get(url(cast)).content.decode()
    Export.objects.update(created_at=timezone.now() - exports.PROMPT * 2)
    for told in (alice.get(url(cast)), alice.get(url(cast, f"{job.pk}/"), **HTMX)):
        assert words in told.content.decode()
    make_export(cast.programme, state="running", file=None, lease_until=timezone.now() + exports.LEASE)
    assert words not in alice.get(url(cast)).content.decode()


def test_while_the_broker_is_away_the_page_works_and_the_job_is_made_later(
    cast: Cast,
    sign_in: SignIn,
    monkeypatch: pytest.MonkeyPatch,
    printed: list[Any],
    django_capture_on_commit_callbacks: Any,
) -> None:
    def away(**_: Any) -> None:
        raise OperationalError

    monkeypatch.setattr(tasks.make_export, "apply_async", away)
    with django_capture_on_commit_callbacks(execute=True):
        response = sign_in(cast.alice).post(url(cast), WISH)
    assert response.status_code == HTTPStatus.FOUND
    job = Export.objects.get()
    assert exports.forgotten() == []  # a fresh request may still be on its way

    Export.objects.update(updated_at=timezone.now() - timedelta(minutes=1))
    woken: list[int] = []
    monkeypatch.setattr(tasks.make_export, "apply_async", lambda *, kwargs, **_: woken.append(kwargs["export"]))
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
    assert response["Content-Disposition"] == f'attachment; filename="alongside-koko-suunnitelma-{localdate()}-fi.pdf"'
    assert response["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("wish", "name"),
    [
        ({"parts": "summary", "language": "en"}, "management-summary-{day}-en"),
        ({"parts": "step", "step": 7}, "askel-7-pilarit-{day}-fi"),
        ({"parts": "poster_a2"}, "pilarijuliste-a2-{day}-fi"),
        ({"parts": "cards", "language": "en"}, "pocket-cards-ten-to-a-sheet-{day}-en"),
    ],
)
def test_a_downloaded_file_tells_by_its_name_what_it_is(
    cast: Cast, sign_in: SignIn, wish: dict[str, Any], name: str
) -> None:
    job = make_export(cast.programme, cast.alice, **wish)
    response = sign_in(cast.carol).get(url(cast, f"{job.pk}/plan.pdf"))
    assert response["Content-Disposition"] == f'attachment; filename="alongside-{name.format(day=localdate())}.pdf"'


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


def test_home_offers_the_plan_and_not_the_poster_made_after_it(cast: Cast, sign_in: SignIn) -> None:
    plan = make_export(cast.programme, cast.alice, finished_at=timezone.now())
    make_export(cast.programme, cast.alice, parts="poster", finished_at=timezone.now())
    with CaptureQueriesContext(connection) as asked:
        page = sign_in(cast.alice).get(url(cast).removesuffix("exports/")).content.decode()
    assert url(cast, f"{plan.pk}/plan.pdf") in page
    assert "1 kB" in page.replace("\xa0", " ")
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


@pytest.mark.parametrize(
    ("wish", "options"),
    [
        ({"parts": "step", "step": 7}, (Part.STEP, 7, Page.PLAN, "Secret", False)),
        ({"parts": "poster"}, (Part.FULL, None, Page.POSTER, None, False)),
        ({"parts": "poster_a2"}, (Part.FULL, None, Page.POSTER_A2, None, False)),
        ({"parts": "cards"}, (Part.FULL, None, Page.CARDS, None, False)),
        ({"parts": "full"}, (Part.FULL, None, Page.PLAN, "Secret", True)),
    ],
)
def test_every_wish_reaches_the_printer(
    cast: Cast, printed: list[Any], wish: dict[str, Any], options: tuple[Any, ...]
) -> None:
    tasks.make_export(export=queued(cast, mark="Secret", **wish).pk)
    (asked,) = printed
    assert (asked.part, asked.step, asked.page, asked.mark, asked.appendix) == options


@pytest.mark.django_db(transaction=True)
def test_two_equal_wishes_at_once_are_printed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second finds the first at work, waits, and is woken to take the same file."""
    cast = assemble()
    first, second = queued(cast), queued(cast)
    begun, go_on, woken, printed = threading.Event(), threading.Event(), [], []

    def render(*_: Any) -> bytes:
        printed.append(1)
        begun.set()
        assert go_on.wait(60)
        return PDF

    def work() -> None:
        tasks.make_export(export=first.pk)
        connection.close()

    monkeypatch.setattr(pdf, "render_plan", render)
    monkeypatch.setattr(tasks.make_export, "apply_async", lambda *, kwargs, **_: woken.append(kwargs["export"]))
    worker = threading.Thread(target=work)
    worker.start()
    assert begun.wait(60)
    tasks.make_export(export=second.pk)
    second.refresh_from_db()
    assert (second.state, second.attempt, woken) == ("queued", 0, [])
    go_on.set()
    worker.join()
    assert woken == [second.pk]
    tasks.make_export(export=second.pk)
    assert printed == [1]
    assert set(Export.objects.values_list("state", "attempt")) == {("done", 1)}
    assert StoredFile.objects.count() == 1


def test_whoever_follows_a_worker_that_is_just_through_is_woken(
    cast: Cast, printed: list[Any], woken: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    job = queued(cast)
    monkeypatch.setattr(exports, "lead", lambda *_: False)
    tasks.make_export(export=job.pk)
    assert woken == [job.pk]


def test_a_message_that_comes_again_takes_over_at_once(cast: Cast) -> None:
    job = queued(cast)
    first = exports.claim(job.pk, delivery="a")
    assert first is not None
    assert exports.claim(job.pk, delivery="a") is None
    assert exports.claim(job.pk, delivery="b", again=True) is None
    second = exports.claim(job.pk, delivery="a", again=True)
    assert second is not None
    assert second.attempt == 2
    assert not exports.report(first, progress=90)
    assert not exports.finish(first, b"old", fingerprint="same")
    assert exports.finish(second, PDF, fingerprint="same")
    assert exports.claim(job.pk, delivery="a", again=True) is None


def test_what_the_server_lacks_is_waited_for(
    cast: Cast, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch, woken: list[int]
) -> None:
    def away() -> None:
        raise Unavailable("Install Pango.")

    job = queued(cast)
    with monkeypatch.context() as without:
        without.setattr(engine, "load", away)
        for _ in range(4):
            tasks.make_export(export=job.pk)
    job.refresh_from_db()
    assert (job.state, job.attempt) == ("queued", 0)
    assert "It waits: Install Pango." in sign_in(cast.alice).get(url(cast)).content.decode()
    monkeypatch.setattr(pdf, "render_plan", lambda *_: PDF)
    Export.objects.update(updated_at=timezone.now() - exports.PATIENCE * 2)
    tasks.sweep_exports()
    tasks.make_export(export=woken[0])
    job.refresh_from_db()
    assert (job.state, job.error) == ("done", "")


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
    assert exports.forgotten() == [job.pk]
    assert exports.forgotten() == []


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
    assert exports.lost(reasons={}) == [job.pk]
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
    later: list[dict[str, Any]] = []
    monkeypatch.setattr(tasks.make_export, "apply_async", lambda **sent: later.append(sent))
    job = queued(cast, language="en")
    states = []
    for _ in range(4):
        tasks.make_export(export=job.pk)
        job.refresh_from_db()
        states.append((job.state, job.attempt))
    assert states == [("queued", 1), ("queued", 2), ("failed", 3), ("failed", 3)]
    assert "Your work is safe" in job.error
    assert [(sent["kwargs"], sent["countdown"]) for sent in later] == [({"export": job.pk}, tasks.PAUSE)] * 2


def test_a_worker_that_died_three_times_gives_up_with_words(cast: Cast) -> None:
    job = queued(cast, state="running", attempt=3, lease_until=timezone.now() - timedelta(seconds=1))
    assert exports.lost(reasons={"en": "Three tries.", "fi": "Kolme kertaa."}) == []
    job.refresh_from_db()
    assert (job.state, job.error) == ("failed", "Kolme kertaa.")
    assert exports.claim(job.pk) is None


def test_what_cannot_be_printed_is_not_tried_again(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def impossible(*_args: Any) -> bytes:
        raise ExportError("Pango is missing.")

    monkeypatch.setattr(pdf, "render_plan", impossible)
    job = queued(cast)
    tasks.make_export(export=job.pk)
    job.refresh_from_db()
    assert (job.state, job.error, job.attempt) == ("failed", "Pango is missing.", 1)
