"""Who may open a page of a programme, and the way to its records."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial, wraps
from typing import Any, Concatenate, ParamSpec, TypeVar, cast
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from cxplan.live.gateway import Listener
from cxplan.workspaces.access import Access, Scope, View, WorkspaceRequest, declare, enter, signed_in
from cxplan.workspaces.models import Member, Record, Role
from roadmap.domain import comments, programmes
from roadmap.domain.kinds import BY_NAME
from roadmap.models import Comment, Opening, PersonalPillar, Programme, ProgrammeRecord
from roadmap.models.rollout import PersonalPillarVisibility

P = ParamSpec("P")
R = TypeVar("R", bound=Record)


class ProgrammeRequest(WorkspaceRequest):
    programme: Programme


class CommentRequest(ProgrammeRequest):
    record: Record
    comment: Comment


def programme(
    least: Role, *, approver: bool = False
) -> Callable[[Callable[Concatenate[ProgrammeRequest, P], HttpResponseBase]], View]:
    """Open a view to members of its workspace from a role upwards, with its programme on the request.

    With ``approver`` only to those of them who may approve.
    The view's address names them as `workspace` and `programme`. A programme in the trash is not there.
    """

    def wear(view: Callable[..., HttpResponseBase]) -> View:
        @wraps(view)
        def guarded(
            request: HttpRequest, *args: Any, workspace: str, programme: int, **kwargs: Any
        ) -> HttpResponseBase:
            entered = cast(ProgrammeRequest, enter(request, workspace, least))
            if approver and not entered.member.is_approver:
                raise PermissionDenied
            entered.programme = _programme(entered, programme)
            return view(entered, *args, **kwargs)

        return declare(guarded, Access(least, Scope.PROGRAMME, approver))

    return wear


def _programme(request: WorkspaceRequest, pk: int) -> Programme:
    found = Programme.objects.of(request.workspace).alive().select_related("stream").filter(pk=pk).first()
    if found is None:
        raise Http404
    found.workspace = request.workspace  # spares the query
    return found


def record(request: ProgrammeRequest, model: type[R], pk: int, *, trashed: bool = False) -> R:
    """A record of the programme or of its workspace, alive or (asked for) in the trash; anything else is not there."""
    own = model._default_manager.filter(workspace=request.workspace, trashed_at__isnull=not trashed, pk=pk)
    if issubclass(model, ProgrammeRecord):
        own = own.filter(programme=request.programme)
    if issubclass(model, PersonalPillar):
        own = own.filter(shown_to(request.member))
    found = own.first()
    if found is None:
        raise Http404
    found.workspace = request.workspace  # spares the queries
    if isinstance(found, ProgrammeRecord):
        found.programme = request.programme
    return found


def commented(request: ProgrammeRequest, kind: str, pk: int) -> Record:
    """A record of the programme that takes comments."""
    model = BY_NAME[kind].model if kind in comments.COMMENTED else None
    if model is None or not issubclass(model, Record):
        raise Http404
    found = record(request, model, pk)
    if not comments.name_in(request.programme, found):
        raise Http404
    return found


def comment(*, trashed: bool = False) -> Callable[[Callable[[CommentRequest], HttpResponseBase]], View]:
    """Open a view of a comment to its writer and to leads, with it and the record it is about on the request."""

    def wear(view: Callable[[CommentRequest], HttpResponseBase]) -> View:
        @programme(Role.VIEWER)
        @wraps(view)
        def guarded(request: ProgrammeRequest, kind: str, pk: int, comment: int) -> HttpResponseBase:
            entered = cast(CommentRequest, request)
            entered.record = commented(request, kind, pk)
            entered.comment = record(request, Comment, comment, trashed=trashed)
            if entered.comment.about != comments.name_in(request.programme, entered.record):
                raise Http404
            if not comments.may_write(entered.comment, request.member):
                raise PermissionDenied
            return view(entered)

        return declare(guarded, Access(Role.VIEWER, Scope.PROGRAMME, writer=True))

    return wear


def shown_to(member: Member) -> Q:
    """The personal pillars that a member may see: their own, and what others share with their team or with everyone."""
    shared = Q(visibility=PersonalPillarVisibility.PROGRAMME)
    if member.team_id is None:
        return Q(person=member) | shared
    own = Q(person=member) | Q(team=member.team_id)
    return own | shared | Q(visibility=PersonalPillarVisibility.TEAM, person__team=member.team_id)


def of_personal_pillars() -> Q:
    """The changes of personal pillars, of which not every member may know."""
    links = (link.m2m_db_table() for link in PersonalPillar._meta.many_to_many)
    return Q(table__in=[PersonalPillar._meta.db_table, *links])


def of_pillars_shown(programme: Programme, member: Member) -> Q:
    """The changes of the personal pillars that a member may see."""
    return of_personal_pillars() & Q(
        record_id__in=PersonalPillar.objects.of(programme).filter(shown_to(member)).values("pk")
    )


def listener(cookies: Mapping[str, str], stream: UUID) -> Listener | None:
    """Who listens to the stream of a programme, or nobody where they may not: what the gateway asks."""
    found = programmes.stream_of(stream)
    member = signed_in(cookies, found.workspace) if found else None
    return Listener(f"m{member.pk}", placed=True) if member else None


def here(request: HttpRequest) -> dict[str, Any]:
    """For templates: the programme that the page is in, and from a room the way on.

    To its place in the plan for members, to its harvest for whoever leads it, to their own pillars for members who
    took part. Nothing of the plan is for guests.
    """
    found: dict[str, Any] = {"programme": request.programme} if hasattr(request, "programme") else {}
    seat = getattr(request, "seat", None)
    takes_part, leads = seat is not None and seat.member_id is not None, getattr(request, "facilitates", False)
    if not takes_part and not leads:
        return found
    ways = SimpleLazyObject(partial(_ways, request))
    found["in_plan"] = ways
    if leads:
        found["harvest_url"] = SimpleLazyObject(lambda: ways.get("harvest", ""))
    if takes_part:
        found["own_pillars_url"] = SimpleLazyObject(lambda: ways.get("own_pillars", ""))
    return found


def _ways(request: Any) -> dict[str, str]:
    """Where a room stands in the plan; nowhere when it belongs to no programme. One query."""
    opening = Opening.objects.filter(session=request.room).select_related("programme").first()
    if opening is None:
        return {}
    inside = [request.room.workspace.slug, opening.programme_id]
    return {
        "name": opening.programme.name,
        "language": opening.programme.language,
        "programme": reverse("roadmap:programme", args=inside),
        "workshop": reverse("roadmap:workshop", args=[*inside, opening.pk]),
        "harvest": reverse("roadmap:harvest", args=[*inside, opening.pk]),
        "own_pillars": reverse("roadmap:section", args=[*inside, "personal_pillar"]),
    }
