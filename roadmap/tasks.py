"""Background work: make a requested plan, bring back what the broker forgot, let go of what has had its time.

A task is a shell: it fetches by id and calls the domain and the exports.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from celery import Task, shared_task
from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from kombu.exceptions import OperationalError

from roadmap.domain import exports, loading, retention
from roadmap.domain import minutes as telling
from roadmap.exports import minutes, pdf
from roadmap.exports.errors import ExportError, Unavailable
from roadmap.exports.options import Options, Page, Part
from roadmap.exports.progress import Progress
from roadmap.models import Export, Opening
from roadmap.models.exports import ExportPart
from roadmap.models.programme import Language
from roadmap.steps.polls import agenda_of

log = logging.getLogger(__name__)

HEARTBEAT = 2  # seconds; a few of them fit into one lease
PAUSE = 2  # seconds before what went wrong is tried again
USUAL, FIRST = settings.CELERY_TASK_DEFAULT_PRIORITY, 0  # what has waited once already comes before every new job


@shared_task(bind=True)
def make_export(task: Task[..., None], *, export: int) -> None:
    """Render a requested plan and keep the file; does nothing where the job is taken, done or cancelled."""
    message = task.request
    again = bool((message.delivery_info or {}).get("redelivered"))
    claimed = exports.claim(export, delivery=message.id or "", again=again)
    if claimed is None:
        return
    with override(claimed.language), _at_work(claimed):
        _make(claimed)
    for waiting in exports.following(claimed):
        wake(waiting, priority=FIRST)


def wake(export: int, *, after: int = 0, priority: int = USUAL) -> None:
    """Tell a worker of a job. Where the broker is away the job waits in its row until the sweeper finds it."""
    try:
        make_export.apply_async(kwargs={"export": export}, countdown=after, priority=priority)
    except OperationalError:
        log.warning("the broker is away; export %s waits for the sweeper", export)


class Abandoned(Exception):
    """The job is no longer this worker's: cancelled, or taken over after the lease ran out."""


@contextmanager
def _at_work(export: Export) -> Iterator[None]:
    """Renew the lease from a thread of its own: some pages take longer to lay out than a lease lasts."""
    finished = threading.Event()

    def renew() -> None:
        try:
            while not finished.wait(HEARTBEAT):
                exports.renew(export)
        finally:
            connection.close()  # the thread's own

    heart = threading.Thread(target=renew, daemon=True)
    heart.start()
    try:
        yield
    finally:
        finished.set()
        heart.join()


def _report(export: Export, now: Progress) -> None:
    """Show how far the work is, and stop where nobody waits for it any more."""
    if not exports.report(export, progress=min(now.percent, 99), page=now.page, page_count=now.pages):
        raise Abandoned


def _make(export: Export) -> None:
    """Render under the claim. Whatever goes wrong is given up with its reason, waited for, or tried again."""
    try:
        if export.opening is not None:
            _make_minutes(export, export.opening)
        else:
            _make_plan(export)
    except Abandoned:
        log.info("export %s was cancelled, or another worker took it", export.pk)
    except Unavailable as problem:
        log.warning("export %s waits: %s", export.pk, problem)
        exports.hold(export, str(problem))
    except ExportError as problem:
        exports.give_up(export, str(problem))
    except SoftTimeLimitExceeded:
        exports.give_up(
            export, _("The plan took too long to make. Leave the evidence appendix out, or ask for the summary.")
        )
    except Exception:
        log.exception("export %s failed on attempt %s", export.pk, export.attempt)
        if export.attempt >= exports.MOST_ATTEMPTS:
            exports.give_up(
                export, _("The plan could not be made. Your work is safe. Try again; if it fails, tell support.")
            )
        else:
            exports.put_back(export)
            wake(export.pk, after=PAUSE)


def _make_plan(export: Export) -> None:
    plan, options = loading.load(export.programme), _options(export)
    _make_once(export, pdf.fingerprint(plan, options), lambda: pdf.render_plan(plan, options, partial(_report, export)))


def _make_minutes(export: Export, opening: Opening) -> None:
    opening.programme = export.programme
    doc = minutes.document(telling.of_opening(opening, agenda_of(opening)), export.language)
    _make_once(export, minutes.fingerprint(doc), lambda: minutes.render(doc))


def _make_once(export: Export, fingerprint: str, render: Callable[[], bytes]) -> None:
    """Print, unless the same was printed before or is being printed now."""
    if not exports.lead(export, fingerprint):
        if not exports.follow(export, fingerprint):
            wake(export.pk)
        return
    earlier = exports.made_before(export, fingerprint)
    if earlier is not None:
        exports.finish_with(export, earlier, fingerprint=fingerprint)
        return
    exports.finish(export, render(), fingerprint=fingerprint)


def _options(export: Export) -> Options:
    """The wish as the printer takes it; what a part does not show has no say in it."""
    part = ExportPart(export.parts)
    return Options(
        as_of=timezone.localdate(),
        language=export.language,  # type: ignore[arg-type]  # kept by a constraint
        mark=export.mark or None if export.is_of_plan else None,
        part=Part(part) if export.is_of_plan else Part.FULL,
        step=export.step,
        appendix=export.appendix and part is ExportPart.FULL,
        version=f"1.{export.revision}",
        page=Page.PLAN if export.is_of_plan else Page(part),
    )


@shared_task
def let_go() -> None:
    """Empty interviews whose day has come, the old trash, and sessions that ended."""
    retention.run()


@shared_task
def sweep_exports() -> None:
    """Enqueue again the jobs that wait with nobody at work."""
    reasons = {}
    for language in Language.values:
        with override(language):
            reasons[language] = _("The plan could not be made in three tries. Your work is safe. Try again.")
    for export in exports.lost(reasons=reasons):
        wake(export, priority=FIRST)
    for export in exports.forgotten():
        wake(export)
