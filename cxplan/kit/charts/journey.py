"""The emotion curve: the customer's journey from left to right, as high as it feels."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from django.utils.safestring import SafeString

from cxplan.kit.charts.sheet import WIDTH, Box, Point, Sheet, curve, decimal, fit, is_free, measure, within, wrap

LEFT, RIGHT, DEPTH, LABEL = 24.0, 4.0, 184.0, 6.4
STAR = 8.0


@dataclass(frozen=True, slots=True)
class Stop:
    """A touchpoint; `value` is 1–5 or None where nobody has scored it, `star` its rank or 0."""

    label: str
    value: float | None
    truth: bool = False
    star: int = 0


@dataclass(frozen=True, slots=True)
class Journey:
    """Stops in order, and the stages over them as (name, number of stops)."""

    title: str
    stages: Sequence[tuple[str, int]]
    stops: Sequence[Stop]
    high: str
    low: str
    legend: tuple[str, str, str]  # felt emotion, moment of truth, sweet spot
    decimal: str = "."
    desc: str = ""


@dataclass(frozen=True, slots=True)
class _Label:
    centre: float
    tier: int
    lines: list[str]


def journey(data: Journey, uid: str = "journey") -> SafeString | None:
    """Draw the curve; None where there is no stop. Where names do not fit, the stops are numbered."""
    if not data.stops:
        return None
    step = (WIDTH - LEFT - RIGHT) / len(data.stops)
    heads = _heads(data, step)
    top = 30.0 + 9 * max([len(lines) for lines in heads], default=1)
    labels = _labels(data, step)
    first = max([len(label.lines) for label in labels if label.tier == 0])
    tiers = max([label.tier for label in labels]) + 1
    base = top + DEPTH + 16
    tier_height = LABEL * 1.18 * first + 6
    deepest = max([label.tier * tier_height + len(label.lines) * LABEL * 1.18 for label in labels])
    sheet = Sheet(WIDTH, base + deepest + 24, data.title, uid, data.desc)
    _ground(sheet, data, heads, step, top)
    points = [
        (LEFT + step * (i + 0.5), top + DEPTH * (5 - within(stop.value, 1, 5)) / 4 if stop.value is not None else None)
        for i, stop in enumerate(data.stops)
    ]
    known = [(x, y) for x, y in points if y is not None]
    _area(sheet, known, top, uid)
    for (x, y), label in zip(points, labels, strict=True):
        start = top + DEPTH / 2 if y is None else max(y + 5, top + DEPTH / 2) if y < top + DEPTH / 2 else y + 5
        end = base - 2 if tiers != 2 or not label.tier else base + tier_height
        sheet.line((x, start), (x, end), "line", 0.4)
    _marks(sheet, data, points, top, base)
    for stop, label in zip(data.stops, labels, strict=True):
        at = (label.centre, base + label.tier * tier_height + LABEL)
        tone = "ink" if stop.star else "ink-2"
        sheet.lines(at, label.lines, tone, LABEL, "middle", strong=bool(stop.star), leading=1.18)
    _legend(sheet, data, base + deepest + 20)
    return sheet.svg()


def _heads(data: Journey, step: float) -> list[list[str]]:
    """Wrap the names of the stages into their bands; a band too narrow for words stays without."""
    return [
        wrap(name, 7.6, step * stops - 8, 2, strong=True) if step * stops > 26 else [] for name, stops in data.stages
    ]


def _labels(data: Journey, step: float) -> list[_Label]:
    """Place the names in two tiers, each narrower than two steps, so that a leader meets no name."""
    room = min(2 * step - 5, 120.0)
    labels = []
    if room <= 40:
        tiers = ceil((measure(str(len(data.stops)), LABEL, strong=True) + 2.5) / step)
        every = ceil(tiers / 4)
        for i in range(len(data.stops)):
            shown = [str(i + 1)] if i % every == 0 else []
            labels.append(_Label(LEFT + step * (i + 0.5), (i // every) % min(tiers, 4), shown))
        return labels
    for i, stop in enumerate(data.stops):
        strong = bool(stop.star)
        lines = wrap(stop.label, LABEL, room, 4, strong=strong)
        half = max([measure(line, LABEL, strong=strong) for line in lines]) / 2
        labels.append(_Label(within(LEFT + step * (i + 0.5), half, WIDTH - half), i % 2, lines))
    return labels


def _ground(sheet: Sheet, data: Journey, heads: Sequence[Sequence[str]], step: float, top: float) -> None:
    """Draw the bands of the stages, the scale and its two words."""
    at = 0
    for i, ((_, stops), lines) in enumerate(zip(data.stages, heads, strict=True)):
        x = LEFT + step * at
        if i % 2 == 0 and stops:
            sheet.rect((x, 4, x + step * stops, top + DEPTH + 4), "sunken", 2)
        sheet.lines((x + 5, 14), lines, "ink", 7.6, strong=True)
        at += stops
    for value in range(1, 6):
        y = top + DEPTH * (5 - value) / 4
        strong = value == 3
        sheet.line((LEFT, y), (WIDTH - RIGHT, y), "line-strong" if strong else "line", 0.7 if strong else 0.4)
        sheet.text((LEFT - 6, y + 2.4), str(value), "ink-2", 7, "end")
    sheet.text((LEFT + 5, top - 3), fit(data.high, 6.4, 120), "ink-2", 6.4)
    sheet.text((LEFT + 5, top + DEPTH - 3), fit(data.low, 6.4, 120), "ink-2", 6.4)


def _area(sheet: Sheet, points: Sequence[Point], top: float, uid: str) -> None:
    """Draw the line, and fill what lies over the middle and under it in two tones."""
    if len(points) < 2:
        return
    middle, line = top + DEPTH / 2, curve(points)
    area = f"{line}L{points[-1][0]:.1f} {middle:.1f}L{points[0][0]:.1f} {middle:.1f}Z"
    sheet.clip(f"{uid}-over", (0, 0, WIDTH, middle))
    sheet.clip(f"{uid}-under", (0, middle, WIDTH, middle + DEPTH))
    sheet.fill(area, "always", 0.16, f"{uid}-over")
    sheet.fill(area, "gap", 0.2, f"{uid}-under")
    sheet.stroke(line, "brand", 2.2)


def _marks(sheet: Sheet, data: Journey, points: Sequence[tuple[float, float | None]], top: float, base: float) -> None:
    """Draw a mark at every stop, stars and turning values where they meet nothing else."""
    words = [(top - 9, top, data.high), (top + DEPTH - 9, top + DEPTH, data.low)]
    taken: list[Box] = [(LEFT, y0, LEFT + 7 + measure(fit(word, 6.4, 120), 6.4), y1) for y0, y1, word in words]
    taken += [(x - 3.6, y - 3.6, x + 3.6, y + 3.6) for x, y in points if y is not None]
    for stop, (x, y) in zip(data.stops, points, strict=True):
        if y is None:
            sheet.ring((x, top + DEPTH / 2), 2.2, "line-strong", 0.8)
        elif stop.truth:
            sheet.dot((x, y), 3.6, "brand")
        else:
            sheet.ring((x, y), 3, "brand")
    order = sorted(range(len(points)), key=lambda i: (data.stops[i].star or 99, -abs((data.stops[i].value or 3) - 3)))
    for i in order:
        x, y = points[i]
        if y is None:
            continue
        below = _star(sheet, data.stops[i], (x, y), taken, base) if data.stops[i].star else 0.0
        peak, valley = _turn(data.stops, i)
        if peak or valley:
            _value(sheet, data, i, (x, y), taken, (top - 12, base - 2), up=peak and not valley, below=below)


def _star(sheet: Sheet, stop: Stop, at: Point, taken: list[Box], base: float) -> float:
    """Draw the star of a sweet spot beside its mark, away from the middle; return how far under it reaches."""
    x, y = at
    out = -14.5 if (stop.value or 0) > 3 else 14.5
    for dy in (out, -out, 2 * out, -2 * out, 3 * out, -3 * out):
        box = (x - STAR, y + dy - STAR, x + STAR, y + dy + STAR)
        if box[1] >= 4 and box[3] <= base - 2 and is_free(box, taken):
            break
    else:
        return 0.0
    sheet.star((x, y + dy), STAR, stop.star)
    taken.append(box)
    return max(dy + STAR, 0.0)


def _turn(stops: Sequence[Stop], i: int) -> tuple[bool, bool]:
    """Say whether the line turns down or up at a stop."""
    near = [stop.value for stop in stops[max(i - 1, 0) : i + 2] if stop.value is not None]
    value = stops[i].value
    return value == max(near), value == min(near)


def _value(
    sheet: Sheet, data: Journey, i: int, at: Point, taken: list[Box], bounds: Point, *, up: bool, below: float
) -> None:
    """Write the value of a turning point where it meets nothing; the table under the picture has them all."""
    text = decimal(data.stops[i].value or 0, 1, data.decimal)
    half, (x, y) = measure(text, 7.4, strong=True) / 2 + 1, at
    under = max(13.0, below + 9.0)
    for dy in (-6.5, under, -29.0) if up else (under, -6.5):
        box = (x - half, y + dy - 6.5, x + half, y + dy + 1)
        if box[1] >= bounds[0] and box[3] <= bounds[1] and box[2] <= WIDTH and is_free(box, taken):
            sheet.text((x, y + dy), text, "ink", 7.4, "middle", strong=True)
            taken.append(box)
            return


def _legend(sheet: Sheet, data: Journey, y: float) -> None:
    """Say what line, dot and star mean."""
    felt, truth, star = [fit(words, 7, 130) for words in data.legend]
    x = LEFT
    sheet.line((x, y - 2.4), (x + 16, y - 2.4), "brand", 2.2)
    sheet.text((x + 21, y), felt, "ink-2")
    if any(stop.truth for stop in data.stops):
        x += 30 + measure(felt, 7)
        sheet.dot((x + 4, y - 2.4), 3.4, "brand")
        sheet.text((x + 12, y), truth, "ink-2")
        felt = truth
    if any(stop.star for stop in data.stops):
        x += (22 if felt is truth else 30) + measure(felt, 7)
        sheet.star((x + 5, y - 2.4), 5)
        sheet.text((x + 13, y), star, "ink-2")
