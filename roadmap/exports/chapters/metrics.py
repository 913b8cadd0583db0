"""Step 11: the figures, with how sure they are and what happens if they are missed."""

from dataclasses import dataclass
from math import ceil, floor

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cxplan.kit import charts
from roadmap.domain import figures
from roadmap.domain.plan import Metric
from roadmap.exports import language
from roadmap.exports.book import Book, Code, State, rows
from roadmap.exports.chapters.base import Chapter
from roadmap.exports.numbers import Wave

PERIODS = 6


@dataclass(frozen=True, slots=True)
class MetricCard:
    """A metric with its picture and its verdict in words."""

    id: str
    code: Code
    name: str
    state: State
    goal: str
    picture: SafeString | None
    honest: str


@dataclass(frozen=True, slots=True)
class MetricRow:
    """A metric in a table."""

    code: Code
    name: str
    baseline: str
    value: str
    interval: str
    n: str
    target: str
    by: str
    state: State
    owner: str
    why: tuple[Code, ...]
    contingency: str


@dataclass(frozen=True, slots=True)
class PeriodCell:
    """A measured period; `few` where too few answered."""

    value: str
    n: str
    few: bool


@dataclass(frozen=True, slots=True)
class PeriodRow:
    """The measured periods of a metric."""

    code: Code
    name: str
    cells: tuple[PeriodCell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Metrics(Chapter):
    """Step 11."""

    cards: tuple[tuple[MetricCard, ...], ...]
    rows: tuple[MetricRow, ...]
    periods: tuple[str, ...]
    by_period: tuple[PeriodRow, ...]


def chapter(book: Book) -> Metrics:
    """Gather the metrics."""
    metrics = book.plan.metrics
    lead = ngettext(
        "%(n)s metric, with a target, a date, an owner and a contingency. Beside its figure stand the number "
"of answers and the interval.",
        "%(n)s metrics, each with a target, a date, an owner and a contingency. Beside every figure stand "
"the number of answers and the interval.",
        len(metrics),
    ) % {"n": len(metrics)}  # fmt: skip
    periods = _periods(book)
    return Metrics(
        number=11,
        lead=lead,
        empty=not metrics,
        cards=rows((_card(book, metric) for metric in metrics), 2),
        rows=table(book),
        periods=tuple(language.period_short(period) for period in periods),
        by_period=tuple(_by_period(book, metric, periods) for metric in metrics) if periods else (),
    )


def table(book: Book) -> tuple[MetricRow, ...]:
    """Return every metric with its latest value."""
    found = []
    for metric in book.plan.metrics:
        last = book.last(metric)
        interval = "–"
        if last and last.low is not None and last.high is not None:
            interval = f"{language.number(last.low, 0)}–{language.number(last.high, 0)}"
        found.append(
            MetricRow(
                code=book.codes[metric.id],
                name=metric.name,
                baseline=language.plain(metric.baseline),
                value=book.value(metric, last.value) if last else "–",
                interval=interval,
                n=str(last.n) if last and last.n is not None else "–",
                target=book.with_unit(metric, language.plain(metric.target)) if metric.target is not None else "–",
                by=language.day(metric.target_date),
                state=book.state(book.numbers.status(metric.id)),
                owner=book.person(metric.owner),
                why=book.coded((*metric.gaps, *metric.pillars)),
                contingency=metric.contingency,
            )
        )
    return tuple(found)


def _card(book: Book, metric: Metric) -> MetricCard:
    goal = ""
    if metric.target is not None:
        goal = _("target %(target)s, %(date)s") % {
            "target": book.with_unit(metric, language.plain(metric.target)), "date": language.day(metric.target_date),
        }  # fmt: skip
    return MetricCard(
        id=metric.id,
        code=book.codes[metric.id],
        name=metric.name,
        state=book.state(book.numbers.status(metric.id)),
        goal=goal,
        picture=_picture(book, metric),
        honest=honest(book, metric),
    )


def honest(book: Book, metric: Metric) -> str:
    """Say what the figures show and what they do not: n, interval, chance and the target."""
    waves = book.numbers.waves(metric.id)
    if not waves:
        return _("Not measured yet.")
    last = waves[-1]
    said = [_latest(book, metric, last)]
    if last.low is None:
        said.append(_("A value as it stands, without an interval."))
    elif len(waves) > 1:
        said.append(_change(book, metric))
    if last.low is not None and last.high is not None and metric.target is not None:
        said.append(_against_target(book, metric, last.low, last.high))
    few = [language.period_short(wave.period) for wave in waves if not wave.enough]
    if few and metric.min_n:
        said.append(
            _("Too few answers (under %(min)s): %(periods)s.") % {"min": metric.min_n, "periods": ", ".join(few)}
        )
    return " ".join(text for text in said if text)


def _latest(book: Book, metric: Metric, wave: Wave) -> str:
    interval = ""
    if wave.low is not None and wave.high is not None:
        interval = _(" (95 per cent interval %(low)s to %(high)s)") % {
            "low": language.number(wave.low), "high": language.number(wave.high),
        }  # fmt: skip
    n = "" if wave.n is None else f", n = {wave.n}"
    return f"{language.raised(language.period(wave.period))}: {book.value(metric, wave.value)}{interval}{n}."


def _change(book: Book, metric: Metric) -> str:
    """Say whether the change since the first wave can be told from chance; no arrow either way."""
    change = book.numbers.change(metric.id)
    if change is None:
        return ""
    values = {
        "first": language.period(book.numbers.waves(metric.id)[0].period),
        "d": language.number(change.points, 1, sign=True),
    }
    if change.distinguishable:
        return _("The change of %(d)s since the first measurement (%(first)s) can be told from chance.") % values
    return _("The change since the first measurement (%(first)s, %(d)s) cannot yet be told from chance.") % values


def _against_target(book: Book, metric: Metric, low: float, high: float) -> str:
    target, status = metric.target or 0.0, book.numbers.status(metric.id)
    if status == "met":
        short = low < target if metric.direction == "up" else high > target
        return _("The interval still reaches short of the target, so the success is not yet certain.") if short else ""
    if low <= target <= high:
        return _("The target lies within the interval.")
    return _("The target lies outside the interval.")


def _picture(book: Book, metric: Metric) -> SafeString | None:
    waves = book.numbers.waves(metric.id)
    if not waves:
        return None
    target = "–" if metric.target is None else book.with_unit(metric, language.plain(metric.target))
    title = _("%(name)s: %(first)s (%(firstl)s) to %(last)s (%(lastl)s), target %(target)s.") % {
        "name": metric.name, "first": book.value(metric, waves[0].value), "firstl": language.period(waves[0].period),
        "last": book.value(metric, waves[-1].value), "lastl": language.period(waves[-1].period), "target": target,
    }  # fmt: skip
    return charts.series(
        charts.Series(
            title=title,
            waves=[
                charts.Wave(language.period_short(one.period), one.value, one.low, one.high, one.enough)
                for one in waves
            ],
            target=metric.target,
            goal=_("target %(target)s") % {"target": language.plain(metric.target)},
            scale=_scale(metric, waves),
            decimal=language.point(),
        ),
        f"metric-{book.codes[metric.id].text[1:]}",
    )


def _scale(metric: Metric, waves: tuple[Wave, ...]) -> tuple[float, float]:
    """Choose the scale: 0–100 for a share, else whole tens around what is shown."""
    if metric.unit == "percent":
        return 0.0, 100.0
    values = [wave.value for wave in waves] + ([metric.target] if metric.target is not None else [])
    values += [bound for wave in waves for bound in (wave.low, wave.high) if bound is not None]
    return min(0.0, floor(min(values) / 10) * 10.0), max(ceil(max(values) / 10) * 10.0, 1.0)


def _periods(book: Book) -> list[str]:
    """Return the latest periods measured, in order."""
    found = {wave.period for metric in book.plan.metrics for wave in book.numbers.waves(metric.id)}
    return sorted(found, key=figures.when)[-PERIODS:]


def _by_period(book: Book, metric: Metric, periods: list[str]) -> PeriodRow:
    waves = {wave.period: wave for wave in book.numbers.waves(metric.id)}
    cells = []
    for period in periods:
        wave = waves.get(period)
        if wave is None:
            cells.append(PeriodCell("–", "", few=False))
        else:
            n = "" if wave.n is None else f"({wave.n})"
            places = 0 if metric.unit == "minutes" else 1
            cells.append(PeriodCell(language.number(wave.value, places), n, few=not wave.enough))
    return PeriodRow(book.codes[metric.id], metric.name, tuple(cells))
