"""The rollout on its months, and under it the due dates of actions in lanes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import ceil

from django.utils.safestring import SafeString

from cxplan.kit.charts.sheet import WIDTH, Sheet, fit, measure, note_path, within, wrap

LABEL_WIDTH, LABEL, TOP, ROW = 168.0, 7.6, 30.0, 22.0
LANE, CODE = 18.0, 6.6


@dataclass(frozen=True, slots=True)
class Bar:
    """A row; `start` and `end` count months from the first; status is done, in_progress or planned."""

    label: str
    start: float
    end: float
    status: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Due:
    """A due date, by code, on the same months."""

    code: str
    at: float
    status: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """Months by name, years as (name, number of months), rows and lanes; `now` may lie outside."""

    title: str
    months: Sequence[str]
    years: Sequence[tuple[str, int]]
    bars: Sequence[Bar]
    lanes: Sequence[tuple[str, Sequence[Due]]]
    lanes_heading: str
    now: float
    now_label: str
    desc: str = ""


def timeline(data: Timeline, uid: str = "rollout") -> SafeString | None:
    """Draw the rollout; None where it has neither rows nor due dates, or no months."""
    lanes = [(name, _placed(dues, len(data.months))) for name, dues in data.lanes if dues]
    if not data.months or not (data.bars or lanes):
        return None
    lanes_top = TOP + ROW * len(data.bars) + 8
    deep = sum([LANE + 8 * levels for _, (levels, _) in lanes])
    height = lanes_top + (20 + deep if lanes else 0) + 4
    sheet = Sheet(WIDTH, height, data.title, uid, data.desc)
    month = _month(len(data.months))
    _ground(sheet, data, month, height)
    for i, bar in enumerate(data.bars):
        _bar(sheet, data, bar, TOP + ROW * i, month)
    if lanes:
        sheet.line((0, lanes_top - 8), (WIDTH, lanes_top - 8), "ink", 0.8)
        sheet.text((0, lanes_top + 6), fit(data.lanes_heading, 8, LABEL_WIDTH - 8, strong=True), "ink", 8, strong=True)
    y = lanes_top + 18
    for name, (levels, dues) in lanes:
        _lane(sheet, name, dues, y, month)
        y += LANE + 8 * levels
    _now(sheet, data, month)
    return sheet.svg()


def split_timeline(data: Timeline, rows: int) -> Iterator[Timeline]:
    """Split a long rollout into several pictures of at most `rows` rows; the lanes stand under the last."""
    for at in range(0, max(len(data.bars), 1), rows):
        last = at + rows >= len(data.bars)
        yield replace(data, bars=data.bars[at : at + rows], lanes=data.lanes if last else ())


def _month(months: int) -> float:
    return (WIDTH - LABEL_WIDTH - 5) / months


def _ground(sheet: Sheet, data: Timeline, month: float, height: float) -> None:
    """Draw years, months and the line of today; name as many months as there is room for."""
    _years(sheet, data, month)
    for i in range(0, len(data.months), 2):
        x = LABEL_WIDTH + month * i
        sheet.rect((x, 14, x + month, height - 4), "sunken")
    if 0 <= data.now <= len(data.months):
        x = LABEL_WIDTH + month * data.now
        sheet.line((x, 14), (x, height - 2), "never", 1)
    every = ceil((max([measure(name, 6.6) for name in data.months]) + 2) / month)
    for i in range(0, len(data.months), every):
        x = LABEL_WIDTH + month * (i + 0.5)
        name = fit(data.months[i], 6.6, min(month * every - 2, 2 * (WIDTH - x)))
        sheet.text((x, 22), name, "ink-2", 6.6, "middle")


def _years(sheet: Sheet, data: Timeline, month: float) -> None:
    """Name each year over its first month, or after today's flag where that stands in the way."""
    x0, x1 = _flag(data, month)
    at = 0
    for name, months in data.years:
        left, right = LABEL_WIDTH + month * at + 2, LABEL_WIDTH + month * (at + months) - 2
        if left < x1 and left + measure(name, LABEL, strong=True) > x0 - 2:
            left = max(left, x1 + 3)
        sheet.text((left, 10), fit(name, LABEL, right - left, strong=True), "ink", LABEL, strong=True)
        at += months


