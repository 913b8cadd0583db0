"""Ornaments of printed pages: the journey's line on cover, openers and poster, the path, the logo, crop marks.

They are backgrounds, so they carry no words and no classes, only the light theme's colours. Lines are
drawn from plain lists of values 1–5; a journey nobody has scored yet is a calm line.
"""

from collections.abc import Collection, Sequence
from math import hypot

from cxplan.kit.charts.sheet import COLOURS, Point, curve, note_path, num, star_path, within

A4 = (2100.0, 2970.0)
PAPERS = ("note-yellow", "note-blue", "note-green", "note-lilac")
"""The colours of the four parts."""

CALM = (3.0, 3.4, 2.8, 3.3, 2.9, 3.2)
MOST = 40


def cover(values: Sequence[float], stars: Collection[int]) -> str:
    """Draw the cover, A4 in tenths of millimetres: the customer's journey runs through the note.

    `stars` are the places of the sweet spots in `values`.
    """
    (w, h), values, stars = A4, *_line(values, stars)
    dark, sky, blue, paper = COLOURS["inkwell"], COLOURS["sky"], COLOURS["brand"], COLOURS["note-yellow"]
    low, span = min(values), max(max(values) - min(values), 1.0)
    step = (w - 200) / (len(values) - 1)
    inner = [(100 + step * i, 2560 - 1000 * (v - low) / span) for i, v in enumerate(values)]
    line = curve([(-120, inner[0][1] + 90), *inner, (w + 120, inner[-1][1] - 160)])
    note = note_path((300, -60, 2160, 2120), 20, 420)
    stroke = 'fill="none" stroke-width="38" stroke-linecap="round" stroke-linejoin="round"'
    body = [
        f'<rect width="{w}" height="{h}" fill="{dark}"/><path d="{note}" fill="{paper}"/>'
        f'<clipPath id="in"><path d="{note}"/></clipPath><path d="{line}" stroke="{sky}" {stroke}/>'
        f'<path d="{line}" stroke="{blue}" clip-path="url(#in)" {stroke}/>'
    ]
    for i, at in enumerate(inner):
        inside = _on_note(at)
        ground, ink = (paper, blue) if inside else (dark, sky)
        body.append(_stop(at, ground, ink, (66, 43), 27, 14, starred=i in stars, bright=not inside))
    return _svg(w, h, body)


def poster(values: Sequence[float], stars: Collection[int], depth: float = 1720) -> str:
    """Draw the ground of the poster, A3 in tenths of millimetres: the note above, the journey as its lower edge."""
    (w, h), values, stars = (2970.0, 4200.0), *_line(values, stars)
    canvas, blue = COLOURS["canvas"], COLOURS["brand"]
    low, span = min(values), max(max(values) - min(values), 1.0)
    step = (w - 260) / (len(values) - 1)
    inner = [(130 + step * i, depth + 170 - 420 * (v - low) / span) for i, v in enumerate(values)]
    line = curve([(-140, inner[0][1] + 50), *inner, (w + 140, inner[-1][1] - 70)])
    note = note_path((180, -40, 180 + w, depth - 40), 24, 420)
    body = [
        f'<rect width="{w}" height="{h}" fill="{canvas}"/><path d="{note}" fill="{COLOURS["note-yellow"]}"/>'
        f'<path d="{line}" stroke="{blue}" fill="none" stroke-width="40" stroke-linecap="round" '
        'stroke-linejoin="round"/>'
    ]
    body += [_stop(at, canvas, blue, (72, 46), 28, 15, starred=i in stars) for i, at in enumerate(inner)]
    return _svg(w, h, body)


def opener(values: Sequence[float], part: int) -> str:
    """Draw a part opener, A4: the part's quarter of the cover's line, so that the four join into one."""
    (w, h), (values, _) = A4, _line(values, ())
    paper, blue = COLOURS[PAPERS[part - 1]], COLOURS["brand"]
    step = 4 * w / (len(values) - 1)
    points = [(step * i - (part - 1) * w, 1500 + 1150 * (5 - v) / 4) for i, v in enumerate(values)]
    body = [
        f'<rect width="{w}" height="{h}" fill="{COLOURS["canvas"]}"/>',
        f'<path d="{note_path((0, 0, w + 40, 2560), 20, 360)}" fill="{paper}"/>',
        f'<path d="{curve(points)}" fill="none" stroke="{blue}" stroke-width="34" stroke-linejoin="round"/>',
    ]
    body += [_stop(at, paper, blue, (0, 0), 34, 15) for at in points if -40 <= at[0] <= w + 40]
    return _svg(w, h, body)


