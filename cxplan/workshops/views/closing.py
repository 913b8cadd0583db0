"""At the close, on the phone: one's own notes by mail."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Final

from allauth.core import ratelimit
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from cxplan.kit.http import is_htmx
from cxplan.workshops import tasks
from cxplan.workshops.access import RoomRequest, seated
from cxplan.workshops.domain import keepsake
from cxplan.workshops.forms.closing import AddressForm

from .room import main_part

#: Nobody needs more of these; whoever sends them to strangers is stopped.
SEND_NOTES: Final = "send_notes"

log = logging.getLogger(__name__)


@seated
@require_POST
def send_notes(request: RoomRequest) -> HttpResponse:
    """To a member's own address; to the one that a guest types, which goes with the mail and stays nowhere."""
    seat = request.seat
    if seat is None or keepsake.of_seat(seat.pk) is None:
        messages.error(request, _("There is nothing to send: you have no notes here, or the workshop still goes on."))
        return main_part(request, status=HTTPStatus.CONFLICT)
    address = ""
    if seat.member_id is None:
        form = AddressForm(request.POST, session=request.room)
        if not form.is_valid():
            return main_part(request, status=HTTPStatus.UNPROCESSABLE_ENTITY, address_form=form)
        address = form.cleaned_data["address"]
    try:
        if not ratelimit.consume(request, action=SEND_NOTES, key=f"seat-{seat.pk}"):
            messages.error(request, _("Nothing was sent: that was asked for too often. Try again in an hour."))
            return main_part(request, status=HTTPStatus.TOO_MANY_REQUESTS)
        tasks.mail_notes.delay(seat=seat.pk, address=address, language=get_language() or "")
    except (OperationalError, RedisError):
        log.warning("the broker is away; somebody's notes are not mailed")
        messages.error(request, _("The mail cannot leave just now. Your notes are safe. Try again in a minute."))
        return main_part(request, status=HTTPStatus.SERVICE_UNAVAILABLE)
    messages.success(request, _("Your notes are on their way."))
    return main_part(request) if is_htmx(request) else redirect("workshops:room", request.room.pk)
