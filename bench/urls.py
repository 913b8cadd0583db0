"""The product's addresses, and a page that asks who is there and says nothing: the limit of what a page can cost."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import path

from cxplan.urls import urlpatterns as product
from cxplan.workspaces.models import Role
from roadmap.access import ProgrammeRequest, programme


@programme(Role.VIEWER)
def empty(request: ProgrammeRequest) -> HttpResponse:
    """Nothing, for whoever may open the programme."""
    return HttpResponse()


urlpatterns = [path("w/<slug:workspace>/programmes/<int:programme>/empty/", empty), *product]
