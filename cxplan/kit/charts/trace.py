"""The chain from left to right: what leans on what, and what leans on nothing."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from cxplan.kit.charts.sheet import WIDTH, Sheet, fit, note_path, num, wrap

SIZE, LEAD, PAD, GUTTER, TOP = 7.0, 8.2, 4.6, 27.0, 22.0
SHARES = {4: (0.21, 0.24, 0.26, 0.29)}


@dataclass(frozen=True, slots=True)
class Node:
    """A record: `code` before its name, `tone` its kind's colour, `hole` what it lacks, in words, `url` its page."""

    id: str
    code: str
    label: str
    tone: str
    hole: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Trace:
    """Columns as (heading, nodes); links as (from, to, tone). A link to an unknown node is not drawn."""

    title: str
    columns: Sequence[tuple[str, Sequence[Node]]]
    links: Sequence[tuple[str, str, str]]
    desc: str = ""


@dataclass(slots=True)
class _Card:
    node: Node
    lines: list[str]
    x: float
    width: float
    height: float
    y: float = 0.0


def trace(data: Trace, uid: str = "trace", tallest: float = 572.0) -> SafeString | None:
    """Draw the chain; None where it is empty, or too long to be read within `tallest` even in one-line cards."""
    if not any(nodes for _, nodes in data.columns):
        return None
    for most in (5, 3, 2, 1):
        columns = _columns(data, most)
        height = max([sum([card.height + 3.2 for card in cards]) for cards in columns])
        if height + TOP + 4 <= tallest:
            break
    else:
        return None
    walkable = any(node.url for _, nodes in data.columns for node in nodes)
    sheet = Sheet(WIDTH, height + TOP + 4, data.title, uid, data.desc, walkable=walkable)
    for (heading, _), cards, (x, width) in zip(data.columns, columns, _widths(len(columns)), strict=True):
        sheet.text((x, 9), fit(heading, 8, width, strong=True), "ink", 8, strong=True)
        _spread(cards, height)
    placed = {card.node.id: card for cards in columns for card in cards}
    _links(sheet, data, placed)
    for card in placed.values():
        with sheet.linked(card.node.url, " ".join(filter(None, (card.node.code, card.node.label, card.node.hole)))):
            _draw(sheet, card)
    return sheet.svg()


def _widths(columns: int) -> list[tuple[float, float]]:
    """Return left edge and width of each column."""
    shares = SHARES.get(columns, (1 / columns,) * columns)
    room, x, widths = WIDTH - GUTTER * (columns - 1), 0.0, []
    for share in shares:
        widths.append((x, room * share))
        x += room * share + GUTTER
    return widths


def _columns(data: Trace, most: int) -> list[list[_Card]]:
    """Measure the cards with names of at most `most` lines."""
    columns = []
    for (_, nodes), (x, width) in zip(data.columns, _widths(len(data.columns)), strict=True):
        cards = []
        for node in nodes:
            lines = wrap(node.label, SIZE, width - 28, most)
            rows = len(lines) + bool(node.hole)
            cards.append(_Card(node, lines, x, width, rows * LEAD + PAD + 3))
        columns.append(cards)
    return columns


def _spread(cards: Sequence[_Card], height: float) -> None:
    """Place a column's cards: in the middle where they are few, over the whole height where they are many."""
    total = sum([card.height for card in cards])
    gap = min((height - total) / (len(cards) - 1), 60.0) if len(cards) > 1 else 0.0
    y = TOP + (height - total - gap * (len(cards) - 1)) / 2
    for card in cards:
        card.y = y
        y += card.height + gap


def _links(sheet: Sheet, data: Trace, placed: dict[str, _Card]) -> None:
    """Draw the links as curves that leave and meet a card's edge in the order of the other end."""
    known = [link for link in data.links if link[0] in placed and link[1] in placed]
    known.sort(key=lambda link: (placed[link[0]].y, placed[link[1]].y))
    out: dict[str, list[str]] = {}
    into: dict[str, list[str]] = {}
    for source, goal, _ in known:
        out.setdefault(source, []).append(goal)
        into.setdefault(goal, []).append(source)
    for source, goal, tone in known:
        start, end = placed[source], placed[goal]
        x0, x1 = start.x + start.width, end.x
        y0 = start.y + start.height / 2 + _fan(out[source].index(goal), len(out[source]), start.height)
        y1 = end.y + end.height / 2 + _fan(into[goal].index(source), len(into[goal]), end.height)
        bend = (x0 + x1) / 2
        d = f"M{num(x0)} {num(y0)}C{num(bend)} {num(y0)} {num(bend)} {num(y1)} {num(x1)} {num(y1)}"
        sheet.stroke(d, tone, 1.1, 0.8)


def _fan(index: int, count: int, height: float) -> float:
    """Spread the ends of several links over the edge of a card."""
    return (index - (count - 1) / 2) * min(4.0, (height - 8) / max(count - 1, 1))


def _draw(sheet: Sheet, card: _Card) -> None:
    node, x, y = card.node, card.x, card.y
    tone = "sunken" if node.tone == "ink" else f"{node.tone}-soft"
    sheet.fill(note_path((x, y, x + card.width, y + card.height), 1, 5), tone)
    sheet.text((x + 5, y + 9.5), fit(node.code, SIZE, 19, strong=True), node.tone, SIZE, strong=True)
    sheet.lines((x + 25, y + 9.5), card.lines, "ink", SIZE, leading=LEAD / SIZE)
    if node.hole:
        hole = fit(node.hole, SIZE, card.width - 28, strong=True)
        sheet.text((x + 25, y + 9.5 + len(card.lines) * LEAD), hole, "never", SIZE, strong=True)
