from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from datetime import date

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from roadmap.domain import alignment
from roadmap.domain.plan import Plan

from ._plan import PlanCommand


class Command(PlanCommand):
    help = "Say where a programme's chain from vision to people has holes: the findings of rules A01 to A34."

    def data(self, plan: Plan, as_of: date) -> object:
        return [dataclasses.asdict(finding) for finding in alignment.check(plan, as_of)]

    def lines(self, plan: Plan, as_of: date) -> Iterable[str]:
        findings = alignment.check(plan, as_of)
        for finding in findings:
            mark = _("blocks") if finding.level == "blocks" else _("warns")
            yield f"{finding.rule}  {mark}  {finding.record}  {finding.message}"
        count = len(findings)
        yield ngettext("%(count)d hole", "%(count)d holes", count) % {"count": count} if count else _("No holes.")
        covered = alignment.covered(plan, findings)
        if covered is not None:
            yield _("%(percent)s %% of the chain can be traced.") % {"percent": number_format(covered, 1)}
