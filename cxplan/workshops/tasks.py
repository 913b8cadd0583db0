"""Background work: the mails of what is open between meetings and its end, and what somebody takes along."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from functools import partial

from celery import shared_task
from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import override
from kombu.exceptions import OperationalError

from cxplan.workshops.domain import between, keepsake
from cxplan.workshops.models import Asked, Mode, Session

log = logging.getLogger(__name__)


def send(session: Session) -> None:
    """Let the mails to whoever was asked be sent once that is there to stay."""
    asked = list(Asked.objects.of(session).filter(mailed_at=None).in_order().values_list("pk", flat=True))
    transaction.on_commit(partial(_wake, asked, again=False))


def _wake(asked: Iterable[int], *, again: bool) -> None:
    """Tell a worker. Where the broker is away the mails wait in their rows until they are looked for."""
    try:
        for pk in asked:
            mail_asked.delay(asked=pk, again=again)
    except OperationalError:
        log.warning("the broker is away; mails of a room wait")


@shared_task
def mail_asked(*, asked: int, again: bool = False) -> None:
    """Send somebody the way in, or remind them; does nothing where that was done, or is of no use any more."""
    with between.letter(asked, again=again) as found:
        if found is None or found.member.user is None:
            return
        session, user = found.session, found.member.user
        with override(user.language or session.language):
            context = {
                "session": session,
                "member": found.member,
                "writes": session.phase is not None and session.phase.mode == Mode.WRITE,
                "again": again,
                "link": settings.SITE_URL + reverse("workshops:room", args=[session.pk]),
                "site": settings.SITE_URL,
            }
            subject = " ".join(render_to_string("workshops/mail/asked_subject.txt", context).split())
            text = render_to_string("workshops/mail/asked.txt", context)
        send_mail(subject, text, None, [user.email])


@shared_task
def mail_notes(*, seat: int, address: str, language: str) -> None:
    """Send somebody what they wrote: a member to their own address, a guest to the one they typed for this once."""
    kept = keepsake.of_seat(seat)
    if kept is None:
        return
    user = kept.seat.member.user if kept.seat.member else None
    to = user.email if user else address
    if not to:
        return
    with override(language or kept.session.language):
        context = {"session": kept.session, "notes": kept.notes, "site": settings.SITE_URL}
        subject = " ".join(render_to_string("workshops/mail/notes_subject.txt", context).split())
        text = render_to_string("workshops/mail/notes.txt", context)
    send_mail(subject, text, None, [to])


@shared_task
def keep_deadlines() -> None:
    """End what is over, and enqueue the mails that are due: those that did not leave, and the reminders."""
    between.end_overdue()
    _wake(between.letters_to_send(), again=False)
    _wake(between.reminders_to_send(), again=True)
