"""Step 12: for whom, when and how; and how ready we are."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cxplan.kit import charts
from roadmap.domain.plan import RolloutItem
from roadmap.exports import language, words
from roadmap.exports.book import Book, Code, State, rows
from roadmap.exports.chapters.base import Chapter
from roadmap.exports.chapters.pillars import OwnPillar, own

ROWS, MONTHS, TALLEST = 18, 60, 560.0


@dataclass(frozen=True, slots=True)
class Period:
    """A period of the rollout."""

    code: str
    focus: str
    state: State
    when: str
    audience: str
    how: str
    pillars: tuple[Code, ...]
    owner: str


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement of readiness with both means."""

    text: str
    staff: str
    management: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rollout(Chapter):
    """Step 12."""

    pictures: tuple[SafeString, ...]
    periods: tuple[Period, ...]
    readiness_lead: str
    readiness_pictures: tuple[SafeString, ...]
    statements: tuple[Statement, ...]
    own: tuple[tuple[OwnPillar, ...], ...]


def chapter(book: Book) -> Rollout:
    """Gather the rollout, readiness and the shared personal pillars."""
    items = book.plan.rollout
    reached = {team for item in items for team in item.audience if team in book.teams}
    lead = _("%(items)s that reach %(reached)s of %(teams)s. It is done when everyone has written a sentence of "
"their own.") % {
        "items": ngettext("%(n)s period", "%(n)s periods", len(items)) % {"n": len(items)},
        "reached": len(reached),
        "teams": ngettext("%(n)s team", "%(n)s teams", len(book.teams)) % {"n": len(book.teams)},
    }  # fmt: skip
    statements = book.plan.readiness.statements if book.plan.readiness else ()
    mine = own(book)
    return Rollout(
        number=12,
        lead=lead,
        empty=not (items or statements or mine),
        pictures=_timelines(book),
        periods=tuple(_period(book, item) for item in items),
        readiness_lead=_readiness_lead(book),
        readiness_pictures=_readiness(book),
        statements=tuple(
            Statement(one.text, language.number(book.numbers.readiness(one.id).staff, 2),
                      language.number(book.numbers.readiness(one.id).management, 2))
            for one in statements
        ),
        own=rows(mine, 2),
    )  # fmt: skip


def _period(book: Book, item: RolloutItem) -> Period:
    return Period(
        code=book.codes[item.id].text,
        focus=item.focus,
        state=book.state(item.status),
        when=language.span(item.starts, item.ends),
        audience=_audience(book, item),
        how=" ".join(language.sentence(text) for text in (item.how, item.communication) if text),
        pillars=book.coded(item.pillars),
        owner=book.person(item.owner),
    )


def _audience(book: Book, item: RolloutItem) -> str:
    """Name the teams; nearly all of them by those left out."""
    missing = [name for key, name in book.teams.items() if key not in item.audience]
    if len(book.teams) > 4 and len(missing) <= 2:
        if not missing:
            return _("the whole house")
        return _("the whole house except %(teams)s") % {
            "teams": language.listed([language.lowered(name) for name in missing])
        }
    return ", ".join(book.team(key) for key in item.audience) or "–"


def _timelines(book: Book) -> tuple[SafeString, ...]:
    """Draw the rollout and the due dates of actions on the same months, over several pictures where long."""
    data = _timeline(book)
    if data is None:
        return ()
    drawn = [charts.timeline(page, f"rollout-{i}") for i, page in enumerate(charts.split_timeline(data, ROWS), 1)]
    return tuple(picture for picture in drawn if picture)


def _timeline(book: Book) -> charts.Timeline | None:
    plan = book.plan
    dated = [(item, item.starts, item.ends) for item in plan.rollout if item.starts and item.ends]
    days = [start for _item, start, _end in dated] + [end for _item, _start, end in dated]
    due = [action.due for action in plan.actions if action.due]
    if not days and not due:
        return None
    first = min(days or due).replace(day=1)
    count = min(_months(first, max([*days, *due])) + 1, MONTHS)
    names, years = [], dict[str, int]()
    for i in range(count):
        index = first.month - 1 + i
        names.append(language.month(index % 12 + 1))
        year = str(first.year + index // 12)
        years[year] = years.get(year, 0) + 1
    lanes = [
        (str(name), [charts.Due(book.codes[one.id].text, _at(first, one.due), one.status) for one in plan.actions
                     if one.bucket == key and one.due and one.due >= first])
        for key, name in words.BUCKETS.items()
    ]  # fmt: skip
    return charts.Timeline(
        title=_("Rollout timeline %(start)s – %(end)s: %(n)s and the due dates of actions by bucket.") % {
            "start": language.day(min(days or due)), "end": language.day(max([*days, *due])),
            "n": ngettext("%(n)s period", "%(n)s periods", len(dated)) % {"n": len(dated)},
        },
        months=names,
        years=list(years.items()),
        bars=[
            charts.Bar(
                f"{book.codes[item.id].text} {item.focus}", _at(first, start), _at(first, end) + 1 / 31, item.status
            )
            for item, start, end in dated
        ],
        lanes=lanes,
        lanes_heading=_("Due dates of actions"),
        now=_at(first, book.as_of),
        now_label=_("now"),
    )  # fmt: skip


def _months(first: date, when: date) -> int:
    return (when.year - first.year) * 12 + when.month - first.month


def _at(first: date, when: date) -> float:
    """Count months from the first day of the timeline."""
    return _months(first, when) + (when.day - 1) / monthrange(when.year, when.month)[1]


def _readiness_lead(book: Book) -> str:
    round_ = book.plan.readiness
    if round_ is None or not round_.statements:
        return ""
    means = [book.numbers.readiness(one.id) for one in round_.statements]
    both = [(one.management, one.staff) for one in means if one.management is not None and one.staff is not None]
    rosier = sum(management > staff for management, staff in both)
    return _("Asked on %(when)s. Management rates readiness higher than staff on %(n)s of %(all)s statements.") % {
        "when": language.day(round_.asked_on), "n": rosier, "all": len(round_.statements),
    }  # fmt: skip


def _readiness(book: Book) -> tuple[SafeString, ...]:
    """Draw both means of every statement, the widest difference first."""
    found = []
    for one in book.plan.readiness.statements if book.plan.readiness else ():
        means = book.numbers.readiness(one.id)
        if means.staff is not None or means.management is not None:
            apart = (means.staff or 0) - (means.management or 0) if means.staff and means.management else 0.0
            found.append((apart, charts.Group("", [charts.Span(one.text, means.staff, means.management)])))
    if not found or book.plan.readiness is None:
        return ()
    found.sort(key=lambda pair: pair[0])
    title = _("Readiness: means of staff and management by statement, 1–5. Widest difference %(d)s: %(name)s") % {
        "d": language.number(found[0][0], sign=True), "name": found[0][1].spans[0].label,
    }  # fmt: skip
    scale = book.plan.readiness.scale
    data = charts.Dumbbells(
        title=title,
        groups=[group for _apart, group in found],
        legend=(_("staff"), _("management")),
        decimal=language.point(),
        low=scale.min,
        high=scale.max,
    )
    drawn = [
        charts.dumbbells(page, f"readiness-{i}") for i, page in enumerate(charts.split_dumbbells(data, TALLEST), 1)
    ]
    return tuple(picture for picture in drawn if picture)
