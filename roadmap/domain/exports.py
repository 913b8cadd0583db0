"""The life of a requested plan: asked for, claimed, finished once, or given up with a reason.

The row is the job. The broker only wakes a worker, and whatever it forgets the sweeper brings back.
A claim takes a lease and a number; only the claim whose number the row still bears may write.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.db.models.functions import Greatest
from django.utils import timezone

from cxplan.workspaces.domain import audit
from cxplan.workspaces.models import AuditEvent, Member
from roadmap.models import Export, Pillar, Programme, StoredFile
from roadmap.models.exports import ExportQuerySet, ExportState
from roadmap.models.pillars import PillarState

LEASE = timedelta(seconds=10)  # a worker at work renews it every few seconds
PATIENCE = timedelta(seconds=30)  # how long a queued job may be on its way through the broker
PROMPT = timedelta(seconds=10)  # how soon a worker with nothing else to do takes a job up
MOST_ATTEMPTS = 3
UNFINISHED = (ExportState.QUEUED, ExportState.RUNNING)


def request(programme: Programme, *, by: Member | None, **options: Any) -> Export:
    """Write down that a member wants the plan as it stands now. The caller enqueues it after commit."""
    made = Export.objects.create(
        workspace=programme.workspace,
        programme=programme,
        requested_by=by,
        revision=programme.revision,
        **options,
    )
    _tell(made, programme, by, "asked")
    return made


def hand_out(export: Export, programme: Programme, *, by: Member) -> StoredFile | None:
    """The finished file, if there is one, for a member to take along; the audit trail keeps who took it."""
    if export.file is not None:
        _tell(export, programme, by, "downloaded")
    return export.file


def _tell(export: Export, programme: Programme, by: Member | None, how: str) -> None:
    details = {"how": how, "export": export.pk, "programme": programme.pk}
    audit.write(AuditEvent.EXPORTED, workspace=programme.workspace, actor=by, about=programme.name, details=details)


def has_pillars(programme: Programme) -> bool:
    """Whether there are chosen pillars, which a poster and cards are made of."""
    chosen = Pillar.objects.of(programme).alive().filter(state__in=(PillarState.CHOSEN, PillarState.APPROVED))
    return chosen.exists()


def claim(pk: int, *, delivery: str = "", again: bool = False) -> Export | None:
    """Take a waiting job, or one whose worker is gone; ``None`` where there is nothing to take.

    A worker is gone when its lease ran out, or when the broker hands out ``again`` the very message that the
    worker held: it does so at once where a worker's child was killed.
    """
    now = timezone.now()
    free = Q(state=ExportState.QUEUED) | Q(state=ExportState.RUNNING, lease_until__lt=now)
    if delivery and again:
        free |= Q(state=ExportState.RUNNING, delivery=delivery)
    taken = Export.objects.filter(free, pk=pk, attempt__lt=MOST_ATTEMPTS).update(
        state=ExportState.RUNNING, attempt=F("attempt") + 1, lease_until=now + LEASE, delivery=delivery, input_hash=""
    )
    if not taken:
        return None
    claimed = Export.objects.select_related("programme__workspace", "requested_by", "opening__session__facilitator")
    return claimed.get(pk=pk)


def report(export: Export, *, progress: int, page: int = 0, page_count: int = 0) -> bool:
    """Show how far the work is, never moving back; says whether the claim still holds."""
    held = _held(export).update(
        progress=Greatest("progress", progress),
        page=Greatest("page", page),
        page_count=Greatest("page_count", page, page_count if page else 0),
        lease_until=timezone.now() + LEASE,
    )
    return held > 0


def renew(export: Export) -> bool:
    """Say that somebody is at work; says whether the claim still holds."""
    return _held(export).update(lease_until=timezone.now() + LEASE) > 0


def lead(export: Export, fingerprint: str) -> bool:
    """Be the one to make this file; says no where another worker is making the same for the same programme."""
    try:
        with transaction.atomic():
            _held(export).update(input_hash=fingerprint)
    except IntegrityError:
        return False
    return True


def follow(export: Export, fingerprint: str) -> bool:
    """Wait for the worker that makes the same file; says whether there still is one, who wakes those waiting."""
    _wait(export, input_hash=fingerprint)
    leading = Export.objects.of(export.programme).filter(input_hash=fingerprint, state=ExportState.RUNNING)
    return leading.exists()


def following(export: Export) -> list[int]:
    """The jobs that waited for the file of this one, once it is over."""
    over = Export.objects.filter(pk=export.pk).exclude(state__in=UNFINISHED).exclude(input_hash="")
    waiting = Export.objects.of(export.programme).filter(
        state=ExportState.QUEUED, input_hash__in=over.values("input_hash")
    )
    return list(waiting.order_by("pk").values_list("pk", flat=True))


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
            "pages": held.page or None,
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


def hold(export: Export, reason: str) -> None:
    """Let the job wait for what the server lacks, and say so; the sweeper tries it from time to time."""
    _wait(export, error=reason)


def _wait(export: Export, **said: str) -> None:
    """Back to the queue through no fault of the job: the attempt does not count."""
    _held(export).update(state=ExportState.QUEUED, attempt=F("attempt") - 1, lease_until=None, **said)


def cancel(export: Export) -> bool:
    """Stop a job that is not finished; says whether there was anything to stop."""
    waiting = Export.objects.of(export.programme).filter(pk=export.pk, state__in=UNFINISHED)
    return waiting.update(state=ExportState.CANCELLED, finished_at=timezone.now(), lease_until=None) > 0


def discard(programmes: Iterable[int]) -> None:
    """Stop what is being printed of some programmes, and delete what was: it tells what must not be told any more."""
    own = Export.objects.filter(programme__in=list(programmes))
    own.filter(state__in=UNFINISHED).update(state=ExportState.CANCELLED, finished_at=timezone.now(), lease_until=None)
    own.filter(state=ExportState.DONE).delete()
    drop_files()


def drop_files() -> None:
    """Delete the files of which no export is left."""
    StoredFile.objects.filter(exports=None).delete()


def lost(*, reasons: Mapping[str, str]) -> list[int]:
    """The jobs whose worker is gone, to be enqueued before all others.

    Those out of attempts are given up, each with the reason in its own language.
    """
    now = timezone.now()
    expired = Export.objects.filter(state=ExportState.RUNNING, lease_until__lt=now)
    for language, reason in reasons.items():
        expired.filter(attempt__gte=MOST_ATTEMPTS, language=language).update(
            state=ExportState.FAILED, error=reason, finished_at=now, lease_until=None
        )
    return list(expired.order_by("pk").values_list("pk", flat=True))


def forgotten() -> list[int]:
    """The jobs that wait longer than the broker should take, to be enqueued again."""
    now = timezone.now()
    waiting = Export.objects.filter(state=ExportState.QUEUED, updated_at__lt=now - PATIENCE)
    found = list(waiting.order_by("pk").values_list("pk", flat=True))
    # They are on their way once more: a long queue is not enqueued anew with every sweep
    Export.objects.filter(pk__in=found).update(updated_at=now)
    return found


def stuck(jobs: Iterable[Export]) -> set[int]:
    """Those of the jobs that wait although no worker is busy with another: the worker or its queue is away."""
    now = timezone.now()
    late = {job.pk for job in jobs if job.state == ExportState.QUEUED and job.created_at < now - PROMPT}
    if late and Export.objects.filter(state=ExportState.RUNNING, lease_until__gte=now).exists():
        return set()
    return late


def _held(export: Export) -> ExportQuerySet:
    """The row, as long as it bears this claim's number."""
    return Export.objects.filter(pk=export.pk, attempt=export.attempt, state=ExportState.RUNNING)
