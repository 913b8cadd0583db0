"""What the sections of step 5 show: each journey as stages with their touchpoints, and the emotion curve."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from cxplan.kit import charts
from journeys.models import Assessment, Touchpoint
from journeys.models.assessment import SCORES
from journeys.models.ecosystem import EcosystemPartKind
from roadmap.access import ProgrammeRequest
from roadmap.domain import figures, plan
from roadmap.domain.figures import JourneyFigures, TouchpointFigures
from roadmap.domain.kept import kept
from roadmap.domain.loading import weights
from roadmap.exports import words
from roadmap.exports.language import number
from roadmap.exports.language import point as decimal_point
from roadmap.models import Programme, SweetSpot

from .evidence import Rows, Shown, felt, grouped
from .links import Link, Links

FAR_BELOW = -1
"""An experience this much under what is expected is shown as low."""


def latest(at: Any) -> Assessment | None:
    """A touchpoint's latest round of scores, fetched with it."""
    found: Assessment | None = next(iter(at.scored), None)
    return found


def shape(at: Any) -> plan.Touchpoint:
    """A touchpoint's row and its latest scores as the figures read them."""
    given = latest(at)
    scores: dict[str, Any] = {score: getattr(given, score) for score in SCORES} if given else {}
    stage = str(at.stage_id) if at.stage_id else None
    return plan.Touchpoint(id=str(at.pk), stage=stage, order=at.order, name=at.name, **scores)


@dataclass(frozen=True, slots=True)
class Point:
    """A touchpoint with its figures in words."""

    record: Touchpoint
    emotion_value: float | None
    is_customer: bool
    is_low: bool
    feeling: str
    face: str
    people: str
    channel: str
    importance: str
    expectation: str
    effectiveness: str
    ease: str
    emotion: str
    experience: str
    difference: str
    n: str
    chain: Sequence[Link]


@dataclass(frozen=True, slots=True)
class StagePoints:
    """The touchpoints of one stage, and their mean experience."""

    name: str
    experience: str
    points: Sequence[Point]


@dataclass(frozen=True, slots=True)
class JourneyMap:
    """A journey from its first stage to its last."""

    journey: Any
    stages: Sequence[StagePoints]
    stats: Sequence[Shown]
    headline: str
    picture: SafeString | None


def maps(request: ProgrammeRequest, rows: Rows) -> Shown:
    """The first journeys that have touchpoints, each whole."""
    links, counted = Links(request), weights(request.programme)
    stages = {str(stage.pk): stage.name for stage in rows("stage")}
    stars = kept(request.programme, "stars", lambda: _stars(request.programme))
    drawn = []
    for journey, found in groupby(rows("touchpoint"), key=lambda at: at.journey):
        own = [(at, shape(at)) for at in found]
        tree = _tree(journey, stages, [given for _at, given in own], counted)
        summed = figures.journey(tree, tree.journeys[0])
        points = [
            _point(at, given, figures.touchpoint(given, counted), latest(at), journey, links) for at, given in own
        ]
        placed = _placed(stages, points, summed)
        drawn.append(
            JourneyMap(
                journey=journey,
                stages=placed,
                stats=_stats(points, summed) if journey.kind == "customer" else (),
                headline=_headline(points),
                picture=_picture(journey, placed, stars) if any(p.emotion_value is not None for p in points) else None,
            )
        )
    return {
        "maps": drawn,
        "formula": formula(counted),
    }


def _stars(programme: Programme) -> dict[int, int]:
    """The rank of the sweet spot at each touchpoint that is one."""
    ranked = SweetSpot.objects.of(programme).alive().in_order().exclude(touchpoint=None)
    return dict(ranked.values_list("touchpoint", "rank"))


def formula(given: plan.Weights | None) -> str:
    """How the experience of a touchpoint is computed: with the programme's own weights where it has some."""
    if given is None or given == plan.Weights():
        return _("Experience = (effectiveness + ease) / 6 + emotion · 2/3. Difference = experience − expectation.")
    return _(
        "Experience = the mean of effectiveness, ease and emotion, "
        "weighted %(effectiveness)s : %(ease)s : %(emotion)s. Difference = experience − expectation."
    ) % {"effectiveness": f"{given.effectiveness:g}", "ease": f"{given.ease:g}", "emotion": f"{given.emotion:g}"}


def _tree(
    journey: Any, stages: dict[str, str], points: Sequence[plan.Touchpoint], counted: plan.Weights | None
) -> plan.Plan:
    """As much of a plan as the figures of one journey read."""
    own = plan.Journey(id=str(journey.pk), kind=journey.kind, name=journey.name, touchpoints=tuple(points))
    return plan.Plan(
        programme=plan.Programme(id="programme", name="programme", weights=counted),
        stages=tuple(plan.Stage(id=key, name=name) for key, name in stages.items()),
        journeys=(own,),
    )


