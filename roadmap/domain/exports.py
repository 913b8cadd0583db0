"""The life of a requested plan: asked for, claimed, finished once, or given up with a reason.

The row is the job. The broker only wakes a worker, and whatever it forgets the sweeper brings back.
A claim takes a lease and a number; only the claim whose number the row still bears may write.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from cxplan.workspaces.models import Member
from roadmap.models import Export, Programme, StoredFile
from roadmap.models.exports import ExportQuerySet, ExportState

LEASE = timedelta(seconds=20)  # a worker at work renews it every few seconds
PATIENCE = timedelta(seconds=30)  # how long a queued job may be on its way through the broker
MOST_ATTEMPTS = 3
UNFINISHED = (ExportState.QUEUED, ExportState.RUNNING)


def request(programme: Programme, *, by: Member, **options: Any) -> Export:
    """Write down that a member wants the plan as it stands now. The caller enqueues it after commit."""
    return Export.objects.create(
        workspace=programme.workspace,
        programme=programme,
        requested_by=by,
        revision=programme.revision,
        **options,
    )


def claim(pk: int) -> Export | None:
    """Take a waiting job, or one whose worker let its lease run out; ``None`` where there is nothing to take."""
    now = timezone.now()
    free = Q(state=ExportState.QUEUED) | Q(state=ExportState.RUNNING, lease_until__lt=now)
    taken = Export.objects.filter(free, pk=pk, attempt__lt=MOST_ATTEMPTS).update(
        state=ExportState.RUNNING, attempt=F("attempt") + 1, lease_until=now + LEASE
    )
    if not taken:
        return None
    return Export.objects.select_related("programme__workspace", "requested_by").get(pk=pk)


def report(export: Export, *, progress: int, page: int = 0, page_count: int = 0) -> bool:
    """Show how far the work is, never moving back; says whether the claim still holds."""
    held = _held(export)
    held.filter(progress__lt=progress).update(progress=progress)
    if page:
        held.filter(page__lt=page).update(page=page, page_count=max(page, page_count))
    return renew(export)


def renew(export: Export) -> bool:
    """Say that somebody is at work; says whether the claim still holds."""
    return _held(export).update(lease_until=timezone.now() + LEASE) > 0


def made_before(export: Export, fingerprint: str) -> StoredFile | None:
    """The file that the same wish for the same programme became before, if it did."""
    same = Export.objects.of(export.programme).filter(input_hash=fingerprint, state=ExportState.DONE)
    found = same.select_related("file").defer("file__data").latest_first().first()
    return found.file if found else None


@transaction.atomic
def finish(export: Export, data: bytes, *, fingerprint: str) -> bool:
    """Keep the file and call the job done; says whether this claim was the one to do it."""
    held = _held(export).select_for_update().first()
    if held is None:
        return False
    digest = hashlib.sha256(data).hexdigest()
    stored, _made = StoredFile.objects.get_or_create(
        sha256=digest,
        defaults={
            "content_type": "application/pdf",
            "data": data,
            "size": len(data),
            "pages": held.page_count or None,
        },
    )
    return finish_with(export, stored, fingerprint=fingerprint)


def finish_with(export: Export, file: StoredFile, *, fingerprint: str) -> bool:
    """Call the job done with a file that is kept already; says whether this claim was the one to do it."""
    done = _held(export).update(
        state=ExportState.DONE,
        progress=100,
        file=file,
        input_hash=fingerprint,
        error="",
        finished_at=timezone.now(),
        lease_until=None,
    )
    return done > 0


def give_up(export: Export, reason: str) -> None:
    """Call the job failed, with what to tell whoever asked."""
    _held(export).update(state=ExportState.FAILED, error=reason, finished_at=timezone.now(), lease_until=None)


def put_back(export: Export) -> None:
    """Let the job be claimed again at once."""
    _held(export).update(state=ExportState.QUEUED, lease_until=None)


def cancel(export: Export) -> bool:
    """Stop a job that is not finished; says whether there was anything to stop."""
    waiting = Export.objects.of(export.programme).filter(pk=export.pk, state__in=UNFINISHED)
    return waiting.update(state=ExportState.CANCELLED, finished_at=timezone.now(), lease_until=None) > 0


def forgotten(*, reason: str) -> list[int]:
    """The jobs that wait with nobody at work, to be enqueued again; those out of attempts are given up."""
    now = timezone.now()
    expired = Q(state=ExportState.RUNNING, lease_until__lt=now)
    waiting = Q(state=ExportState.QUEUED, updated_at__lt=now - PATIENCE)
    Export.objects.filter(expired, attempt__gte=MOST_ATTEMPTS).update(
        state=ExportState.FAILED, error=reason, finished_at=now, lease_until=None
    )
    found = list(Export.objects.filter(expired | waiting).order_by("pk").values_list("pk", flat=True))
    # They are on their way once more: a long queue is not enqueued anew with every sweep
    Export.objects.filter(pk__in=found).update(updated_at=now)
    return found


def _held(export: Export) -> ExportQuerySet:
    """The row, as long as it bears this claim's number."""
    return Export.objects.filter(pk=export.pk, attempt=export.attempt, state=ExportState.RUNNING)