def _flag(data: Timeline, month: float) -> tuple[float, float]:
    """Return where today's flag begins and ends, beyond the picture where today lies outside its months."""
    if not 0 <= data.now <= len(data.months):
        return WIDTH + 1, WIDTH + 1
    half = measure(fit(data.now_label, 6.8, 60, strong=True), 6.8, strong=True) / 2 + 5
    x = within(LABEL_WIDTH + month * data.now, half, WIDTH - half)
    return x - half, x + half


def _bar(sheet: Sheet, data: Timeline, bar: Bar, y: float, month: float) -> None:
    start = within(bar.start, 0, len(data.months))
    end = within(bar.end, start, len(data.months))
    x0, x1 = LABEL_WIDTH + month * start, LABEL_WIDTH + month * end
    x1 = max(x1, x0 + 4)
    sheet.line((0, y), (WIDTH, y), "line", 0.4)
    lines = wrap(bar.label, LABEL, LABEL_WIDTH - 12, 2)
    sheet.lines((0, y + ROW / 2 + 2.6 - (len(lines) - 1) * 4.4), lines, "ink", LABEL, leading=1.2)
    shape = (x0, y + 4.5, x1, y + ROW - 4.5)
    if bar.status == "planned":
        sheet.fill(note_path(shape, 1.2, 5), "brand")
        sheet.fill(note_path((x0 + 1, y + 5.5, x1 - 1, y + ROW - 5.5), 0.8, 4.2), "surface")
    else:
        sheet.fill(note_path(shape, 1.2, 5), "brand", 1 if bar.status == "done" else 0.28)
    if bar.status == "in_progress" and end > start:
        done = within((data.now - start) / (end - start), 0, 1)
        if done:
            sheet.fill(note_path((x0, y + 4.5, x0 + (x1 - x0) * done, y + ROW - 4.5), 1.2, 5), "brand")
    _note(sheet, bar.note, x0, x1, y + ROW / 2 + 2.3)


def _note(sheet: Sheet, note: str, x0: float, x1: float, y: float) -> None:
    """Write a word beside its bar, on the side that has room for it."""
    if not note:
        return
    right, left = WIDTH - x1 - 6, x0 - LABEL_WIDTH - 6
    if measure(note, 6.4) <= right or right >= left:
        sheet.text((x1 + 4, y), fit(note, 6.4, right), "ink-2", 6.4)
    else:
        sheet.text((x0 - 4, y), fit(note, 6.4, left), "ink-2", 6.4, "end")


def _placed(dues: Sequence[Due], months: int) -> tuple[int, list[tuple[Due, float, int]]]:
    """Give every due date's code a place near it in up to three lines; one that finds none goes without.

    Returns the lines used and, for each due date, the middle of its code and its line (−1 for none).
    """
    month, placed, edges = _month(max(months, 1)), [], [LABEL_WIDTH, LABEL_WIDTH, LABEL_WIDTH]
    for due in sorted(dues, key=lambda due: due.at):
        x = LABEL_WIDTH + month * within(due.at, 0, months)
        half = measure(due.code, CODE, strong=True) / 2
        for level, edge in enumerate(edges):
            middle = min(max(x, edge + half), WIDTH - half)
            if middle - half >= edge and abs(middle - x) < 9:
                edges[level] = middle + half + 2.5
                placed.append((due, middle, level))
                break
        else:
            placed.append((due, x, -1))
    return max([level for _, _, level in placed], default=0) + 1, placed


def _lane(sheet: Sheet, name: str, dues: Sequence[tuple[Due, float, int]], y: float, month: float) -> None:
    sheet.line((0, y - 5), (WIDTH, y - 5), "line", 0.4)
    sheet.text((0, y + 9.5), fit(name, LABEL, LABEL_WIDTH - 12), "ink", LABEL)
    for due, middle, level in dues:
        x = within(LABEL_WIDTH + month * due.at, LABEL_WIDTH, WIDTH - 4)
        sheet.state((x, y + 4), 2.9, due.status)
        if level >= 0:
            sheet.text((middle, y + 15.5 + 8 * level), due.code, "ink", CODE, "middle", strong=True)


def _now(sheet: Sheet, data: Timeline, month: float) -> None:
    """Put today's flag over everything, inside the picture."""
    x0, x1 = _flag(data, month)
    if x1 > WIDTH:
        return
    sheet.fill(note_path((x0, 1.5, x1, 14), 1.2, 4), "never")
    label = fit(data.now_label, 6.8, 60, strong=True)
    sheet.text(((x0 + x1) / 2, 10.2), label, "surface", 6.8, "middle", strong=True)
