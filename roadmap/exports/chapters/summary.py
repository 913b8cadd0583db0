"""What management reads first: the vision, the widest gaps, the pillars, what comes first and what is asked."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from roadmap.domain.plan import BusinessCase
from roadmap.exports import language, words
from roadmap.exports.book import Book, Code
from roadmap.exports.chapters import actions, gaps, metrics, pillars, spots, vision
from roadmap.exports.chapters.gaps import Widest
from roadmap.exports.chapters.metrics import MetricRow
from roadmap.exports.chapters.pillars import Side
from roadmap.exports.chapters.spots import SpotRow
from roadmap.exports.chapters.vision import Statement

SPOTS, METRICS, MILESTONES, ASKED, CODES = 5, 10, 6, 8, 12


@dataclass(frozen=True, slots=True)
class Milestone:
    """What happens next."""

    day: str
    title: str
    code: Code | None
    who: str


@dataclass(frozen=True, slots=True)
class Case:
    """Why now: the business case, its range and its assumptions."""

    text: str
    range: str
    assumptions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """The executive part. Everything in it may be missing."""

    purpose: str
    statement: Statement | None
    gaps: tuple[Widest, ...]
    case: Case | None
    stage: str
    stage_reason: str
    sides: tuple[Side, ...]
    spots: tuple[SpotRow, ...]
    metrics: tuple[MetricRow, ...]
    milestones: tuple[Milestone, ...]
    asked: tuple[str, ...]

    @property
    def second_page(self) -> bool:
        """Say whether there is anything for its second page."""
        return bool(self.spots or self.metrics or self.milestones or self.asked)

    @property
    def empty(self) -> bool:
        """Say whether there is nothing to sum up."""
        found = (self.statement, self.gaps, self.case, self.stage, self.sides, self.second_page)
        return not any(found)


def summary(book: Book) -> Summary:
    """Sum up the plan for management."""
    programme = book.plan.programme
    stage = programme.development_stage
    return Summary(
        purpose=programme.purpose,
        statement=vision.statement(book),
        gaps=gaps.widest(book, 3),
        case=_case(book),
        stage=words.named(words.DEVELOPMENT, stage) if stage else "",
        stage_reason=programme.development_stage_reason,
        sides=pillars.sides(book),
        spots=spots.ranked(book)[:SPOTS],
        metrics=metrics.table(book)[:METRICS],
        milestones=_milestones(book),
        asked=tuple(_asked(book)[:ASKED]),
    )


def _case(book: Book) -> Case | None:
    case = book.plan.programme.business_case
    if not case:
        return None
    if not isinstance(case, BusinessCase):
        return Case(case, "", ())
    bounds = ""
    if case.low is not None or case.high is not None:
        bounds = f"{language.plain(case.low)}–{language.plain(case.high)}"
    return Case(case.text, bounds, case.assumptions)


def _milestones(book: Book) -> tuple[Milestone, ...]:
    """Return what is due next: open actions, and periods of the rollout that begin or end."""
    found: list[tuple[date, Milestone]] = []
    for action in book.plan.actions:
        if action.status != "done" and action.due and action.due >= book.as_of:
            code = book.codes[action.id]
            found.append(
                (action.due, Milestone(language.day(action.due), action.title, code, book.person(action.owner)))
            )
    for item in book.plan.rollout:
        when = item.ends if item.starts and item.starts < book.as_of else item.starts
        if item.status != "done" and when and when >= book.as_of:
            found.append((when, Milestone(language.day(when), item.focus, None, book.person(item.owner))))
    found.sort(key=lambda pair: pair[0])
    return tuple(milestone for _day, milestone in found[:MILESTONES])


def _asked(book: Book) -> list[str]:
    """Return what management is asked to decide, in sentences."""
    plan = book.plan
    asked = [
        _("Select or reject the customer promise: %(text)s") % {"text": language.quoted(promise.text)}
        for promise in plan.promises
        if promise.status == "proposed"
    ]
    for metric in plan.metrics:
        if book.numbers.status(metric.id) == "missed":
            values = {"code": book.codes[metric.id].text, "name": metric.name, "contingency": metric.contingency}
            asked.append(
                _("%(code)s %(name)s missed its target. Contingency: %(contingency)s") % values
                if metric.contingency
                else _("%(code)s %(name)s missed its target, and no contingency has been agreed.") % values
            )
    late = actions.late(book)
    if late:
        asked.append(
            ngettext(
                "%(n)s action is past its due date: %(codes)s. Confirm a new date or add people.",
                "%(n)s actions are past their due date: %(codes)s. Confirm a new date or add people.",
                len(late),
            )
            % {"n": len(late), "codes": _some([book.codes[action.id].text for action in late])}
        )
    measured = {key for metric in plan.metrics for key in metric.gaps}
    unmeasured = [book.codes[gap.id].text for gap in plan.gaps if gap.id not in measured]
    if unmeasured:
        asked.append(
            ngettext(
                "Gap %(codes)s has no metric. Name one or accept that it is not followed.",
                "Gaps %(codes)s have no metric. Name one or accept that they are not followed.",
                len(unmeasured),
            )
            % {"codes": _some(unmeasured)}
        )
    return asked


def _some(codes: list[str]) -> str:
    """List codes, a long row cut short."""
    return ", ".join(codes[:CODES]) + (" …" if len(codes) > CODES else "")
