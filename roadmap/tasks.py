"""Background work: make a requested plan, and bring back what the broker forgot.

A task is a shell: it fetches by id and calls the domain and the exports.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from celery import shared_task
from celery.exceptions import SoftTimeLimitExceeded
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from roadmap.domain import exports, loading
from roadmap.exports import pdf
from roadmap.exports.errors import ExportError
from roadmap.exports.options import Options, Part
from roadmap.exports.progress import Progress
from roadmap.models import Export

log = logging.getLogger(__name__)

HEARTBEAT = 5  # seconds; a few of them fit into one lease


@shared_task
def make_export(*, export: int) -> None:
    """Render a requested plan and keep the file; does nothing where the job is taken, done or cancelled."""
    claimed = exports.claim(export)
    if claimed is None:
        return
    with override(claimed.language), _at_work(claimed):
        _make(claimed)


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
    """Render under the claim. Whatever goes wrong is either given up with its reason or tried again."""
    try:
        plan = loading.load(export.programme)
        options = Options(
            as_of=timezone.localdate(),
            language=export.language,  # type: ignore[arg-type]  # kept by a constraint
            mark=export.mark or None,
            part=Part(export.parts),
            appendix=export.appendix,
            version=f"1.{export.revision}",
        )
        fingerprint = pdf.fingerprint(plan, options)
        earlier = exports.made_before(export, fingerprint)
        if earlier is not None:
            exports.finish_with(export, earlier, fingerprint=fingerprint)
            return
        printed = pdf.render_plan(plan, options, partial(_report, export))
    except Abandoned:
        log.info("export %s was cancelled, or another worker took it", export.pk)
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
    else:
        exports.finish(export, printed, fingerprint=fingerprint)


@shared_task
def sweep_exports() -> None:
    """Enqueue again the jobs that wait with nobody at work."""
    reason = _("The plan could not be made in three tries. Your work is safe. Try again.")
    for export in exports.forgotten(reason=reason):
        make_export.delay(export=export)
