"""What is good to link to, and why: told by the chain, never by the words of a record.

Each link of each kind has its signs. A sign asks something of every option ("has it no action yet?") and says
in a few words what the answer means. The options of a link are one query, however many signs look at them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import JSONObject
from django.utils.formats import number_format
from django.utils.functional import Promise as LazyText
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cxplan.workspaces.models import Member
from journeys.models import Assessment, EcosystemPart, Journey, StageAssessment, Touchpoint
from roadmap.models import (
    Action,
    ContingencyTask,
    CustomerCall,
    Decision,
    Finding,
    Gap,
    HeldWorkshop,
    Insight,
    Interview,
    Lever,
    Measurement,
    Metric,
    PersonalPillar,
    Pillar,
    Programme,
    ProgrammeRecord,
    Promise,
    RolloutItem,
    SweetSpot,
    Vision,
)

from . import figures
from . import plan as shapes
from .loading import weights

#: The most options that are called good: a long list of good ones is no help.
MOST = 7
#: From what weight an option is good; less is worth a word, but not a place at the top.
GOOD = 3.0
CHOSEN, NONE_YET, HINT, AGAINST = 8.0, 4.0, 1.0, -5.0


@dataclass(frozen=True, slots=True)
class Asking:
    """For whom the options are: the programme, who asks, and what the record has by field, saved or filled in."""

    programme: Programme
    member: Member
    chosen: Mapping[str, frozenset[int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Candidate:
    """An option, what speaks for it, and whether that is much."""

    record: Any
    why: str = ""
    is_good: bool = False


Weighed = tuple[float, object] | None


@dataclass(frozen=True, slots=True)
class Sign:
    """``asks`` the database something of each option, or nothing at all; ``says`` how much the answer weighs."""

    asks: Callable[[Asking], Any]
    says: Callable[[Any, Asking], Weighed]


def ranked(options: models.QuerySet[Any], link: tuple[type[models.Model], str], asking: Asking) -> list[Candidate]:
    """The options of a link, the good ones first, else in their order."""
    asked = {f"sign_{place}": (sign, sign.asks(asking)) for place, sign in enumerate(SIGNS.get(link, ()))}
    asked = {name: (sign, question) for name, (sign, question) in asked.items() if question is not None}
    rows = options.annotate(**{name: question for name, (_sign, question) in asked.items()})
    weighed = []
    for place, row in enumerate(rows):
        answers = (sign.says(getattr(row, name), asking) for name, (sign, _question) in asked.items())
        found = sorted((answer for answer in answers if answer), key=lambda answer: -abs(answer[0]))
        weighed.append((-sum(weight for weight, _words in found), place, row, [str(words) for _w, words in found]))
    weighed.sort(key=lambda entry: entry[:2])
    return [
        Candidate(row, " · ".join(words[:2]), is_good=rank < MOST and -against >= GOOD)
        for rank, (against, _place, row, words) in enumerate(weighed)
    ]


# ------------------------------------------------------------------ signs


def when(condition: Callable[[Asking], Any], weight: float, words: LazyText | str) -> Sign:
    """A sign that is there or not."""
    return Sign(condition, lambda answer, _asking: (weight, words) if answer else None)


def without(model: type[models.Model], link: str, words: LazyText | str, weight: float = NONE_YET) -> Sign:
    """No living record of a kind points at the option."""
    return when(lambda asking: ~Exists(_own(model, asking).filter(**{link: OuterRef("pk")})), weight, words)


def of_chosen(chosen: str, model: type[models.Model], path: str, words: LazyText | str) -> Sign:
    """What was chosen in another field leads to the option."""

    def asks(asking: Asking) -> Any:
        keys = asking.chosen.get(chosen)
        return Exists(_own(model, asking).filter(**{"pk__in": keys, path: OuterRef("pk")})) if keys else None

    return when(asks, CHOSEN, words)


def in_chosen(chosen: str, column: str, words: LazyText | str) -> Sign:
    """The option itself belongs to what was chosen in another field."""

    def asks(asking: Asking) -> Any:
        keys = asking.chosen.get(chosen)
        return Q(**{f"{column}__in": keys}) if keys else None

    return when(asks, CHOSEN, words)


def from_scale(column: str, words: LazyText, *, good: Callable[[int], bool], weight: float = 3.0) -> Sign:
    """A score of the option's own that stands out."""

    def says(score: int | None, _asking: Asking) -> Weighed:
        return (weight + score / 10, words % {"score": score}) if score is not None and good(score) else None

    return Sign(lambda _asking: F(column), says)


