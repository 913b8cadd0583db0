"""Where the chain has holes, as sentences, each with what mends it; the chain as a table, a picture and a story."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from cxplan.workspaces.models import Role
from roadmap.access import ProgrammeRequest, programme
from roadmap.domain import alignment, loading, story, trace
from roadmap.domain.alignment import BY_ID, Finding
from roadmap.domain.kinds import BY_NAME, mark
from roadmap.domain.loading import LoadedPlan
from roadmap.domain.plan import Pillar
from roadmap.exports.book import Book
from roadmap.exports.chapters import alignment as chapter
from roadmap.exports.numbers import Numbers
from roadmap.exports.options import Options
from roadmap.forms import FORMS
from roadmap.models import PersonalPillar

from . import frame
from .labels import ADD
from .links import Links

#: The field of a new record that names the one with the hole, by its kind.
FIELDS = {
    "vision_element": "vision_elements",
    "gap": "gaps",
    "pillar": "pillars",
    "action": "supports_actions",
    "team": "audience",
    "sweet_spot": "touchpoints",
}
FEW = 3


@dataclass(frozen=True, slots=True)
class Hole:
    """A finding with its mark and the way to mend it; a reader who may not change anything is led to the record."""

    rule: str
    level: str
    text: str
    mark: str
    label: str
    url: str
    choose: str = ""


@programme(Role.VIEWER)
@require_GET
def page(request: ProgrammeRequest) -> HttpResponse:
    """Every hole of the chain today, and how much of it is whole."""
    plan = loading.load(request.programme)
    today = timezone.localdate()
    begun = _is_begun(plan)
    found = alignment.check(plan, today) if begun else ()
    mend = Mending(request, plan)
    told = chapter.alignment(Book(plan, Options(as_of=today), Numbers(plan, today)), found, mend.chains())
    context = {
        **frame.of_programme(request),
        "here": _("Alignment"),
        "blocks": sum(finding.level == "blocks" for finding in found),
        "warns": sum(finding.level == "warns" for finding in found),
        "blocking": mend.groups(finding for finding in found if finding.level == "blocks"),
        "warning": mend.groups(finding for finding in found if finding.level == "warns"),
        "coverage": alignment.covered(plan, found),
        "begun": begun,
        "picture": told.picture if told else None,
        "matrix": [mend.row(pillar) for pillar in alignment.CHOSEN_PILLARS.of(plan)],
        "story": [mend.station(station) for station in story.longest(plan)],
    }
    return render(request, "roadmap/alignment/page.html", context)


class Mending:
    """What the page says of the records of one plan, with their addresses."""

    def __init__(self, request: ProgrammeRequest, plan: LoadedPlan) -> None:
        self.plan, self.links = plan, Links(request)
        self.may_edit = request.member.can_edit
        self.pillars = {pillar.id: pillar for pillar in plan.pillars}
        self.spots = {spot.id: spot for spot in plan.sweet_spots}
        written = PersonalPillar.objects.of(request.programme).alive().filter(person=request.member)
        self.own = set(written.values_list("exchange_id", flat=True))

    def groups(self, findings: Iterable[Finding]) -> list[tuple[list[Hole], list[Hole]]]:
        """The holes rule by rule: the first ones, and the rest where there are many of a kind."""
        by_rule = [list(own) for _rule, own in groupby(map(self.hole, findings), key=lambda hole: hole.rule)]
        return [(own, []) if len(own) <= FEW else (own[:1], own[1:]) for own in by_rule]

    def hole(self, finding: Finding) -> Hole:
        """A finding with what mends it."""
        rule = BY_ID[finding.rule]
        kind, pk = rule.kind, self.plan.keys.get(finding.record)
        label, url, choose = _("Show"), self._place(kind, pk), ""
        if self.may_edit and rule.check.linked_by:
            target = rule.check.linked_by
            label, url, choose = str(ADD[target]), self._add(target, kind, finding.record), self.links.section(target)
        elif self.may_edit and kind in FORMS and pk is not None and rule.id != "A02":
            may_write = kind != "personal_pillar" or finding.record in self.own
            label, url = (_("Mend"), self._edit(kind, pk)) if may_write else ("", "")
        return Hole(rule.id, rule.level, finding.message, self._mark(kind, finding.record), label, url, choose)

    def row(self, pillar: Pillar) -> dict[str, Any]:
        """A pillar and how many records of each kind it is linked with; none leads to the form that links one."""
        plan = self.plan
        serving = (
            ("vision_element", len(pillar.vision_elements), _("vision elements")),
            ("gap", len(pillar.gaps), _("gaps")),
            ("action", _count(plan.actions, pillar), _("actions")),
            ("metric", _count(plan.metrics, pillar), _("metrics")),
            ("rollout_item", _count(plan.rollout, pillar), _("rollout items")),
            ("personal_pillar", _count(plan.personal_pillars, pillar), _("personal pillars")),
        )
        url = self._chain("pillar", pillar.id)
        cells = [
            {"count": count, "word": word, "url": f"{url}#chain-{kind}" if count else self._link(pillar, kind)}
            for kind, count, word in serving
        ]
        return {"kind": pillar.kind, "statement": pillar.statement, "url": url, "cells": cells}

    def _link(self, pillar: Pillar, kind: str) -> str:
        """The form that links a pillar with a record of a kind: the pillar's own, or that of a new record."""
        if not self.may_edit:
            return ""
        if kind in ("vision_element", "gap"):
            return self._edit("pillar", self.plan.keys[pillar.id])
        return self.links.add(kind, pillars=self.plan.keys[pillar.id])

    def chains(self) -> dict[str, str]:
        """The chain of every record that the picture shows, by its id."""
        plan = self.plan
        shown: dict[str, tuple[Any, ...]] = {
            "vision_element": plan.vision.elements if plan.vision else (),
            "gap": plan.gaps,
            "pillar": plan.pillars,
            "action": plan.actions,
            "metric": plan.metrics,
        }
        return {record.id: self._chain(kind, record.id) for kind, records in shown.items() for record in records}

    def _chain(self, kind: str, record: str) -> str:
        """The chain of a record of the plan."""
        pk = self.plan.keys.get(record)
        return self.links.chain(kind, pk) if pk is not None else ""

    def station(self, station: story.Station) -> dict[str, Any]:
        """A record on the thread, with what it is and whose."""
        record, kind = station.record, station.kind
        people = {person.id: person.name for person in self.plan.people}
        personas = {persona.id: persona.name for persona in self.plan.personas}
        words = trace.said(record) if kind == "customer_call" else _words(record)
        by = personas.get(record.persona or "", "") if kind == "customer_call" else ""
        if kind == "personal_pillar":
            teams = {team.id: team.name for team in self.plan.teams}
            by = people.get(record.person or "") or teams.get(record.team or "", "")
        url = self._chain(kind, record.id)
        return {"kind": kind, "name": BY_NAME[kind].model._meta.verbose_name, "by": by, "words": words, "url": url,
                "mark": self._mark(kind, record.id)}  # fmt: skip

    def _mark(self, kind: str, record: str) -> str:
        return mark(kind, self.pillars.get(record))

    def _place(self, kind: str, pk: int | None) -> str:
        if pk is None or kind == "team":
            return self.links.section("rollout_item" if kind == "team" else kind)
        return f"{self.links.step(BY_NAME[kind].step)}#{kind}-{pk}"

    def _edit(self, kind: str, pk: int) -> str:
        return self.links.edit(BY_NAME[kind].model(pk=pk))

    def _add(self, target: str, kind: str, record: str) -> str:
        """The form of a new record, with the one that has the hole already chosen."""
        if kind == "sweet_spot":
            record = self.spots[record].touchpoint or ""
        pk = self.plan.keys.get(record)
        return self.links.add(target, **({FIELDS[kind]: pk} if pk is not None else {}))


def _is_begun(plan: LoadedPlan) -> bool:
    """Whether there is anything of the chain yet: before that, what it lacks is everything."""
    chained = (plan.gaps, plan.pillars, plan.actions, plan.metrics, plan.sweet_spots, plan.rollout)
    return plan.vision is not None or any((*chained, plan.personal_pillars))


def _count(records: Iterable[Any], pillar: Pillar) -> int:
    return sum(pillar.id in record.pillars for record in records)


def _words(record: Any) -> str:
    return next(str(getattr(record, name)) for name in ("text", "title", "statement", "name") if hasattr(record, name))
