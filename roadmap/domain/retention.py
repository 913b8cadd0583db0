"""What does not stay for ever: the persons behind interviews, the trash, sessions that ended, the names of guests.

Run often: what is gone already is left alone. Where anything went, each workspace's audit trail gets one entry.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import Final

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from cxplan.workshops.domain import seats
from cxplan.workspaces.domain import audit, history
from cxplan.workspaces.models import AuditEvent, Record, Workspace
from cxplan.workspaces.models.history import act_as
from roadmap.models import Interview, InterviewAnswer, Programme
from roadmap.models.programme import Language

from . import exports, kept
from .kinds import ALL
from .records import writing

#: How long what was thrown away can be restored.
TRASH: Final = timedelta(days=30)
#: What of an interview tells who it was, beside the answers and the pseudonym.
PERSONAL: Final = ("wish", "notes", "said", "did")


def run() -> None:
    """Let go of everything whose time is over."""
    gone = {"interviews": _interviews(), "records": _trash()}
    for workspace in Workspace.objects.filter(pk__in={pk for counts in gone.values() for pk in counts}):
        details = {"how": "for_good", **{name: counts[workspace.pk] for name, counts in gone.items()}}
        audit.write(AuditEvent.DELETED, workspace=workspace, details=details)
    _visits()
    seats.forget_guests(timezone.now() - seats.NAMES_STAY)


def _visits() -> None:
    """The sessions that ended, and what was kept of them: from which browser and address they came."""
    Session.objects.filter(expire_date__lt=timezone.now()).delete()
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()


# Interviews


def _interviews() -> Counter[int]:
    """Empty the interviews whose day of deletion has come; what was found in them stays. Tells how many, and where."""
    count: Counter[int] = Counter()
    for language in Language.values:
        with override(language):
            nameless = _("Deleted on the day agreed")
        due = _due(nameless).filter(programme__language=language)
        for programme in Programme.objects.filter(pk__in=due.values("programme")).select_related("workspace"):
            with writing(programme, None):
                count[programme.workspace_id] += _empty(due.filter(programme=programme), nameless)
                exports.discard([programme.pk])
                transaction.on_commit(partial(kept.forget, programme.pk))
    return count


def _due(nameless: str) -> models.QuerySet[Interview]:
    told = Q(answers__isnull=False) | ~Q(label=nameless)
    for field in PERSONAL:
        told |= ~Q(**{field: ""})
    return Interview.objects.filter(told, delete_on__lte=timezone.localdate()).distinct()


def _empty(due: models.QuerySet[Interview], nameless: str) -> int:
    keys = list(due.values_list("pk", flat=True))
    InterviewAnswer.objects.filter(interview__in=keys).delete()
    Interview.objects.filter(pk__in=keys).update(label=nameless, **dict.fromkeys(PERSONAL, ""))
    history.forget(Interview, keys, ("label", *PERSONAL))
    return len(keys)


# The trash


def _trash() -> Counter[int]:
    """Delete what lies in the trash too long, and its words in the history. Tells how many, and where."""
    count: Counter[int] = Counter()
    before = timezone.now() - TRASH
    with transaction.atomic():
        act_as(None)
        last = history.last()
        for model in _records():
            old = model._default_manager.filter(trashed_at__lt=before)
            count.update(old.select_for_update(of=("self",)).values_list("workspace_id", flat=True))
            old.delete()
        exports.drop_files()
        history.forget_deleted(since=last)
    return count


def _records() -> Iterator[type[Record]]:
    """Every table with a trash: what belongs to something else before it."""
    yield from (kind.model for kind in reversed(ALL) if issubclass(kind.model, Record))
    yield Programme