def _own(model: type[models.Model], asking: Asking) -> Any:
    """The living records of a kind in the programme, or in its workspace."""
    manager: Any = model._default_manager
    home = asking.programme if issubclass(model, ProgrammeRecord) else asking.programme.workspace
    return manager.of(home).alive()


def _scores(asking: Asking) -> Any:
    """The latest scores of a touchpoint, as one value."""
    latest = _own(Assessment, asking).filter(touchpoint=OuterRef("pk"), latest=True).order_by()
    names = ("importance", "expectation", "effectiveness", "ease", "emotion")
    return models.Subquery(latest.values(scores=JSONObject(**{name: F(name) for name in names}))[:1])


def _figures(scores: Mapping[str, Any] | None, asking: Asking) -> figures.TouchpointFigures | None:
    if not scores:
        return None
    return figures.touchpoint(shapes.Touchpoint(id="it", name="it", **scores), weights(asking.programme))


def _falls_short(scores: Any, asking: Asking) -> Weighed:
    """How far the experience stays below the expectation; a touchpoint that lives up to it says nothing."""
    found = _figures(scores, asking)
    if found is None or found.expectation_gap is None or found.expectation_gap > -0.5:
        return None
    words = _("experience %(experience)s, expectation %(expectation)s") % {
        "experience": _number(found.experience),
        "expectation": _number(scores["expectation"]),
    }
    return GOOD - found.expectation_gap, words


def _priority(scores: Any, asking: Asking) -> Weighed:
    """The computed priority, the higher the better."""
    found = _figures(scores, asking)
    if found is None or found.priority is None:
        return None
    return found.priority, _("priority %(priority)s") % {"priority": _number(found.priority)}


def _number(value: float | None) -> str:
    return str(number_format(value or 0, decimal_pos=1))


YOU = when(lambda asking: Q(pk=asking.member.pk), HINT, gettext_lazy("you"))
HAS_LEFT = when(lambda _asking: Q(left_at__isnull=False), AGAINST, gettext_lazy("has left"))
PEOPLE = (YOU, HAS_LEFT)
SEVERE = from_scale("severity", gettext_lazy("severity %(score)s"), good=lambda score: score >= 4)
HEAVY = from_scale("weight", gettext_lazy("weight %(score)s"), good=lambda score: score >= 4)
UNHAPPY = from_scale("experience", gettext_lazy("experience %(score)s of 5"), good=lambda score: score <= 2)
SHORT = Sign(_scores, _falls_short)
EARLIER = when(lambda _asking: Q(vision__is_current=False), AGAINST, gettext_lazy("of an earlier vision"))
OF_PILLAR = gettext_lazy("of the pillar you chose")
OF_GAP = gettext_lazy("of the gap you chose")
OF_TOUCHPOINT = gettext_lazy("at the touchpoint you chose")
OF_INSIGHT = gettext_lazy("behind the insight you chose")
OWNS_TOUCHPOINT = of_chosen("touchpoints", Touchpoint, "owner", gettext_lazy("owns the touchpoint you chose"))
NO_METRIC = gettext_lazy("has no metric yet")
NO_ACTION = gettext_lazy("has no action yet")
NO_PILLAR = gettext_lazy("has no pillar yet")
IN_NO_GAP = gettext_lazy("in no gap yet")
IN_NO_INSIGHT = gettext_lazy("in no insight yet")
NOT_MEASURED = gettext_lazy("not measured yet")
NOT_ASSESSED = gettext_lazy("not assessed yet")

