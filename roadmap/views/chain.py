"""The chain of one record: what it leans on and what grew from it, each name a way on to that record's own chain."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from cxplan.kit.http import fragment, is_htmx
from cxplan.workspaces.models import Record, Role
from journeys.models import Assessment, StageAssessment
from roadmap import places
from roadmap.access import ProgrammeRequest, programme
from roadmap.access import record as record_of
from roadmap.domain import alignment, hops, loading, naming, trace
from roadmap.domain.hops import Hop
from roadmap.domain.kinds import BY_MODEL, BY_NAME, mark
from roadmap.domain.loading import LoadedPlan
from roadmap.forms import FORMS
from roadmap.models import Measurement
from roadmap.steps import BY_NUMBER

from . import frame
from .alignment import Mending
from .labels import ADD, LINK
from .links import Link, Links

#: Records that have no place of their own on the chain, and the field that names the one they speak of.
SPEAKS_OF: dict[type[Any], str] = {Assessment: "touchpoint", StageAssessment: "stage"}
AT_ONCE = 6
"""Of more sentences side by side, the rest are folded."""
NEAR = 3
"""Hops further away than this are folded."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A hop with its mark and addresses: the parts of its sentence as (words, address), and the hops behind it.

    The nearest hop to each kind has an ``anchor``.
    """

    anchor: str
    mark: str
    parts: tuple[tuple[str, str], ...]
    more: str
    further: int
    near: bool
    on: tuple[Shown, ...]


@dataclass(frozen=True, slots=True)
class Missing:
    """A link that is missing: a sentence, and the chips that lead to the form."""

    text: str
    chips: list[Link]


@programme(Role.VIEWER)
@require_GET
def page(request: ProgrammeRequest, kind: str, pk: int) -> HttpResponse:
    """The chain of a record; in a dialog for a page on which its chip was tapped."""
    of = BY_NAME.get(kind)
    if kind not in FORMS or of is None or not issubclass(of.model, Record):
        raise Http404
    record = record_of(request, of.model, pk)
    plan = loading.load(request.programme)
    chain = trace.Chain(plan)
    walk = _Walk(request, plan, chain)
    known = _known_as(record, plan, chain)
    told = hops.told(plan, chain, known)
    up, down = walk.missing(known)
    context = {
        **({} if is_htmx(request) else frame.of_programme(request)),
        "kind": of,
        "record": record,
        "name": naming.called(record),
        "verbose_name": of.model._meta.verbose_name,
        "mark": walk.mark(known) if known else mark(of.name),
        "lead": told.lead,
        "up": walk.shown(told.up),
        "down": walk.shown(told.down),
        "beside": walk.shown(told.beside),
        "missing_up": up,
        "missing_down": down,
        "at_once": f":{AT_ONCE}",
        "the_rest": f"{AT_ONCE}:",
        "place": walk.links.record(record),
        "back_name": _("Workshops and decisions") if of.name in places.IN_LOG else BY_NUMBER[of.step].name,
        "here": naming.called(record),
    }
    if is_htmx(request):
        return fragment(request, "roadmap/record/chain/_part.html", context)
    return render(request, "roadmap/record/chain/page.html", context)


def _known_as(record: Any, plan: LoadedPlan, chain: trace.Chain) -> str:
    """The id that the chain knows a record by; empty where the plan leaves it out, as it does an earlier vision."""
    if isinstance(record, Measurement):
        identity = f"{record.metric.exchange_id}@{record.period}"
        return identity if identity in chain.nodes else ""
    if type(record) in SPEAKS_OF:
        record = getattr(record, SPEAKS_OF[type(record)])
    kind = BY_MODEL[type(record)].name
    own = (node.id for node in chain.nodes.values() if node.kind == kind and plan.keys.get(node.id) == record.pk)
    return next(own, "")


class _Walk:
    """The hops of one plan with their marks and addresses."""

    def __init__(self, request: ProgrammeRequest, plan: LoadedPlan, chain: trace.Chain) -> None:
        self.plan, self.chain, self.links = plan, chain, Links(request)
        self.mend = Mending(request, plan)
        self.anchored = set[str]()

    def mark(self, record: str) -> str:
        """The silhouette of a record that the chain knows."""
        node = self.chain.nodes[record]
        return mark(node.kind, node.record)

    def shown(self, found: Iterable[Hop], depth: int = 1) -> tuple[Shown, ...]:
        """Hops as the page shows them."""
        return tuple(
            Shown(
                anchor=self._anchor(hop.kind) if depth == 1 else "",
                mark=self.mark(hop.record) if hop.record else mark(hop.kind),
                parts=tuple((part.text, self._url(part.record)) for part in hop.parts),
                more=hop.more,
                further=hop.further,
                near=depth < NEAR,
                on=self.shown(hop.on, depth + 1),
            )
            for hop in found
        )

    def _anchor(self, kind: str) -> str:
        if kind in self.anchored:
            return ""
        self.anchored.add(kind)
        return kind

    def _url(self, record: str) -> str:
        node, pk = self.chain.nodes.get(record), self.plan.keys.get(record)
        return self.links.chain(node.kind, pk) if node and pk is not None and node.kind in FORMS else ""

    def missing(self, record: str) -> tuple[list[Missing], list[Missing]]:
        """The record's own holes: those it would close by leaning on something, and those others would close."""
        up, down = list[Missing](), list[Missing]()
        for finding in alignment.check(self.plan, timezone.localdate()):
            if record and finding.record == record:
                rule = alignment.BY_ID[finding.rule]
                leans = {*rule.check.fields} <= {*trace.CHAIN.get(rule.kind, ())} and not rule.check.linked_by
                (up if leans else down).append(Missing(finding.message, self._chips(finding)))
        return up, down

    def _chips(self, finding: alignment.Finding) -> list[Link]:
        """What would fill a hole: the fields left empty, or a record to add; who may not write sees what is missing."""
        check, record = alignment.BY_ID[finding.rule].check, self.chain.nodes[finding.record].record
        empty = [field for field in check.fields if alignment.is_empty(getattr(record, field))]
        label = ADD[check.linked_by] if check.linked_by else _("Mend")
        url = self.mend.hole(finding).url if self.mend.may_edit else ""
        labels = dict.fromkeys(str(LINK.get(field, label)) for field in empty) or {str(label): None}
        return [{"hole": label, "url": url} for label in labels]
