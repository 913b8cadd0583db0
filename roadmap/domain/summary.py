"""One line of real content for each step: what is there, and what is most worth knowing about it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from . import alignment, figures
from .plan import Plan


def summaries(plan: Plan, as_of: date) -> dict[int, str]:
    """A line for every step by its number, in the active language."""
    return {
        1: _sources(plan),
        2: _interviews(plan),
        3: _vision(plan),
        4: _today(plan),
        5: _journey(plan),
        6: _gaps(plan),
        7: _pillars(plan),
        8: _actions(plan),
        9: _levers(plan),
        10: _sweet_spots(plan),
        11: _metrics(plan, as_of),
        12: _rollout(plan),
    }


def _line(*parts: str) -> str:
    return ", ".join(part for part in parts if part)


def _sources(plan: Plan) -> str:
    sources, findings = len(plan.sources), len(plan.findings)
    if not sources and not findings:
        return _("No sources yet")
    return _line(
        ngettext("%(count)d source", "%(count)d sources", sources) % {"count": sources},
        ngettext("%(count)d finding", "%(count)d findings", findings) % {"count": findings},
    )


def _interviews(plan: Plan) -> str:
    count = len(plan.interviews)
    if not count:
        return _("Nobody interviewed yet")
    words = {
        "customer": pgettext("interviewed", "customers"),
        "staff": pgettext("interviewed", "staff"),
        "history": pgettext("interviewed", "history"),
    }
    heard = {interview.kind for interview in plan.interviews}
    return ngettext("%(count)d interview: %(heard)s", "%(count)d interviews: %(heard)s", count) % {
        "count": count,
        "heard": get_text_list([word for kind, word in words.items() if kind in heard], _("and")),
    }


def _vision(plan: Plan) -> str:
    vision = plan.vision
    if vision is None or not (vision.statement.strip() or vision.candidates):
        return _("No vision yet")
    candidates, elements = len(vision.candidates), len(vision.elements)
    if not vision.statement.strip():
        return ngettext("%(count)d candidate", "%(count)d candidates", candidates) % {"count": candidates}
    return _line(
        _("One sentence"),
        ngettext("%(count)d element", "%(count)d elements", elements) % {"count": elements},
        _("approved") if vision.status == "approved" else _("not approved yet"),
    )


def _today(plan: Plan) -> str:
    calls, insights = len(plan.customer_calls), len(plan.insights)
    if not calls and not insights:
        return _("No customer called yet")
    return _line(
        ngettext("%(count)d customer call", "%(count)d customer calls", calls) % {"count": calls},
        ngettext("%(count)d insight", "%(count)d insights", insights) % {"count": insights},
    )


def _journey(plan: Plan) -> str:
    points = plan.customer_touchpoints()
    if not points:
        return _("No touchpoints yet")
    moments = sum(1 for point in points if point.moment_of_truth)
    return _line(
        ngettext("%(count)d touchpoint", "%(count)d touchpoints", len(points)) % {"count": len(points)},
        ngettext("%(count)d moment of truth", "%(count)d moments of truth", moments) % {"count": moments}
        if moments
        else "",
    )


def _gaps(plan: Plan) -> str:
    count = len(plan.gaps)
    if not count:
        return _("No gaps yet")
    return _line(
        ngettext("%(count)d gap", "%(count)d gaps", count) % {"count": count}, _without_metric(_holes(plan, "A07"))
    )


def _pillars(plan: Plan) -> str:
    if not plan.pillars:
        return _("No pillars yet")
    chosen: Sequence[object] = alignment.CHOSEN_PILLARS.of(plan)
    waiting, promises = len(plan.pillars) - len(chosen), len(plan.promises)
    return _line(
        ngettext("%(count)d pillar", "%(count)d pillars", len(chosen)) % {"count": len(chosen)} if chosen else "",
        ngettext("%(count)d proposal", "%(count)d proposals", waiting) % {"count": waiting} if waiting else "",
        ngettext("%(count)d customer promise", "%(count)d customer promises", promises) % {"count": promises}
        if promises
        else "",
    )


def _actions(plan: Plan) -> str:
    count = len(plan.actions)
    if not count:
        return _("No actions yet")
    buckets = len({action.bucket for action in plan.actions})
    done = sum(1 for action in plan.actions if action.status == "done")
    return _line(
        ngettext("%(count)d action", "%(count)d actions", count) % {"count": count},
        ngettext("%(count)d bucket", "%(count)d buckets", buckets) % {"count": buckets},
        ngettext("%(count)d done", "%(count)d done", done) % {"count": done} if done else "",
    )


def _levers(plan: Plan) -> str:
    count = len(plan.levers)
    if not count:
        return _("No levers yet")
    idle = _holes(plan, "A14")
    return _line(
        ngettext("%(count)d lever", "%(count)d levers", count) % {"count": count},
        ngettext("%(count)d action uses none", "%(count)d actions use none", idle) % {"count": idle} if idle else "",
    )


def _sweet_spots(plan: Plan) -> str:
    count = len(plan.sweet_spots)
    if not count:
        return _("No sweet spots yet")
    return _line(
        ngettext("%(count)d sweet spot", "%(count)d sweet spots", count) % {"count": count},
        _without_metric(_holes(plan, "A32")),
    )


def _metrics(plan: Plan, as_of: date) -> str:
    count = len(plan.metrics)
    if not count:
        return _("No metrics yet")
    statuses = list(figures.statuses(plan, as_of).values())
    met, missed = statuses.count("met"), statuses.count("missed")
    return _line(
        ngettext("%(count)d metric", "%(count)d metrics", count) % {"count": count},
        ngettext("%(count)d on target", "%(count)d on target", met) % {"count": met} if met else "",
        ngettext("%(count)d missed", "%(count)d missed", missed) % {"count": missed} if missed else "",
    )


def _rollout(plan: Plan) -> str:
    items, shared = len(plan.rollout), len(plan.shared_pillars())
    if not items and not shared:
        return _("Nothing rolled out yet")
    return _line(
        ngettext("%(count)d rollout item", "%(count)d rollout items", items) % {"count": items},
        ngettext(
            "%(count)d personal pillar shared with everyone", "%(count)d personal pillars shared with everyone", shared
        )
        % {"count": shared},
    )


def _without_metric(count: int) -> str:
    if not count:
        return ""
    return ngettext("%(count)d without a metric", "%(count)d without a metric", count) % {"count": count}


def _holes(plan: Plan, rule: str) -> int:
    """How many records a rule that asks for no date finds wanting."""
    return len(alignment.BY_ID[rule].findings(plan, date.min))
