"""Step 5: the journey as customers live it, and what it stands on."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from cxplan.kit import charts
from roadmap.domain.plan import Journey, StageAssessment, Touchpoint
from roadmap.exports import language, words
from roadmap.exports.book import Book
from roadmap.exports.chapters.base import Chapter

NUMBERED = 20
"""With more stops than this the curve shows numbers, and so does the table."""


@dataclass(frozen=True, slots=True)
class PointRow:
    """A touchpoint with its figures in words; `low` marks an experience well under what is expected."""

    number: str
    star: str
    name: str
    truth: bool
    aim: str
    emotion_target: str
    owner: str
    importance: str
    expectation: str
    experience: str
    gap: str
    low: bool
    n: str


@dataclass(frozen=True, slots=True)
class StageRows:
    """The touchpoints of one stage."""

    name: str
    meaning: str
    points: tuple[PointRow, ...]


@dataclass(frozen=True, slots=True)
class StageVerdict:
    """How a stage holds."""

    name: str
    interaction: str
    content: str
    special: str
    expectation: str
    note: str


@dataclass(frozen=True, slots=True)
class CustomerJourney:
    """One customer journey: picture, figures, stages and touchpoints."""

    name: str
    picture: SafeString | None
    figures: str
    verdicts: tuple[StageVerdict, ...]
    stages: tuple[StageRows, ...]


@dataclass(frozen=True, slots=True)
class WorkRow:
    """A point of an employee journey."""

    name: str
    team: str
    emotion: str
    needs: str


@dataclass(frozen=True, slots=True)
class EmployeeJourney:
    """A journey of those who serve."""

    name: str
    supports: str
    points: tuple[WorkRow, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the service ecosystem and what it touches."""

    name: str
    kind: str
    touches: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Journeys(Chapter):
    """Step 5."""

    customer: tuple[CustomerJourney, ...]
    employee: tuple[EmployeeJourney, ...]
    ecosystem: tuple[Part, ...]


def chapter(book: Book) -> Journeys:
    """Gather the journeys and the ecosystem."""
    plan = book.plan
    points = len(plan.customer_touchpoints())
    lead = ngettext(
        "%(n)s touchpoint, measured as the customer lives it. Emotion weighs most of the experience.",
        "%(n)s touchpoints, measured as the customer lives them. Emotion weighs most of the experience.",
        points,
    ) % {"n": points}
    names = {key: point.name for key, point in book.points.items()}
    ecosystem = tuple(
        Part(
            part.name,
            words.named(words.KINDS, part.kind),
            ", ".join(names[key] for key in part.touchpoints if key in names),
        )
        for part in plan.ecosystem
    )
    return Journeys(
        number=5,
        lead=lead,
        empty=not (plan.journeys or ecosystem),
        customer=tuple(_customer(book, journey, i) for i, journey in enumerate(plan.customer_journeys(), 1)),
        employee=tuple(_employee(book, journey) for journey in plan.journeys if journey.kind == "employee"),
        ecosystem=ecosystem,
    )


def _customer(book: Book, journey: Journey, place: int) -> CustomerJourney:
    stages = staged(book, journey.touchpoints)
    numbered = len(journey.touchpoints) > NUMBERED
    places = {point.id: str(i) if numbered else "" for i, point in enumerate(_in_order(stages), 1)}
    return CustomerJourney(
        journey.name,
        _picture(book, journey, stages, f"journey-{place}"),
        _figures(book, journey),
        tuple(_verdict(book, one) for one in book.plan.stage_assessments if _belongs(book, one, journey)),
        tuple(
            StageRows(name, meaning, tuple(_row(book, point, places[point.id]) for point in points))
            for name, meaning, points in stages
        ),
    )


Staged = list[tuple[str, str, list[Touchpoint]]]


def staged(book: Book, points: Iterable[Touchpoint]) -> Staged:
    """Set touchpoints under their stages as (name, meaning, points), those without a stage last."""
    by_stage: dict[str, list[Touchpoint]] = {key: [] for key in book.stages}
    rest: list[Touchpoint] = []
    for point in points:
        by_stage.get(point.stage or "", rest).append(point)
    found = [(book.stages[key].name, book.stages[key].meaning, rows) for key, rows in by_stage.items() if rows]
    return [*found, (_("Without a stage"), "", rest)] if rest else found


