"""The projector: what the whole room looks at. No menus, nothing to press but the way in."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from cxplan.kit.http import is_htmx
from cxplan.workshops.access import RoomRequest, in_room
from cxplan.workspaces.models import Role

from .shown import for_screen


@in_room(Role.LEAD)
@never_cache
@require_GET
def page(request: RoomRequest) -> HttpResponse:
    """The whole screen, or for htmx what stands on it now."""
    name = "_main" if is_htmx(request) else "page"
    with override(request.room.language):  # it speaks to the room, whatever the facilitator reads
        return render(request, f"workshops/screen/{name}.html", for_screen(request))
