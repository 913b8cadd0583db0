"""Impact against effort: what gives most for least stands at the upper left."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from cxplan.kit.charts.sheet import WIDTH, Sheet, fit, measure, note_path

LEFT, TOP, BOTTOM, CHIP, GAP, SIZE, MOST = 30.0, 6.0, 28.0, 12.0, 3.0, 6.8, 8


@dataclass(frozen=True, slots=True)
class Chip:
    """A record by code; impact and effort are 1–5, status is done, in_progress, planned or late."""

    code: str
    impact: int
    effort: int
    status: str = "planned"


@dataclass(frozen=True, slots=True)
class Effort:
    """The chips, the words of the axes and the word in the corner to begin from."""

    title: str
    chips: Sequence[Chip]
    across: str
    up: str
    first: str
    desc: str = ""


def effort(data: Effort, uid: str = "effort") -> SafeString | None:
    """Draw five by five cells with the chips of each; None where nothing is rated."""
    chips = [chip for chip in data.chips if 1 <= chip.impact <= 5 and 1 <= chip.effort <= 5]
    if not chips:
        return None
    cell = (WIDTH - LEFT) / 5
    cells = {(i, e): _rows([c for c in chips if (c.impact, c.effort) == (i, e)], cell - 10) for i in range(1, 6)
             for e in range(1, 6)}  # fmt: skip
    heights = [max(34.0, max([len(cells[i, e]) for e in range(1, 6)]) * (CHIP + GAP) + 9) for i in range(5, 0, -1)]
    bottom = TOP + sum(heights)
    sheet = Sheet(WIDTH, bottom + BOTTOM, data.title, uid, data.desc)
    y = TOP
    for impact, height in zip(range(5, 0, -1), heights, strict=True):
        for level in range(1, 6):
            x = LEFT + cell * (level - 1)
            first = impact >= 4 and level <= 2
            sheet.rect((x + 1, y + 1, x + cell - 1, y + height - 1), "always-soft" if first else "sunken", 2)
            _chips(sheet, cells[impact, level], x + 6, y + 6)
        sheet.text((LEFT - 6, y + height / 2 + 2.5), str(impact), "ink-2", 7, "end")
        y += height
    for level in range(1, 6):
        sheet.text((LEFT + cell * (level - 0.5), bottom + 10), str(level), "ink-2", 7, "middle")
    across = fit(data.across, 7.6, cell * 2.4, strong=True)
    sheet.text((WIDTH, bottom + 23), f"{across} →", "ink", 7.6, "end", strong=True)
    sheet.text((LEFT, bottom + 23), fit(data.first, 7.2, cell * 2.4, strong=True), "always", 7.2, strong=True)
    sheet.upright((9, bottom), fit(data.up, 7.6, bottom - TOP - 14, strong=True) + " →", 7.6)
    return sheet.svg()


def _wide(code: str) -> float:
    return measure(code, SIZE, strong=True) + 9


def _rows(chips: Sequence[Chip], room: float) -> list[list[Chip]]:
    """Set the chips of a cell in rows; past the last row stands how many more there are."""
    rows: list[list[Chip]] = []
    used = room + 1
    for at, chip in enumerate(chips):
        short = Chip(fit(chip.code, SIZE, room - 9, strong=True), chip.impact, chip.effort, chip.status)
        wide = _wide(short.code) + GAP
        if used + wide > room + GAP:
            if len(rows) == MOST:
                rows[-1] = [Chip(f"+{len(chips) - at + len(rows[-1])}", chip.impact, chip.effort, "more")]
                return rows
            rows.append([])
            used = 0.0
        rows[-1].append(short)
        used += wide
    return rows


def _chips(sheet: Sheet, rows: Sequence[Sequence[Chip]], left: float, y: float) -> None:
    for row in rows:
        x = left
        for chip in row:
            _chip(sheet, chip, x, y)
            x += _wide(chip.code) + GAP
        y += CHIP + GAP


def _chip(sheet: Sheet, chip: Chip, x: float, y: float) -> None:
    """Draw one chip: solid done, tinted under way, outlined planned, dark red late."""
    x1, tone = x + _wide(chip.code), "never" if chip.status == "late" else "brand"
    ink = tone
    if chip.status != "more":
        sheet.fill(note_path((x, y, x1, y + CHIP), 1, 3.5), tone)
    if chip.status == "done":
        ink = "surface"
    elif chip.status != "more":
        inside = {"in_progress": "brand-soft", "late": "never-soft"}.get(chip.status, "surface")
        sheet.fill(note_path((x + 0.8, y + 0.8, x1 - 0.8, y + CHIP - 0.8), 0.6, 3), inside)
    sheet.text(((x + x1) / 2, y + CHIP / 2 + SIZE * 0.36), chip.code, ink, SIZE, "middle", strong=True)
