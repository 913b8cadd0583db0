"""Dumbbells: two figures on one scale, line by line. Gaps (experience and expectation) and readiness."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from django.utils.safestring import SafeString

from cxplan.kit.charts.sheet import WIDTH, Sheet, decimal, fit, measure, within, wrap

LABEL_WIDTH, LABEL = 206.0, 7.4
#: Of the picture for phones, whose unit is nearly one and a half CSS pixels.
NARROW, NARROW_LABEL = 250.0, 8.4


@dataclass(frozen=True, slots=True)
class Span:
    """One line: from `start` (solid) to `end` (ring) on the same scale; either may be unknown."""

    label: str
    start: float | None
    end: float | None


@dataclass(frozen=True, slots=True)
class Group:
    """Lines under one heading, which may be empty; `pips` of five stand at the right."""

    heading: str
    spans: Sequence[Span]
    pips: int = 0


@dataclass(frozen=True, slots=True)
class Dumbbells:
    """The groups in their order; `pips` heads the column of pips, empty for none."""

    title: str
    groups: Sequence[Group]
    legend: tuple[str, str]  # what the solid dot is, what the ring is
    pips: str = ""
    decimal: str = "."
    low: int = 1
    high: int = 5
    desc: str = ""


@dataclass(frozen=True, slots=True)
class _Row:
    span: Span
    lines: list[str]
    deep: float


@dataclass(frozen=True, slots=True)
class _Block:
    group: Group
    heading: list[str]
    rows: list[_Row]
    height: float


def dumbbells(data: Dumbbells, uid: str = "gaps") -> SafeString | None:
    """Draw the groups under one another; the difference start − end stands at the right."""
    blocks = [_block(group) for group in data.groups]
    if not blocks:
        return None
    height = 24 + sum([block.height for block in blocks])
    sheet = Sheet(WIDTH, height + 14, data.title, uid, data.desc)
    scale = _Scale(data, LABEL_WIDTH + 14, WIDTH - (88 if data.pips else 44))
    for value in range(data.low, data.high + 1):
        x = scale.at(value)
        sheet.line((x, 16), (x, height - 4), "line", 0.4)
        sheet.text((x, 11), str(value), "ink-2", 7, "middle")
    if data.pips:
        sheet.text((WIDTH, 11), fit(data.pips, 7, 70), "ink-2", 7, "end")
    y = 24.0
    for block in blocks:
        _draw(sheet, data, block, scale, y)
        y += block.height
    _legend(sheet, data, scale.left, height + 8)
    return sheet.svg()


def narrow_dumbbells(data: Dumbbells, uid: str = "gaps-narrow") -> SafeString | None:
    """The same for a phone: every label stands above its line, and each line has a scale of its own."""
    blocks = [_narrow_block(group) for group in data.groups]
    if not blocks:
        return None
    height = 22 + sum([block.height for block in blocks])
    sheet = Sheet(NARROW, height + 14, data.title, uid, data.desc)
    scale = _Scale(data, 5, NARROW - 36)
    for value in range(data.low, data.high + 1):
        sheet.text((scale.at(value), 11), str(value), "ink-2", NARROW_LABEL, "middle")
    y = 22.0
    for block in blocks:
        _draw_narrow(sheet, data, block, scale, y)
        y += block.height
    _legend(sheet, data, 0, height + 8, room=95)
    return sheet.svg()


def split_dumbbells(data: Dumbbells, tallest: float) -> Iterator[Dumbbells]:
    """Split a long picture into several no taller than `tallest`, group by group."""
    page: list[Group] = []
    height = 38.0
    for group in data.groups:
        deep = _block(group).height
        if page and height + deep > tallest:
            yield replace(data, groups=tuple(page))
            page, height = [], 38.0
        page.append(group)
        height += deep
    if page:
        yield replace(data, groups=tuple(page))


class _Scale:
    """Where a value stands from left to right."""

    def __init__(self, data: Dumbbells, left: float, right: float) -> None:
        self.left, self.low, self.high = left, data.low, max(data.high, data.low + 1)
        self.unit = (right - left) / (self.high - self.low)

    def at(self, value: float) -> float:
        return self.left + self.unit * (within(value, self.low, self.high) - self.low)


def _block(group: Group) -> _Block:
    heading = wrap(group.heading, 8, LABEL_WIDTH, 2, strong=True) if group.heading else []
    room = LABEL_WIDTH - (8 if heading else 0)
    rows = []
    for span in group.spans:
        lines = wrap(span.label, LABEL, room, 2)
        rows.append(_Row(span, lines, max(13.0, len(lines) * 9 + 4.5)))
    return _Block(group, heading, rows, len(heading) * 10.2 + sum([row.deep for row in rows]) + (7 if heading else 4))


def _draw(sheet: Sheet, data: Dumbbells, block: _Block, scale: _Scale, y: float) -> None:
    sheet.line((0, y - 5), (WIDTH, y - 5), "line", 0.4)
    sheet.lines((0, y + 5), block.heading, "ink", 8, strong=True, leading=1.27)
    _pips(sheet, block.group.pips, WIDTH, y + 2)
    y += len(block.heading) * 10.2
    for row in block.rows:
        middle, indent = y + row.deep / 2 - 1.5, 8 if block.heading else 0
        at = (indent, middle + 2.5 - (len(row.lines) - 1) * 4.5)
        sheet.lines(at, row.lines, "ink-2" if indent else "ink", LABEL, leading=1.216)
        _span(sheet, data, row.span, scale, middle, WIDTH - (50 if data.pips else 0))
        y += row.deep


def _narrow_block(group: Group) -> _Block:
    heading = wrap(group.heading, 9, NARROW - (44 if group.pips else 0), 3, strong=True) if group.heading else []
    rows = []
    for span in group.spans:
        lines = wrap(span.label, NARROW_LABEL, NARROW, 2)
        rows.append(_Row(span, lines, len(lines) * 10.2 + 14))
    return _Block(group, heading, rows, len(heading) * 11.4 + sum([row.deep for row in rows]) + (10 if heading else 6))


def _draw_narrow(sheet: Sheet, data: Dumbbells, block: _Block, scale: _Scale, y: float) -> None:
    sheet.line((0, y - 5), (NARROW, y - 5), "line", 0.4)
    sheet.lines((0, y + 6), block.heading, "ink", 9, strong=True, leading=1.27)
    _pips(sheet, block.group.pips, NARROW, y + 3)
    y += len(block.heading) * 11.4
    for row in block.rows:
        sheet.lines((0, y + 8), row.lines, "ink-2" if block.heading else "ink", NARROW_LABEL, leading=1.216)
        middle = y + row.deep - 6
        sheet.line((scale.at(data.low), middle), (scale.at(data.high), middle), "line", 0.6)
        for value in range(data.low, data.high + 1):
            sheet.line((scale.at(value), middle - 2.5), (scale.at(value), middle + 2.5), "line", 0.6)
        _span(sheet, data, row.span, scale, middle, NARROW)
        y += row.deep


def _pips(sheet: Sheet, count: int, right: float, y: float) -> None:
    """Five at the right end, so many of them full; nothing where none is."""
    for i in range(5 if count else 0):
        at = (right - 33 + i * 7.5, y)
        if i < count:
            sheet.dot(at, 2.5, "gap")
        else:
            sheet.ring(at, 2, "line-strong", 0.8)


def _span(sheet: Sheet, data: Dumbbells, span: Span, scale: _Scale, y: float, right: float) -> None:
    start, end = span.start, span.end
    tone = "gap" if start is not None and end is not None and start < end else "always"
    if start is not None and end is not None:
        sheet.line((scale.at(start), y), (scale.at(end), y), tone, 3)
        text = decimal(start - end, 1, data.decimal, sign=True)
        sheet.text((right, y + 2.8), text, tone, 8, "end", strong=True)
    if end is not None:
        sheet.ring((scale.at(end), y), 3.6, "ink", 1.3)
    if start is not None:
        sheet.dot((scale.at(start), y), 4.2, tone)


def _legend(sheet: Sheet, data: Dumbbells, left: float, y: float, room: float = 110) -> None:
    solid, ring = [fit(words, 7, room) for words in data.legend]
    sheet.dot((left + 4, y - 2.5), 4, "gap")
    sheet.text((left + 12, y), solid, "ink-2")
    x = left + 24 + measure(solid, 7)
    sheet.ring((x + 4, y - 2.5), 3.4, "ink", 1.3)
    sheet.text((x + 12, y), ring, "ink-2")