def _point(
    at: Any, given: plan.Touchpoint, own: TouchpointFigures, scored: Assessment | None, journey: Any, links: Links
) -> Point:
    feeling = felt(given.emotion)
    n = scored.n if scored else None
    return Point(
        record=at,
        emotion_value=given.emotion,
        is_customer=journey.kind == "customer",
        is_low=own.expectation_gap is not None and own.expectation_gap <= FAR_BELOW,
        feeling=feeling.word,
        face=feeling.face,
        people=ngettext("%(n)d person", "%(n)d people", n) % {"n": n} if n else "",
        channel=words.named(words.KINDS, at.channel) if at.channel else "",
        importance=number(given.importance),
        expectation=number(given.expectation),
        effectiveness=number(given.effectiveness),
        ease=number(given.ease),
        emotion=number(given.emotion),
        experience=number(own.experience),
        difference=number(own.expectation_gap, sign=True) if own.expectation_gap is not None else "",
        n="–" if n is None else str(n),
        chain=[{"mark": "gap", "text": gap.title, "walk": links.chain("gap", gap.pk)} for gap in at.gaps.all()],
    )


def _placed(stages: dict[str, str], points: Sequence[Point], summed: JourneyFigures) -> list[StagePoints]:
    """The points on their stages in order; those without a stage last."""
    placed = []
    for key, name in stages.items():
        own = [point for point in points if str(point.record.stage_id) == key]
        mean = summed.by_stage.get(key)
        if own:
            placed.append(StagePoints(name, number(mean) if mean is not None else "", own))
    rest = [point for point in points if str(point.record.stage_id) not in stages]
    return [*placed, StagePoints("", "", rest)] if rest else placed


def _stats(points: Sequence[Point], summed: JourneyFigures) -> list[Shown]:
    """The journey in four figures."""
    truths = [point for point in points if point.record.moment_of_truth]
    below = sum(point.difference.startswith("−") for point in truths)
    found: list[Shown] = [{"value": len(points), "says": ngettext("touchpoint", "touchpoints", len(points))}]
    if summed.weighted_experience is not None:
        experience = {
            "value": number(summed.weighted_experience, 2),
            "of": "/ 5",
            "says": _("experience of the whole journey, weighted by importance"),
        }
        found.append(experience)
    if summed.evenness_sd is not None and len(points) > 1:
        found.append({"value": number(summed.evenness_sd, 2), "says": _("evenness: how far apart touchpoints are")})
    if truths:
        says = ngettext(
            "moment of truth, %(below)d below expectation",
            "moments of truth, %(below)d below expectation",
            len(truths),
        )
        found.append({"value": len(truths), "says": says % {"below": below}})
    return found


def _headline(points: Sequence[Point]) -> str:
    """What the curve says."""
    known = [(point.emotion_value, point) for point in points if point.emotion_value is not None]
    if not known:
        return ""
    value, lowest = min(known, key=lambda one: one[0])
    return _("Feelings are lowest at “%(name)s”: %(value)s") % {"name": lowest.record.name, "value": number(value)}


def _picture(journey: Any, stages: Sequence[StagePoints], stars: dict[int, int]) -> SafeString | None:
    points = [point for stage in stages for point in stage.points]
    has_stages = any(stage.name for stage in stages)
    known = [(point.emotion_value, point.record.name) for point in points if point.emotion_value is not None]
    (low, low_name), (high, high_name) = min(known), max(known)
    title = _(
        "Emotion curve: %(n)s touchpoints on a scale of 1–5."
        " Lowest is %(low)s (%(lowv)s), highest %(high)s (%(highv)s)."
    )
    stops = [
        charts.Stop(point.record.name, point.emotion_value, point.record.moment_of_truth, stars.get(point.record.pk, 0))
        for point in points
    ]
    data = charts.Journey(
        title=title
        % {"n": len(points), "low": low_name, "lowv": number(low), "high": high_name, "highv": number(high)},
        stages=[(stage.name or _("Without a stage"), len(stage.points)) for stage in stages] if has_stages else [],
        stops=stops,
        high=pgettext("emotion", "delights"),
        low=pgettext("emotion", "disappoints"),
        legend=(_("felt emotion, mean 1–5"), _("moment of truth"), _("sweet spot and its rank")),
        decimal=decimal_point(),
    )
    return charts.journey(data, f"journey-{journey.pk}")


def ecosystem(request: ProgrammeRequest, rows: Rows) -> Shown:
    """The parts of the service ecosystem by their kind."""
    return {"groups": grouped(rows("ecosystem_part"), dict(EcosystemPartKind.choices))}
