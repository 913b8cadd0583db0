"""The records of a kind as a page shows them: one section a kind, the same in the page and after a change."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Count, F, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.template.loader import select_template

from journeys.models import EcosystemPart, Journey
from roadmap.access import ProgrammeRequest, shown_to
from roadmap.domain import approvals
from roadmap.domain.kinds import BY_NAME, Kind
from roadmap.domain.order import ORDERED
from roadmap.forms import choices
from roadmap.models import CustomerCall, Finding, Gap, Pillar, Programme, ProgrammeRecord, VisionElement

from . import doing, evidence, gaps, journey
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
    "touchpoint": ("gaps",),
    "gap": (
        *("vision_elements", "touchpoints", "findings", "interviews", "customer_calls", "insights"),
        *("touchpoints__assessments", "customer_calls__answers"),
    ),
    "pillar": ("gaps", "vision_elements"),
    "promise": ("proposed_by",),
    "action": ("gaps", "pillars", "levers"),
    "lever": ("supports_actions", "ecosystem"),
    "sweet_spot": ("actions",),
    "metric": ("vision_elements", "gaps", "pillars", "contingency_actions"),
    "rollout_item": ("audience", "pillars"),
    "personal_pillar": ("pillars",),
    "readiness_statement": ("answers",),
    "workshop": ("agenda",),
}
#: What the database sorts by where the place among siblings is not the order to show.
ORDER: dict[str, tuple[Any, ...]] = {
    "finding": ("theme__position", F("weight").desc(nulls_last=True), "position"),
    "gap": (F("severity").desc(nulls_last=True), "position"),
    "touchpoint": ("journey__position", "order", "position"),
    "measurement": ("metric__position", "period"),
    "sweet_spot": ("rank", "position"),
    "action": ("due", "position"),
    "pillar": ("order", "position"),
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


def _keys(model: type[models.Model], name: str) -> Any:
    """The keys on the far side of a link, where the page has those records anyway."""
    field: Any = model._meta.get_field(name)
    near, far = field.m2m_field_name(), field.m2m_reverse_field_name()
    links = field.remote_field.through._default_manager.filter(**{near: OuterRef("pk")})
    return ArraySubquery(links.order_by("pk").values(f"{far}_id"))


#: What is only counted, or looked up among the records of the page.
ANNOTATED: dict[str, dict[str, Any]] = {
    "journey": {"supported_keys": _keys(Journey, "supports")},
    "ecosystem_part": {"touchpoint_keys": _keys(EcosystemPart, "touchpoints")},
    "source": {"finding_count": Count("findings", filter=Q(findings__trashed_at=None))},
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
    },
}

#: Kinds that belong to the workspace through a parent that is tied to programmes.
PARENTS = {"assessment": "touchpoint", "stage_assessment": "stage"}


def records(request: ProgrammeRequest, kind: Kind) -> QuerySet[Any]:
    """The living records of a kind that the reader may see, with what their section shows of others."""
    own = _of_parents(request, kind) if kind.name in PARENTS else choices(kind.model, request.programme)
    if kind.name == "personal_pillar":
        own = own.filter(shown_to(request.member))
    if kind.name in ("vision_element", "vision_check", "vision_candidate"):
        own = own.filter(vision__is_current=True)
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
    manager = target._default_manager
    if not any(field.name == "trashed_at" for field in target._meta.concrete_fields):
        return path
    order = ("period",) if path == "measurements" else ("position", "pk")
    own = manager.filter(trashed_at=None).order_by(*order).select_related(*NAMED.get(target, ()))
    return Prefetch(path, own.filter(programme=programme) if issubclass(target, ProgrammeRecord) else own)


def template(kind: Kind) -> str:
    """The section of a kind: its own file, or the plain list."""
    return str(select_template([f"roadmap/{kind.name}/_list.html", "roadmap/record/_list.html"]).template.name)


def context(request: ProgrammeRequest, kind: Kind) -> dict[str, Any]:
    """What a section's template reads."""
    return Sections(request).context(kind)


class Sections:
    """The sections of one page; what several of them need is fetched once."""

    def __init__(self, request: ProgrammeRequest) -> None:
        self.request = request
        self._rows: dict[str, list[Any]] = {}

    def rows(self, name: str) -> list[Any]:
        """The records of a kind by its name."""
        if name not in self._rows:
            self._rows[name] = list(records(self.request, BY_NAME[name]))
        return self._rows[name]

    def context(self, kind: Kind) -> dict[str, Any]:
        """What the section of a kind reads."""
        extra = EXTRA.get(kind.name)
        return {
            "kind": kind,
            "verbose_name": kind.model._meta.verbose_name,
            "add_label": ADD[kind.name],
            "is_ordered": kind.name in ORDERED,
            "is_approvable": kind.model in approvals.BY_MODEL,
            "verbose_name_plural": kind.model._meta.verbose_name_plural,
            "records": self.rows(kind.name),
            "list_template": template(kind),
            **(extra(self.request, self.rows) if extra else {}),
        }


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
    "journey": journey.journeys,
    "touchpoint": journey.maps,
    "ecosystem_part": journey.ecosystem,
    "gap": gaps.shown,
    "pillar": doing.pillars,
    "promise": doing.promises,
    "action": doing.actions,
    "lever": doing.levers,
    "sweet_spot": doing.sweet_spots,
    "touchpoint_idea": doing.ideas,
    "metric": doing.metrics,
    "measurement": doing.measurements,
    "contingency_task": doing.tasks,
    "rollout_item": doing.rollout,
    "personal_pillar": doing.personal_pillars,
    "readiness_statement": doing.readiness,
}