def _in_order(stages: Staged) -> list[Touchpoint]:
    return [point for _name, _meaning, points in stages for point in points]


def _belongs(book: Book, one: StageAssessment, journey: Journey) -> bool:
    """Say whether a stage's verdict is about this journey; one that names none is about the first."""
    first = book.plan.customer_journeys()[0].id
    return one.stage in book.stages and (one.journey or first) == journey.id


def _picture(book: Book, journey: Journey, stages: Staged, uid: str) -> SafeString | None:
    points = _in_order(stages)
    felt = [(point.emotion, point.name) for point in points if point.emotion is not None]
    title = _("Emotion curve of %(journey)s: nobody has scored it yet.") % {"journey": journey.name}
    if felt:
        (low, low_name), (high, high_name) = min(felt), max(felt)
        title = _("Emotion curve: %(n)s touchpoints on a scale of 1–5. Lowest is %(low)s (%(lowv)s), highest %(high)s "
"(%(highv)s).") % {
            "n": len(points), "low": low_name, "lowv": language.number(low), "high": high_name,
            "highv": language.number(high),
        }  # fmt: skip
    return charts.journey(
        charts.Journey(
            title=title,
            stages=[(name, len(rows)) for name, _meaning, rows in stages],
            stops=[
                charts.Stop(point.name, point.emotion, point.moment_of_truth, book.stars.get(point.id, 0))
                for point in points
            ],
            high=pgettext("emotion", "delights"),
            low=pgettext("emotion", "disappoints"),
            legend=(_("felt emotion, mean 1–5"), _("moment of truth"), _("sweet spot and its rank")),
            decimal=language.point(),
        ),
        uid,
    )


def _figures(book: Book, journey: Journey) -> str:
    figures = book.numbers.journey(journey.id)
    if figures is None or figures.weighted_experience is None:
        return ""
    means = [
        f"{book.stages[key].name} {language.number(value, 2)}"
        for key, value in figures.by_stage.items()
        if key in book.stages
    ]
    return _("The experience of the whole journey is %(mean)s and its evenness (standard deviation) %(sd)s. By "
"stage: %(stages)s.") % {
        "mean": language.number(figures.weighted_experience, 2), "sd": language.number(figures.evenness_sd, 2),
        "stages": ", ".join(means) or "–",
    }  # fmt: skip


def _row(book: Book, point: Touchpoint, number: str) -> PointRow:
    figures = book.numbers.point(point.id)
    rank = book.stars.get(point.id)
    return PointRow(
        number=number,
        star=f"★{rank}" if rank else "",
        name=point.name,
        truth=point.moment_of_truth,
        aim=point.customer_aim,
        emotion_target=point.emotion_target or "–",
        owner=book.person(point.owner),
        importance=language.number(point.importance),
        expectation=language.number(point.expectation),
        experience=language.number(figures.experience),
        gap=language.number(figures.expectation_gap, sign=True),
        low=figures.expectation_gap is not None and figures.expectation_gap <= -1,
        n="–" if point.n is None else str(point.n),
    )


def _verdict(book: Book, one: StageAssessment) -> StageVerdict:
    verdicts: Sequence[str | None] = (one.interaction, one.content, one.special, one.expectation)
    said = [words.named(words.VERDICTS, verdict) if verdict else "–" for verdict in verdicts]
    return StageVerdict(book.stages[one.stage].name, said[0], said[1], said[2], said[3], one.note)


def _employee(book: Book, journey: Journey) -> EmployeeJourney:
    supports = [point.name for point in map(book.point, journey.supports) if point]
    points = tuple(
        WorkRow(point.name, book.team(point.team), language.number(point.emotion), point.needs)
        for point in journey.touchpoints
    )
    return EmployeeJourney(journey.name, ", ".join(supports), points)
