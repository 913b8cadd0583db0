"""The records of a kind as a page shows them: one section a kind, the same in the page and after a change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Case, Count, Exists, F, OuterRef, Prefetch, QuerySet, Subquery, When
from django.db.models.functions import Coalesce, JSONObject
from django.template.loader import select_template

from journeys.models import Assessment, EcosystemPart, Journey, Touchpoint
from roadmap import places
from roadmap.access import ProgrammeRequest, shown_to
from roadmap.domain import approvals, loading
from roadmap.domain.kinds import BY_NAME, Kind
from roadmap.domain.order import ORDERED
from roadmap.forms import choices
from roadmap.forms.shown import ShownForm
from roadmap.models import (
    ContingencyTask,
    CustomerCall,
    Finding,
    Gap,
    Pillar,
    Programme,
    ProgrammeRecord,
    VisionElement,
)

from . import doing, evidence, gaps, journey
from .cuts import CUTS, Cut, first
from .labels import ADD

#: Fields that point at one record or person, fetched with the row.
TO_ONE = {
    "finding": ("source", "theme"),
    "interview": ("interviewer", "persona"),
    "customer_call": ("caller", "persona"),
    "touchpoint": ("journey", "stage", "team", "owner"),
    "assessment": ("touchpoint",),
    "stage_assessment": ("stage", "journey"),
    "promise": ("pillar", "touchpoint", "problem", "selected_by"),
    "action": ("owner",),
    "lever": ("owner",),
    "sweet_spot": ("touchpoint",),
    "metric": ("owner",),
    "measurement": ("metric",),
    "contingency_task": ("metric", "owner"),
    "rollout_item": ("owner",),
    "personal_pillar": ("person", "team"),
    "readiness_statement": ("round",),
    "workshop": ("facilitator",),
    "decision": ("by",),
    "vision": ("approved_by",),
}
#: Links to many and rows of a record's own, fetched in one query each.
TO_MANY = {
    "interview": ("answers",),
    "customer_call": ("answers__question",),
    "insight": ("findings", "interviews", "customer_calls", "customer_calls__answers"),
    "vision": ("built_on_findings", "built_on_interviews"),
    "journey": ("personas",),
    "touchpoint": ("gaps", "assessments"),
    "gap": (
        *("vision_elements", "touchpoints", "findings", "interviews", "customer_calls", "insights"),
        "customer_calls__answers",
    ),
    "pillar": ("gaps", "vision_elements"),
    "promise": ("proposed_by",),
    "action": ("gaps", "pillars", "levers"),
    "lever": ("supports_actions", "ecosystem"),
    "sweet_spot": ("actions",),
    "metric": ("vision_elements", "gaps", "pillars", "contingency_actions", "measurements"),
    "rollout_item": ("audience", "pillars"),
    "personal_pillar": ("pillars",),
    "readiness_statement": ("answers",),
    "workshop": ("agenda",),
}
#: What the database sorts by where the place among siblings is not the order to show.
ORDER: dict[str, tuple[Any, ...]] = {
    "finding": ("theme__position", F("weight").desc(nulls_last=True), "position"),
    "gap": (F("severity").desc(nulls_last=True), "position"),
    "touchpoint": ("journey__position", "journey_id", "order", "position"),
    "measurement": ("metric__position", "metric_id", "-period"),
    "sweet_spot": ("rank", "position"),
    "promise": (Case(When(status="selected", then=0), When(status="rejected", then=2), default=1), "position"),
    "action": ("due", "position"),
    "pillar": ("order", "position"),
    "personal_pillar": ("-is_mine", "position"),
    "rollout_item": ("order", "position"),
    "readiness_statement": ("round__position", "position"),
}


#: Whom the far side of a link is known by.
NAMED: dict[type[models.Model], tuple[str, ...]] = {CustomerCall: ("caller", "persona"), Finding: ("source",)}


def _count(model: type[models.Model], relation: str) -> Any:
    """How many living records point at one, as a subquery: several such counts must not multiply one another."""
    field: Any = model._meta.get_field(relation).remote_field
    near, far = field.m2m_reverse_field_name(), field.m2m_field_name()
    links = field.remote_field.through._default_manager.filter(**{near: OuterRef("pk"), f"{far}__trashed_at": None})
    return Coalesce(Subquery(links.order_by().values(near).annotate(count=Count("pk")).values("count")), 0)


#: How many living findings a source has.
FINDING_COUNT = Coalesce(
    Subquery(
        Finding.objects.of(OuterRef("programme"))  # type: ignore[arg-type]  # the programme of the source
        .alive()
        .filter(source=OuterRef("pk"))
        .order_by()
        .values("source")
        .annotate(count=Count("pk"))
        .values("count")
    ),
    0,
)


def _touchpoints(model: type[models.Model], name: str) -> Any:
    """The touchpoints on the far side of a link, of which only the names are shown, in the order of the journeys."""
    field: Any = model._meta.get_field(name)
    near, far = field.m2m_field_name(), field.m2m_reverse_field_name()
    links = field.remote_field.through._default_manager.filter(
        **{near: OuterRef("pk"), f"{far}__trashed_at": None, f"{far}__journey__trashed_at": None}
    )
    ordered = links.order_by(f"{far}__journey__position", f"{far}__order", f"{far}__position", "pk")
    return ArraySubquery(ordered.values(point=JSONObject(pk=f"{far}__pk", name=f"{far}__name")))


#: What is only counted, or only named.
ANNOTATED: dict[str, dict[str, Any]] = {
    "journey": {"supported": _touchpoints(Journey, "supports")},
    "ecosystem_part": {"behind": _touchpoints(EcosystemPart, "touchpoints")},
    "source": {"finding_count": FINDING_COUNT},
    "vision_element": {
        "gap_count": _count(VisionElement, "gaps"),
        "pillar_count": _count(VisionElement, "pillars"),
        "metric_count": _count(VisionElement, "metrics"),
    },
    "gap": {
        "pillar_count": _count(Gap, "pillars"),
        "action_count": _count(Gap, "actions"),
        "metric_count": _count(Gap, "metrics"),
    },
    "pillar": {
        "action_count": _count(Pillar, "actions"),
        "metric_count": _count(Pillar, "metrics"),
        "own_count": _count(Pillar, "personal_pillars"),
        "is_chosen": Case(When(state__in=doing.CHOSEN, then=True), default=False),
    },
    "metric": {
        "is_taken": Exists(
            ContingencyTask.objects.of(OuterRef("programme"))  # type: ignore[arg-type]  # the programme of the metric
            .alive()
            .filter(metric=OuterRef("pk"), status__in=("accepted", "done"))
        )
    },
}

#: The field of a kind that hides it while what it points at lies in the trash.
HOMELESS = {"measurement": "metric", "contingency_task": "metric", "touchpoint": "journey"}
#: Kinds that belong to the workspace through a parent that is tied to programmes.
PARENTS = {"assessment": "touchpoint", "stage_assessment": "stage"}


def records(request: ProgrammeRequest, kind: Kind) -> QuerySet[Any]:
    """The living records of a kind that the reader may see, with what their section shows of others."""
    own = _of_parents(request, kind) if kind.name in PARENTS else choices(kind.model, request.programme)
    if kind.name == "personal_pillar":
        mine = Case(When(person=request.member, then=True), default=False)
        own = own.filter(shown_to(request.member)).annotate(is_mine=mine)
    if kind.name in ("vision_element", "vision_check", "vision_candidate"):
        own = own.filter(vision__is_current=True)
    if kind.name in HOMELESS:
        own = own.filter(**{f"{HOMELESS[kind.name]}__trashed_at": None})
    if kind.name == "metric":
        own = own.order_by(doing.by_state(request.programme), "position")
    if kind.name in ORDER:
        own = own.order_by(*ORDER[kind.name])
    if kind.name in ANNOTATED:
        own = own.annotate(**ANNOTATED[kind.name])
    return own.select_related(*TO_ONE.get(kind.name, ())).prefetch_related(
        *(_alive(kind, path, request.programme) for path in TO_MANY.get(kind.name, ()))
    )


def _of_parents(request: ProgrammeRequest, kind: Kind) -> QuerySet[Any]:
    """Assessments belong to the workspace; a programme shows those of its own stages and touchpoints."""
    parent = PARENTS[kind.name]
    own: QuerySet[Any] = kind.objects().of(request.workspace).alive().in_order()
    return own.filter(**{f"{parent}__ties__programme": request.programme, f"{parent}__trashed_at": None})


def _alive(kind: Kind, path: str, programme: Programme) -> Prefetch[Any, Any, Any] | str:
    """The far side of a link, without what lies in the trash or belongs to another programme."""
    if "__" in path:
        return path
    target: Any = kind.model._meta.get_field(path).related_model
    if target is Assessment:
        return loading.scored()
    manager = target._default_manager
    if not any(field.name == "trashed_at" for field in target._meta.concrete_fields):
        return path
    order = ("period",) if path == "measurements" else ("position", "pk")
    own = manager.filter(trashed_at=None).order_by(*order).select_related(*NAMED.get(target, ()))
    if target is Touchpoint:
        own = own.prefetch_related(loading.scored())
    return Prefetch(path, own.filter(programme=programme) if issubclass(target, ProgrammeRecord) else own)


def template(kind: Kind) -> str:
    """The section of a kind: its own file, or the plain list."""
    return str(select_template([f"roadmap/{kind.name}/_list.html", "roadmap/record/_list.html"]).template.name)


def context(request: ProgrammeRequest, kind: Kind, also: int | None = None) -> dict[str, Any]:
    """What a section's template reads; ``also`` is the key of a record that is shown wherever it stands."""
    return Sections(request).context(kind, also)


