"""Start, trash and restore a programme; whom it may name."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.db import models, transaction
from django.db.models import Count, Exists, F, OuterRef, Q, Subquery
from django.utils import timezone

from cxplan.live import publish
from cxplan.workspaces.domain import audit
from cxplan.workspaces.models import AuditEvent, Member, RecordQuerySet, Team, Workspace
from cxplan.workspaces.models.history import act_as
from journeys.models import Stage, StageSet
from roadmap.models import HeldWorkshop, Programme, StepStatus, Tie, Vision
from roadmap.models.programme import Language

#: Reach, Engage, Activate, Nurture: the stages a programme begins with, in its language.
REAN = {
    "fi": (
        ("Tavoita", "Ensikosketus viestintäämme"),
        ("Kiinnostu", "Kiinnostus, kysymykset ja tiedon etsiminen"),
        ("Aktivoidu", "Vertailu, valinta ja ostaminen"),
        ("Vaali", "Käyttö, jälkihoito ja kanta-asiakkuus"),
    ),
    "en": (
        ("Reach", "First contact with our communication"),
        ("Engage", "Interest, questions and looking for information"),
        ("Activate", "Comparison, choice and purchase"),
        ("Nurture", "Use, aftercare and loyalty"),
    ),
}


@transaction.atomic
def start(workspace: Workspace, *, by: Member, name: str, language: str, **values: Any) -> Programme:
    """Begin an empty programme: everybody of the workspace can be named in it, and REAN stands ready.

    Nobody and no team of an example belongs to it.
    """
    act_as(by)
    programme = Programme(
        workspace=workspace, name=name, language=Language(language), languages=[language], cx_owner=by, **values
    )
    programme.save(force_insert=True)
    ties = [
        Tie(programme=programme, exchange_id=programme.next_id("team"), position=place, team=team)
        for place, team in enumerate(teams_to_name(programme))
    ]
    ties += [
        Tie(programme=programme, exchange_id=programme.next_id("person"), position=place, person=person)
        for place, person in enumerate(people_to_name(programme))
    ]
    stage_set = StageSet.objects.create(workspace=workspace, name="REAN")
    stages = Stage.objects.bulk_create(
        Stage(workspace=workspace, stage_set=stage_set, order=place, position=place, name=stage, meaning=meaning)
        for place, (stage, meaning) in enumerate(REAN[language], 1)
    )
    ties += [
        Tie(programme=programme, exchange_id=programme.next_id("st"), position=stage.position, stage=stage)
        for stage in stages
    ]
    Tie.objects.bulk_create(ties)
    programme.save(update_fields=["numbers"])
    return programme


def teams_to_name(programme: Programme) -> models.QuerySet[Team]:
    """The teams that a programme's records may name: those that stand in it, then the workspace's others.

    Those of an example stay in the example.
    """
    ties = Tie.objects.filter(team=OuterRef("pk"))
    own = Team.objects.of(programme.workspace).annotate(place=_place(ties, programme))
    found = own.filter(Q(place__isnull=False) | ~Exists(ties.filter(programme__is_example=True)))
    return found.order_by(F("place").asc(nulls_last=True), "position", "pk")


def people_to_name(programme: Programme) -> models.QuerySet[Member]:
    """The people that a programme's records may name: those that stand in it, then who else is present.

    Those of an example stay in the example, but for people who have an account.
    """
    ties = Tie.objects.filter(person=OuterRef("pk"))
    own = Member.objects.of(programme.workspace).annotate(place=_place(ties, programme))
    real = Q(user__isnull=False) | ~Exists(ties.filter(programme__is_example=True))
    found = own.filter(Q(place__isnull=False) | (Q(left_at=None) & real))
    return found.order_by(F("place").asc(nulls_last=True), "name", "pk")


def _place(ties: models.QuerySet[Tie], programme: Programme) -> Subquery:
    return Subquery(ties.filter(programme=programme).values("position")[:1])


def streams(workspace: Workspace) -> models.QuerySet[Programme, int]:
    """The streams of a workspace's programmes."""
    return Programme.objects.of(workspace).alive().values_list("stream", flat=True)


def stream_of(key: UUID) -> Programme | None:
    """The programme that a stream tells of, unless it lies in the trash."""
    return Programme.objects.alive().select_related("workspace").filter(stream__key=key).first()


@transaction.atomic
def trash(programme: Programme, *, by: Member) -> None:
    """Put a programme into the trash with everything it holds."""
    act_as(by)
    Programme.objects.of(programme.workspace).filter(pk=programme.pk).update(trashed_at=timezone.now())
    publish.recheck(programme.stream_id)
    details = {"how": "trash", "model": programme._meta.label_lower, "programme": programme.pk}
    audit.write(AuditEvent.DELETED, workspace=programme.workspace, actor=by, about=programme.name, details=details)


@transaction.atomic
def restore(workspace: Workspace, pk: int, *, by: Member) -> bool:
    """Bring a programme back as it was; says whether the workspace has it."""
    act_as(by)
    return bool(Programme.objects.of(workspace).filter(pk=pk).update(trashed_at=None))


def with_progress(programmes: RecordQuerySet[Programme]) -> list[Programme]:
    """Programmes that know how many of their steps are done, as ``done_count``."""
    done = Count("step_statuses", filter=Q(step_statuses__state="done"))
    return list(programmes.annotate(done_count=done))


def people(programme: Programme) -> list[Member]:
    """The owner, the sponsor and the core group, each once, by name. One query."""
    core = Programme.core_group.through.objects.filter(programme=programme).values("member")
    leading = [pk for pk in (programme.cx_owner_id, programme.sponsor_id) if pk]
    own = Member.objects.of(programme.workspace).filter(Q(pk__in=core) | Q(pk__in=leading))
    return list(own.order_by("name", "pk"))


def next_workshop(programme: Programme, today: date) -> HeldWorkshop | None:
    """The workshop whose day comes first, today's among them. One query."""
    planned = HeldWorkshop.objects.of(programme).alive().filter(held_on__gte=today)
    return planned.select_related("facilitator").order_by("held_on", "position", "pk").first()


def said_of_steps(programmes: Iterable[Programme]) -> dict[int, dict[int, str]]:
    """What people said of each step, by programme and step. One query for all of them."""
    said: dict[int, dict[int, str]] = {}
    for status in StepStatus.objects.filter(programme__in=[programme.pk for programme in programmes]):
        said.setdefault(status.programme_id, {})[status.number] = status.state
    return said


def sentences(programmes: Iterable[Programme]) -> dict[int, str]:
    """The vision of each programme that has one. One query for all of them."""
    visions = Vision.objects.filter(programme__in=[programme.pk for programme in programmes])
    return dict(visions.alive().filter(is_current=True).values_list("programme_id", "statement"))