Link = tuple[type[models.Model], str]
SIGNS: dict[Link, tuple[Sign, ...]] = {
    (Finding, "source"): (without(Finding, "source", gettext_lazy("has no findings yet")),),
    (Vision, "built_on_findings"): (
        HEAVY,
        without(Vision, "built_on_findings", gettext_lazy("in no vision yet"), HINT),
    ),
    (Vision, "built_on_interviews"): (without(Vision, "built_on_interviews", gettext_lazy("in no vision yet"), HINT),),
    (Insight, "findings"): (without(Insight, "findings", IN_NO_INSIGHT), HEAVY),
    (Insight, "interviews"): (without(Insight, "interviews", IN_NO_INSIGHT),),
    (Insight, "customer_calls"): (without(Insight, "customer_calls", IN_NO_INSIGHT), UNHAPPY),
    (Journey, "personas"): (without(Journey, "personas", gettext_lazy("has no journey yet")),),
    (Journey, "supports"): (without(Journey, "supports", gettext_lazy("nothing supports it yet")), SHORT),
    (Touchpoint, "stage"): (without(Touchpoint, "stage", gettext_lazy("has no touchpoint yet")),),
    (Touchpoint, "owner"): (*PEOPLE, in_chosen("team", "team", gettext_lazy("of the team you chose"))),
    (Touchpoint, "meets"): (*PEOPLE, in_chosen("team", "team", gettext_lazy("of the team you chose"))),
    (Assessment, "touchpoint"): (without(Assessment, "touchpoint", NOT_ASSESSED),),
    (StageAssessment, "stage"): (without(StageAssessment, "stage", NOT_ASSESSED),),
    (EcosystemPart, "touchpoints"): (
        without(EcosystemPart, "touchpoints", gettext_lazy("nothing stands behind it yet")),
        SHORT,
    ),
    (Gap, "vision_elements"): (without(Gap, "vision_elements", gettext_lazy("has no gap yet")), EARLIER),
    (Gap, "touchpoints"): (SHORT, without(Gap, "touchpoints", IN_NO_GAP, HINT)),
    (Gap, "insights"): (without(Gap, "insights", IN_NO_GAP),),
    (Gap, "findings"): (
        of_chosen("insights", Insight, "findings", OF_INSIGHT),
        of_chosen("findings", Finding, "theme__findings", gettext_lazy("same theme as what you chose")),
        without(Gap, "findings", IN_NO_GAP, HINT),
        HEAVY,
    ),
    (Gap, "interviews"): (
        of_chosen("insights", Insight, "interviews", OF_INSIGHT),
        without(Gap, "interviews", IN_NO_GAP),
    ),
    (Gap, "customer_calls"): (
        of_chosen("insights", Insight, "customer_calls", OF_INSIGHT),
        without(Gap, "customer_calls", IN_NO_GAP, HINT),
        UNHAPPY,
    ),
    (Pillar, "gaps"): (without(Pillar, "gaps", NO_PILLAR), SEVERE),
    (Pillar, "vision_elements"): (
        of_chosen("gaps", Gap, "vision_elements", OF_GAP),
        without(Pillar, "vision_elements", NO_PILLAR),
        EARLIER,
    ),
    (Promise, "pillar"): (
        of_chosen("problem", Gap, "pillars", OF_GAP),
        without(Promise, "pillar", gettext_lazy("has no promise yet")),
    ),
    (Promise, "touchpoint"): (of_chosen("problem", Gap, "touchpoints", OF_GAP), SHORT),
    (Promise, "problem"): (
        of_chosen("pillar", Pillar, "gaps", OF_PILLAR),
        of_chosen("touchpoint", Touchpoint, "gaps", OF_TOUCHPOINT),
        without(Promise, "problem", gettext_lazy("has no promise yet")),
        SEVERE,
    ),
    (Promise, "proposed_by"): (
        *PEOPLE,
        of_chosen("touchpoint", Touchpoint, "owner", gettext_lazy("owns the touchpoint you chose")),
    ),
    (Action, "gaps"): (of_chosen("pillars", Pillar, "gaps", OF_PILLAR), without(Action, "gaps", NO_ACTION), SEVERE),
    (Action, "pillars"): (of_chosen("gaps", Gap, "pillars", OF_GAP), without(Action, "pillars", NO_ACTION)),
    (Action, "touchpoints"): (of_chosen("gaps", Gap, "touchpoints", OF_GAP), SHORT),
    (Action, "owner"): (*PEOPLE, OWNS_TOUCHPOINT),
    (Lever, "supports_actions"): (without(Lever, "supports_actions", gettext_lazy("has no lever yet")),),
    (Lever, "ecosystem"): (without(Lever, "ecosystem", gettext_lazy("no lever uses it yet")),),
    (Lever, "owner"): (
        *PEOPLE,
        of_chosen("supports_actions", Action, "owner", gettext_lazy("owns the action you chose")),
    ),
    (SweetSpot, "touchpoint"): (
        Sign(_scores, _priority),
        when(
            lambda asking: Exists(_own(SweetSpot, asking).filter(touchpoint=OuterRef("pk"))),
            -30.0,
            gettext_lazy("is a sweet spot already"),
        ),
    ),
    (SweetSpot, "actions"): (
        of_chosen("touchpoint", Touchpoint, "actions", OF_TOUCHPOINT),
        of_chosen("touchpoint", Touchpoint, "gaps__actions", gettext_lazy("closes a gap at the touchpoint you chose")),
    ),
    (Metric, "vision_elements"): (
        of_chosen("gaps", Gap, "vision_elements", OF_GAP),
        without(Metric, "vision_elements", NO_METRIC),
        EARLIER,
    ),
    (Metric, "gaps"): (of_chosen("pillars", Pillar, "gaps", OF_PILLAR), without(Metric, "gaps", NO_METRIC), SEVERE),
    (Metric, "pillars"): (of_chosen("gaps", Gap, "pillars", OF_GAP), without(Metric, "pillars", NO_METRIC)),
    (Metric, "touchpoints"): (
        of_chosen("gaps", Gap, "touchpoints", OF_GAP),
        without(Metric, "touchpoints", NO_METRIC, HINT),
        when(
            lambda asking: Exists(_own(SweetSpot, asking).filter(touchpoint=OuterRef("pk"))),
            GOOD,
            gettext_lazy("is a sweet spot"),
        ),
    ),
    (Metric, "promises"): (
        of_chosen("pillars", Pillar, "promises", OF_PILLAR),
        without(Metric, "promises", NO_METRIC),
    ),
    (Metric, "contingency_actions"): (
        of_chosen("gaps", Gap, "actions", gettext_lazy("closes the gap you chose")),
        of_chosen("pillars", Pillar, "actions", gettext_lazy("serves the pillar you chose")),
    ),
    (Metric, "owner"): (*PEOPLE, OWNS_TOUCHPOINT),
    (Measurement, "metric"): (without(Measurement, "metric", NOT_MEASURED),),
    (ContingencyTask, "owner"): (*PEOPLE, of_chosen("metric", Metric, "owner", gettext_lazy("owns the metric"))),
    (RolloutItem, "pillars"): (without(RolloutItem, "pillars", gettext_lazy("in no rollout yet")),),
    (RolloutItem, "audience"): (without(RolloutItem, "audience", gettext_lazy("reached by no rollout yet")),),
    (RolloutItem, "owner"): (*PEOPLE, in_chosen("audience", "team", gettext_lazy("of a team you chose"))),
    (PersonalPillar, "pillars"): (
        without(PersonalPillar, "pillars", gettext_lazy("nobody has made it their own yet")),
    ),
    (PersonalPillar, "touchpoints"): (
        when(lambda asking: Q(owner=asking.member), NONE_YET, gettext_lazy("you own it")),
    ),
    **dict.fromkeys(
        (
            (Interview, "interviewer"),
            (CustomerCall, "caller"),
            (HeldWorkshop, "facilitator"),
            (Decision, "by"),
            (Programme, "cx_owner"),
            (Programme, "sponsor"),
            (Programme, "core_group"),
        ),
        PEOPLE,
    ),
}


def keys(values: Iterable[object]) -> frozenset[int]:
    """The keys among what a field holds: records, or what somebody typed."""
    named = (str(getattr(value, "pk", value)) for value in values)
    return frozenset(int(key) for key in named if key.isascii() and key.isdecimal() and len(key) < 10)
