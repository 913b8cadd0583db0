"""One metric over time: its waves with their intervals, and the target."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from django.utils.safestring import SafeString

from cxplan.kit.charts.sheet import Point, Sheet, decimal, fit, measure, path, within

WIDE, HIGH, LEFT, RIGHT, TOP, BOTTOM = 236.0, 84.0, 24.0, 48.0, 8.0, 15.0


@dataclass(frozen=True, slots=True)
class Wave:
    """A measured period; `enough` says whether as many answered as the metric asks for."""

    label: str
    value: float
    low: float | None = None
    high: float | None = None
    enough: bool = True


@dataclass(frozen=True, slots=True)
class Series:
    """The waves in order on one `scale`; `goal` names the target."""

    title: str
    waves: Sequence[Wave]
    target: float | None
    goal: str
    scale: tuple[float, float]
    decimal: str = "."
    unit: str = ""
    desc: str = ""


class _Frame:
    """Where a wave and a value stand."""

    def __init__(self, data: Series) -> None:
        self.low, self.high = data.scale
        if self.high <= self.low:
            self.high = self.low + 1
        self.step = (WIDE - LEFT - RIGHT) / max(len(data.waves) - 1, 1)

    def x(self, i: int) -> float:
        return LEFT + self.step * i

    def y(self, value: float) -> float:
        share = (self.high - within(value, self.low, self.high)) / (self.high - self.low)
        return TOP + (HIGH - TOP - BOTTOM) * share


def series(data: Series, uid: str = "metric") -> SafeString | None:
    """Draw a metric; None before its first measurement.

    The interval is a band, waves with too few answers are rings, the target is a broken line.
    """
    if not data.waves:
        return None
    frame = _Frame(data)
    sheet = Sheet(WIDE, HIGH, data.title, uid, data.desc)
    for i in range(3):
        value = frame.low + (frame.high - frame.low) * i / 2
        y = frame.y(value)
        sheet.line((LEFT, y), (WIDE - RIGHT, y), "line", 0.4)
        label = fit(decimal(value, 0 if frame.high - frame.low > 4 else 1, data.decimal), 6.4, LEFT - 5)
        sheet.text((LEFT - 5, y + 2.3), label, "ink-2", 6.4, "end")
    _bands(sheet, data.waves, frame)
    points = [(frame.x(i), frame.y(wave.value)) for i, wave in enumerate(data.waves)]
    if data.target is not None:
        y = frame.y(data.target)
        sheet.line((LEFT, y), (WIDE - RIGHT, y), "always", 1.1, "4 2.5")
    if len(points) > 1:
        sheet.stroke(path(points), "metric", 1.8)
    radius = 2.6 if frame.step > 7 else 1.4
    for wave, at in zip(data.waves, points, strict=True):
        if wave.enough:
            sheet.dot(at, radius, "metric")
        else:
            sheet.ring(at, radius, "metric", 1.1)
    _ends(sheet, data, frame)
    _periods(sheet, data, frame)
    return sheet.svg()


def _bands(sheet: Sheet, waves: Sequence[Wave], frame: _Frame) -> None:
    """Fill the interval between neighbours that have one; draw it as a bar where a wave stands alone."""
    known = [(i, wave.low, wave.high) for i, wave in enumerate(waves) if wave.low is not None and wave.high is not None]
    for _, run in groupby(enumerate(known), key=lambda pair: pair[0] - pair[1][0]):
        rows = [row for _, row in run]
        upper: list[Point] = [(frame.x(i), frame.y(high)) for i, _, high in rows]
        lower: list[Point] = [(frame.x(i), frame.y(low)) for i, low, _ in rows]
        if len(rows) > 1:
            sheet.fill(path(upper + lower[::-1]) + "Z", "metric", 0.13)
        else:
            sheet.line(lower[0], upper[0], "metric", 0.8)


def _ends(sheet: Sheet, data: Series, frame: _Frame) -> None:
    """Write the last value and the target beside the end of the line, apart from each other."""
    last, x, room = data.waves[-1], WIDE - RIGHT + 6, RIGHT - 7
    end = within(frame.y(last.value), 12, HIGH - 18)
    text = decimal(last.value, 0, data.decimal) + data.unit
    size = round(min(12.0, 12 * room / max(measure(text, 12, strong=True), 1)), 1)
    if data.target is None:
        sheet.text((x, end + 4), fit(text, size, room, strong=True), "metric", size, strong=True)
        return
    target = within(frame.y(data.target), 8, HIGH - 10)
    shift = 0.0 if abs(end - target) > 13 else (13 - abs(end - target)) / 2
    if end <= target:
        shift = -shift
    top = within(end + shift, 9, HIGH - 16)
    below = within(target - shift * 1.2, 6, HIGH - 8)
    if abs(top - below) < 10:
        below = top + 12 if end <= target else top - 11
    sheet.text((x, top + 4), fit(text, size, room, strong=True), "metric", size, strong=True)
    sheet.text((x, below + 2.4), fit(data.goal, 6.6, room, strong=True), "always", 6.6, strong=True)


def _periods(sheet: Sheet, data: Series, frame: _Frame) -> None:
    """Name the first and the last wave under the line."""
    first, last = fit(data.waves[0].label, 6.4, 70), fit(data.waves[-1].label, 6.4, 70)
    sheet.text((max(frame.x(0), measure(first, 6.4) / 2), HIGH - 4), first, "ink-2", 6.4, "middle")
    if len(data.waves) > 1:
        x = min(frame.x(len(data.waves) - 1), WIDE - measure(last, 6.4) / 2)
        sheet.text((x, HIGH - 4), last, "ink-2", 6.4, "middle")