class Sections:
    """The sections of one page; what several of them need is fetched once."""

    def __init__(self, request: ProgrammeRequest) -> None:
        self.request = request
        self.asked = ShownForm.of(request)
        self._rows: dict[str, list[Any]] = {}

    def rows(self, name: str, also: int | None = None) -> list[Any]:
        """The records of a kind by its name, as many as the page shows."""
        if name not in self._rows:
            cut = CUTS.get(name, Cut())
            if name in self.asked.whole:
                cut = replace(cut, most=None, groups=None)
            self._rows[name] = first(records(self.request, BY_NAME[name]), cut, also)
        return self._rows[name]

    def context(self, kind: Kind, also: int | None = None) -> dict[str, Any]:
        """What the section of a kind reads."""
        found = self.rows(kind.name, also or self.asked.also)
        total = found[0].of_all if found else 0
        extra = EXTRA.get(kind.name)
        return {
            "kind": kind,
            "verbose_name": kind.model._meta.verbose_name,
            "add_label": ADD[kind.name],
            "is_ordered": kind.name in ORDERED,
            "is_approvable": kind.model in approvals.BY_MODEL,
            "verbose_name_plural": kind.model._meta.verbose_name_plural,
            "records": found,
            "total": total,
            "whole_url": self._whole(kind) if total > len(found) else "",
            "list_template": template(kind),
            **(extra(self.request, self.rows) if extra else {}),
        }

    def _whole(self, kind: Kind) -> str:
        """The page with every record of the kind."""
        page = places.page(kind, workspace=self.request.workspace.slug, programme=self.request.programme.pk)
        return f"{page}?{urlencode({'all': [*self.asked.whole, kind.name]}, doseq=True)}#{kind.name}-list"


#: What a section shows beside its records: from the request and the rows of any kind by its name.
Extra = Callable[[ProgrammeRequest, evidence.Rows], evidence.Shown]
EXTRA: dict[str, Extra] = {
    "interview": evidence.interviews,
    "vision": evidence.visions,
    "vision_element": evidence.elements,
    "vision_candidate": evidence.candidates,
    "persona": evidence.personas,
    "customer_call": evidence.calls,
    "insight": evidence.insights,
    "touchpoint": journey.maps,
    "ecosystem_part": journey.ecosystem,
    "gap": gaps.shown,
    "pillar": doing.pillars,
    "action": doing.actions,
    "lever": doing.levers,
    "sweet_spot": doing.sweet_spots,
    "touchpoint_idea": doing.ideas,
    "metric": doing.metrics,
    "measurement": doing.measurements,
    "contingency_task": doing.contingencies,
    "rollout_item": doing.rollout,
    "personal_pillar": doing.personal_pillars,
    "readiness_statement": doing.readiness,
}
