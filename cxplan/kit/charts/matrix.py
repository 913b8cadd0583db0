"""The sweet-spot matrix: the more important an encounter and the weaker it feels, the higher to the right."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil, floor

from django.utils.safestring import SafeString

from cxplan.kit.charts.sheet import WIDTH, Box, Point, Sheet, fit, is_free, measure, path, within, wrap

LEFT, RIGHT, TOP, BOTTOM, HEIGHT = 30.0, 8.0, 8.0, 28.0, 268.0
CONTOURS = (4, 6, 8, 10, 12, 14)


@dataclass(frozen=True, slots=True)
class Spot:
    """A touchpoint by importance and experience, both 1–5; `rank` among the sweet spots, 0 for none."""

    label: str
    importance: float
    experience: float
    rank: int = 0


@dataclass(frozen=True, slots=True)
class Matrix:
    """The spots, the words of the axes, and the word before the number on a contour of equal priority."""

    title: str
    spots: Sequence[Spot]
    across: str
    up: str
    contour: str
    desc: str = ""


class _Field:
    """The plotted part of the scales, whole halves around the spots."""

    def __init__(self, spots: Sequence[Spot]) -> None:
        importance = [within(spot.importance, 1, 5) for spot in spots]
        experience = [within(spot.experience, 1, 5) for spot in spots]
        self.low = min(floor(min(importance) * 2) / 2, 4.0)
        self.worst = max(floor(min(experience) * 2) / 2 - 0.5, 1.0)
        self.best = min(max(ceil(max(experience) * 2) / 2 + 0.5, self.worst + 1), 5.0)
        self.worst = min(self.worst, self.best - 1)
        self.right, self.bottom = WIDTH - RIGHT, HEIGHT - BOTTOM

    def x(self, experience: float) -> float:
        share = (self.best - within(experience, self.worst, self.best)) / (self.best - self.worst)
        return LEFT + (self.right - LEFT) * share

    def y(self, importance: float) -> float:
        return TOP + (self.bottom - TOP) * (5 - within(importance, self.low, 5)) / (5 - self.low)


def sweet_spots(data: Matrix, uid: str = "sweet") -> SafeString | None:
    """Draw importance against experience; None where nothing is scored.

    Contours join equal priority = importance · (5 − experience). A name that would meet another is left
    out: the list under the picture has them all.
    """
    if not data.spots:
        return None
    field = _Field(data.spots)
    sheet = Sheet(WIDTH, HEIGHT, data.title, uid, data.desc)
    sheet.rect((LEFT, TOP, field.right, field.bottom), "sunken", 3)
    shaded = _contour(10, field)
    if shaded:
        sheet.fill(path(shaded) + _corner(10, field), "sweet-soft")
    for priority in CONTOURS:
        line = _contour(priority, field)
        if len(line) > 1:
            sheet.stroke(path(line), "sweet", 0.6, 0.45, "2 2")
    taken = list(_contour_labels(sheet, data, field))
    _axes(sheet, data, field)
    _spots(sheet, data.spots, field, taken)
    return sheet.svg()


def _contour(priority: float, field: _Field) -> list[Point]:
    """Return the line along which importance · (5 − experience) stays the same, inside the field."""
    points, steps = [], 16
    for i in range(steps + 1):
        importance = field.low + (5 - field.low) * i / steps
        experience = 5 - priority / importance
        if field.worst <= experience <= field.best:
            points.append((field.x(experience), field.y(importance)))
    edge = priority / (5 - field.worst)
    if points and field.low < edge <= 5:
        points.insert(0, (field.x(field.worst), field.y(edge)))
    return points


def _corner(priority: float, field: _Field) -> str:
    """Close the area of higher priority over the upper right corner."""
    points = [(field.x(field.worst), field.y(5))]
    if priority / (5 - field.worst) <= field.low:
        points.append((field.x(field.worst), field.y(field.low)))
    return path(points).replace("M", "L") + "Z"


def _contour_labels(sheet: Sheet, data: Matrix, field: _Field) -> Iterator[Box]:
    """Write the priorities along the upper edge; yield the boxes taken."""
    word, last = data.contour, 0.0
    for priority in CONTOURS:
        x = field.x(5 - priority / 5)
        text = fit(f"{word} {priority}", 6.2, 90)
        half = measure(text, 6.2) / 2 + 2
        if not (field.worst < 5 - priority / 5 < field.best) or x - half < max(LEFT, last) or x + half > field.right:
            continue
        box = (x - half, TOP - 4, x + half, TOP + 4.4)
        sheet.rect(box, "surface", 2)
        sheet.text((x, TOP + 2.4), text, "sweet", 6.2, "middle")
        word, last = "", x + half + 4
        yield box


def _axes(sheet: Sheet, data: Matrix, field: _Field) -> None:
    for value in range(ceil(field.worst), floor(field.best) + 1):
        x = field.x(value)
        sheet.line((x, field.bottom), (x, field.bottom + 3), "line-strong")
        sheet.text((x, field.bottom + 11), str(value), "ink-2", 7, "middle")
    for value in range(ceil(field.low), 6):
        y = field.y(value)
        sheet.line((LEFT - 3, y), (LEFT, y), "line-strong")
        sheet.text((LEFT - 6, y + 2.5), str(value), "ink-2", 7, "end")
    across = fit(data.across, 7.6, WIDTH - 60, strong=True)
    sheet.text((field.right, HEIGHT - 4), f"{across} →", "ink", 7.6, "end", strong=True)
    sheet.upright((9, field.bottom), fit(data.up, 7.6, field.bottom - TOP - 14, strong=True) + " →", 7.6)


def _spots(sheet: Sheet, spots: Sequence[Spot], field: _Field, taken: list[Box]) -> None:
    ordered = sorted(spots, key=lambda spot: spot.rank or len(spots) + 1)
    places = _apart([(field.x(s.experience), field.y(s.importance)) for s in ordered], [bool(s.rank) for s in ordered])
    places = [(within(x, LEFT + 5, field.right - 5), within(y, TOP + 5, field.bottom - 5)) for x, y in places]
    for spot, (x, y) in zip(ordered, places, strict=True):
        r = 8.5 if spot.rank else 3.6
        taken.append((x - r, y - r, x + r, y + r))
    for spot, at in zip(ordered, places, strict=True):
        if spot.rank:
            sheet.star(at, 9.5, spot.rank)
        else:
            sheet.ring(at, 2.8, "ink-2", 1.2)
    frame = (LEFT + 2, TOP + 2, WIDTH - 2, field.bottom - 1)
    for spot, at in zip(ordered, places, strict=True):
        _name(sheet, spot, at, frame, taken)


def _apart(places: list[Point], large: list[bool]) -> list[Point]:
    """Move marks that would cover each other just enough apart, sideways, that both are seen."""
    moved = list(places)
    for i in range(len(moved)):
        for j in range(i):
            need = 17.0 if large[i] and large[j] else 9.0
            (xi, yi), (xj, yj) = moved[i], moved[j]
            if abs(xi - xj) < need and abs(yi - yj) < need * 0.7:
                push = (need - abs(xi - xj)) / 2 * (1 if xi >= xj else -1)
                moved[i], moved[j] = (xi + push, yi), (xj - push, yj)
    return moved


def _name(sheet: Sheet, spot: Spot, at: Point, frame: Box, taken: list[Box]) -> None:
    """Write a name at the first place round its mark where it meets nothing; book that place."""
    strong = bool(spot.rank)
    size, r = (8.2, 9.5) if strong else (6.4, 3.4)
    lines = wrap(spot.label, size, 112 if strong else 78, 2, strong=strong)
    w, h = max([measure(line, size, strong=strong) for line in lines]), size * 1.15 * len(lines)
    for dx, dy, anchor in _around(r + 2.5, h):
        x0 = at[0] + dx - (w if anchor == "end" else w / 2 if anchor == "middle" else 0)
        y0 = at[1] + dy
        box = (x0, y0, x0 + w, y0 + h)
        inside = x0 >= frame[0] and box[2] <= frame[2] and y0 >= frame[1] and box[3] <= frame[3]
        if inside and is_free(box, taken):
            taken.append(box)
            tone = "ink" if strong else "ink-2"
            sheet.lines((at[0] + dx, y0 + size * 0.86), lines, tone, size, anchor, strong=strong, leading=1.15)
            return


def _around(gap: float, h: float) -> Iterator[tuple[float, float, str]]:
    """Yield the places round a mark, best first, as offset and anchor."""
    yield from ((gap, -h / 2, "start"), (-gap, -h / 2, "end"), (0, gap - 1, "middle"), (0, -gap - h + 1, "middle"))
    for out in (0, 5, 12, 20):
        side, under, over = gap - 2 + out, 1 + out * 0.6, -h - 1 - out * 0.6
        yield from ((side, under, "start"), (-side, under, "end"), (side, over, "start"), (-side, over, "end"))
        yield from ((0, gap + 3 + out * 0.8, "middle"), (0, -gap - h - 3 - out * 0.8, "middle"))