def way(step: int, steps: int = 12) -> str:
    """Draw the path of the running head: one stop per step, the given one a note."""
    gap, blue, grey = 15.0, COLOURS["brand"], COLOURS["line"]
    end = 8 + gap * (steps - 1)
    body = [f'<path d="M8 8H{num(end)}" stroke="{grey}" stroke-width="1.6"/>']
    if step:
        body.append(f'<path d="M8 8H{num(8 + gap * (step - 1))}" stroke="{blue}" stroke-width="1.6"/>')
    for i in range(1, steps + 1):
        x = 8 + gap * (i - 1)
        if i == step:
            body.append(f'<path d="{note_path((x - 6, 2, x + 6, 14), 1, 4.5)}" fill="{blue}"/>')
        else:
            body.append(f'<circle cx="{num(x)}" cy="8" r="2.6" fill="{blue if i < step else grey}"/>')
    return _svg(end + 8, 16, body)


def logo() -> str:
    """Draw a note with a path through it."""
    note = f'<path d="{note_path((4, 3, 29, 28), 2, 10)}" fill="{COLOURS["note-yellow"]}"/>'
    line = f'<path d="M0 24C9 24 8 12 16 12S24 18 32 8" fill="none" stroke="{COLOURS["brand"]}" stroke-width="3"/>'
    return _svg(32, 32, [note, line])


def crops(card: Point, grid: tuple[int, int], origin: Point) -> str:
    """Draw the crop marks of a sheet of cards, A4 in millimetres; they stand outside the cards only."""
    (width, height), (columns, rows), (left, top) = card, grid, origin
    right, bottom = left + width * columns, top + height * rows
    d = [f"M{num(left + width * i)} {num(top - 2)}v-5M{num(left + width * i)} {num(bottom + 2)}v5"
         for i in range(columns + 1)]  # fmt: skip
    d += [f"M{num(left - 2)} {num(top + height * i)}h-5M{num(right + 2)} {num(top + height * i)}h5"
          for i in range(rows + 1)]  # fmt: skip
    return _svg(210, 297, [f'<path d="{"".join(d)}" fill="none" stroke="#000" stroke-width=".2"/>'])


def _line(values: Sequence[float], stars: Collection[int]) -> tuple[Sequence[float], Collection[int]]:
    """Keep values on their scale and the line readable: a calm one for nothing, at most `MOST` stops."""
    if len(values) < 2:
        return CALM, ()
    every = -(-len(values) // MOST)
    kept = [within(value, 1, 5) for value in values[::every]]
    return kept, {star // every for star in stars}


def _on_note(at: Point) -> bool:
    """Say whether a point of the cover lies on the note, its lifted corner left out."""
    x, y = at
    corner = hypot(x - 720, y - 1700) > 420 and x < 720 and y > 1700
    return x > 300 and y < 2120 and not corner


def _stop(at: Point, ground: str, ink: str, star: Point, radius: float, width: float, *, starred: bool = False,
          bright: bool = False) -> str:  # fmt: skip
    """Draw a stop of the line: a ring, or a disc with a star of its ground's colour."""
    x, y = num(at[0]), num(at[1])
    if not starred:
        return f'<circle cx="{x}" cy="{y}" r="{radius}" fill="{ground}" stroke="{ink}" stroke-width="{width}"/>'
    tone = "#c97cc0" if bright else COLOURS["sweet"]
    return (
        f'<circle cx="{x}" cy="{y}" r="{star[0]}" fill="{tone}"/><path d="{star_path(*at, star[1])}" fill="{ground}"/>'
    )


def _svg(width: float, height: float, body: Sequence[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {num(width)} {num(height)}" width="{num(width)}" '
        f'height="{num(height)}">{"".join(body)}</svg>'
    )
