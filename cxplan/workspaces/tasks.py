"""Background work: the mails that let people in.

They are a queue of their own (`mail`): whoever takes from it must reach the mail server, and nothing else does.
"""

from __future__ import annotations

import logging
from functools import partial

from celery import shared_task
from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import override
from kombu.exceptions import OperationalError

from cxplan.workspaces.domain import invitations
from cxplan.workspaces.domain.invitations import Letter

log = logging.getLogger(__name__)


def send(invitation: int) -> None:
    """Let the mail of an invitation be sent once it is there to stay."""
    transaction.on_commit(partial(_wake, invitation))


def _wake(invitation: int) -> None:
    """Tell a worker. Where the broker is away the mail waits in its row until it is looked for."""
    try:
        mail_invitation.delay(invitation=invitation)
    except OperationalError:
        log.warning("the broker is away; invitation %s waits", invitation)


@shared_task
def mail_invitation(*, invitation: int) -> None:
    """Make the link and send it; does nothing where it was sent, or the invitation is not open any more."""
    letter = invitations.write_letter(invitation)
    if letter is None:
        return
    with override(letter.invitation.language):
        context = _context(letter)
        subject = " ".join(render_to_string("workspaces/mail/invitation_subject.txt", context).split())
        text = render_to_string("workspaces/mail/invitation.txt", context)
    send_mail(subject, text, None, [letter.invitation.email])
    invitations.mailed(letter)


@shared_task
def mail_waiting() -> None:
    """Enqueue again the mails that did not leave: the broker or the mail server was away."""
    for invitation in invitations.waiting():
        _wake(invitation)


def _context(letter: Letter) -> dict[str, object]:
    invitation = letter.invitation
    return {
        "invitation": invitation,
        "workspace": invitation.workspace,
        "by": invitation.invited_by,
        "member": invitation.member,
        "link": settings.SITE_URL + reverse("workspaces:invitation", args=[letter.token]),
        "site": settings.SITE_URL,
    }
