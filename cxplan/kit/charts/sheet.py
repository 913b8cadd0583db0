"""What every picture is drawn with: measured text, a few shapes, and the sheet that collects them.

One user unit is one point at the width of the printed text block (174 mm = 493 units). Every mark
carries a presentation attribute, which paper paints, and a class (`f-gap` for a fill, `s-brand` for a
stroke), which a web page recolours: see `static/css/components/picture.css`.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from html import escape
from itertools import pairwise
from math import isfinite
from unicodedata import east_asian_width

from django.utils.safestring import SafeString

WIDTH = 493.0
TEXT, STRONG = "CX Text, Figtree, sans-serif", "CX Text Strong, Figtree, sans-serif"

COLOURS = {
    "canvas": "#f9f6f0",
    "surface": "#fffefd",
    "sunken": "#f0ece4",
    "ink": "#162234",
    "ink-2": "#495565",
    "line": "#d7d2c8",
    "line-strong": "#727c86",
    "brand": "#164fb3",
    "brand-soft": "#e2eeff",
    "inkwell": "#13264b",
    "sky": "#7fb1f5",
    "always": "#01785b",
    "always-soft": "#ddf6e4",
    "never": "#7c1c23",
    "never-soft": "#ffebe9",
    "gap": "#9b5b01",
    "gap-soft": "#feedd7",
    "sweet": "#77568e",
    "sweet-soft": "#f7ecfa",
    "metric": "#004d60",
    "metric-soft": "#e2f4f9",
    "note-yellow": "#f8e889",
    "note-blue": "#bbe2ff",
    "note-green": "#b0f2c6",
    "note-pink": "#ffcadd",
    "note-lilac": "#e1cffd",
    "note-orange": "#ffcfa0",
}
"""The light theme's tokens, for paper; the page takes the tokens themselves."""

Box = tuple[float, float, float, float]
"""Left, top, right, bottom, in user units."""

Point = tuple[float, float]

# Advance widths of Figtree in thousandths of an em, so that labels are measured without a font.
_ADVANCES = {
    200: "'’", 215: ".il", 235: "jI,", 254: " :;·", 300: "!", 322: '"[]{}', 338: "r", 352: "()", 370: "ft", 389: "/\\",
    415: "-1", 440: "_", 540: "▮", 468: "sx*", 486: "kz", 505: "a?äå", 525: "vyJL–", 545: "ceFT34", 560: "hnug$",
    580: "bdopqö2579", 605: "EKPSXYR8", 625: "BZ06+−=±×#", 650: "N&", 690: "ADVUÄÅ✕", 725: "C→€", 755: "GH✓",
    780: "OQÖwMmW%△★●◐○@", 900: "…",
}  # fmt: skip
_ADVANCE = {letter: width for width, letters in _ADVANCES.items() for letter in letters}
_HEAVIER = 1.045
_VOWELS = "aeiouyäöåAEIOUYÄÖÅ"
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def clean(text: str) -> str:
    """Drop the characters that XML cannot hold (controls, lone surrogates) and join white space."""
    return " ".join(_FORBIDDEN.sub("", text).split())


@lru_cache(maxsize=512)
def _advance(letter: str) -> int:
    known = _ADVANCE.get(letter)
    if known is not None:
        return known
    return 1100 if east_asian_width(letter) in "WF" else 620


def _ems(text: str) -> float:
    return sum([_advance(letter) for letter in text])


def measure(text: str, size: float, *, strong: bool = False) -> float:
    """Return the width of `text` in user units, within three per cent for the faces used."""
    return _ems(text) * size / 1000 * (_HEAVIER if strong else 1)


def fit(text: str, size: float, width: float, *, strong: bool = False) -> str:
    """Return `text`, or as much of it as `width` holds before a "…"; nothing where not even that fits."""
    text = clean(text)
    if measure(text, size, strong=strong) <= width:
        return text
    used = measure("…", size, strong=strong)
    if used > width:
        return ""
    kept = 0
    for letter in text:
        used += measure(letter, size, strong=strong)
        if used > width:
            break
        kept += 1
    return text[:kept].rstrip(" ,.;:-–") + "…"


def wrap(text: str, size: float, width: float, most: int = 3, *, strong: bool = False) -> list[str]:
    """Break `text` into at most `most` lines no wider than `width`; the last may end in "…"."""
    room = width / size * 1000 / (_HEAVIER if strong else 1)
    lines: list[str] = []
    line, left = "", room
    for word in _pieces(clean(text), room):
        need = _ems(word)
        if line and (need + 254 > left or line.endswith("\u00ad")):
            lines.append(line)
            line, left = word, room - need
        else:
            line, left = (f"{line} {word}", left - need - 254) if line else (word, room - need)
    lines.append(line)
    lines = [one.replace("\u00ad", "-") for one in lines]
    if len(lines) > most:
        rest = " ".join(lines[most - 1 :])
        lines = [*lines[: most - 1], fit(rest, size, width, strong=strong)]
    return lines


def _pieces(text: str, room: float) -> Iterable[str]:
    """Yield the words, a word wider than the room in parts of which all but the last end in a break mark."""
    for word in text.split():
        rest = word
        while _ems(rest) > room:
            at = _break(rest, room)
            yield rest[:at] + "\u00ad"
            rest = rest[at:]
        yield rest


def _break(word: str, room: float) -> int:
    """Find where a long word breaks: before a consonant and a vowel, as far on as the room allows."""
    best, last, used = 0, 1, 415.0
    for i, letter in enumerate(word):
        used += _advance(letter)
        if used > room:
            break
        last = i + 1
        after = word[i + 1 : i + 3]
        if i > 0 and len(word) - i > 3 and len(after) == 2 and after[0] not in _VOWELS and after[1] in _VOWELS:
            best = i + 1
    return min(best or last, len(word) - 1) or 1


def decimal(value: float, places: int, point: str = ".", *, sign: bool = False) -> str:
    """Format with a real minus sign and the language's decimal point; minus nothing is nothing."""
    if not isfinite(value):
        return "–"
    value = round(value, places) + 0.0
    text = f"{value:+.{places}f}" if sign else f"{value:.{places}f}"
    return text.replace("-", "−").replace(".", point)


def num(value: float) -> str:
    """Format a coordinate: one decimal, none where it is not needed."""
    return f"{value:.1f}".removesuffix(".0")


def overlaps(one: Box, other: Box) -> bool:
    """Say whether two boxes share any area."""
    return one[0] < other[2] and one[2] > other[0] and one[1] < other[3] and one[3] > other[1]


def is_free(box: Box, taken: Iterable[Box]) -> bool:
    """Say whether a box meets none of those taken."""
    return not any(overlaps(box, other) for other in taken)


def within(value: float, low: float, high: float) -> float:
    """Keep a value between two bounds."""
    return min(max(value, low), high)


class Sheet:
    """Collects the elements of one picture; `svg` gives them back as one image with its own words.

    A `walkable` picture is a group of links, which an image would keep from those who listen.
    """

    def __init__(
        self, width: float, height: float, title: str, uid: str, desc: str = "", *, walkable: bool = False
    ) -> None:
        described = f'<desc id="{uid}-desc">{escape(clean(desc))}</desc>' if desc else ""
        labelled = f"{uid}-title {uid}-desc" if desc else f"{uid}-title"
        self.parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" class="cx-chart" viewBox="0 0 {num(width)} {num(height)}" '
            f'width="{num(width)}" height="{num(height)}" role="{"group" if walkable else "img"}" '
            f'aria-labelledby="{labelled}" '
            f'font-family="{TEXT}" font-size="7"><title id="{uid}-title">{escape(clean(title))}</title>{described}'
        ]

    @contextmanager
    def linked(self, url: str, name: str) -> Iterator[None]:
        """Make a link of what is drawn meanwhile; nothing without an address."""
        if url:
            self.parts.append(f'<a href="{escape(url)}" aria-label="{escape(clean(name))}">')
        yield
        if url:
            self.parts.append("</a>")

    def line(self, start: Point, end: Point, tone: str, width: float = 0.5, dash: str = "") -> None:
        """Draw a straight line."""
        self.parts.append(
            f'<line class="s-{tone}" x1="{num(start[0])}" y1="{num(start[1])}" x2="{num(end[0])}" y2="{num(end[1])}" '
            f'stroke="{COLOURS[tone]}" stroke-width="{width}"' + (f' stroke-dasharray="{dash}"' if dash else "") + "/>"
        )

    def rect(self, box: Box, tone: str, radius: float = 0, opacity: float = 1) -> None:
        """Fill a rectangle."""
        x0, y0, x1, y1 = box
        self.parts.append(
            f'<rect class="f-{tone}" x="{num(x0)}" y="{num(y0)}" width="{num(max(x1 - x0, 0))}" '
            f'height="{num(max(y1 - y0, 0))}" fill="{COLOURS[tone]}"'
            + (f' rx="{radius}"' if radius else "")
            + (f' fill-opacity="{opacity}"' if opacity != 1 else "")
            + "/>"
        )

    def fill(self, d: str, tone: str, opacity: float = 1, clip: str = "") -> None:
        """Fill a path."""
        self.parts.append(
            f'<path class="f-{tone}" d="{d}" fill="{COLOURS[tone]}"'
            + (f' clip-path="url(#{clip})"' if clip else "")
            + (f' fill-opacity="{opacity}"' if opacity != 1 else "")
            + "/>"
        )

    def stroke(self, d: str, tone: str, width: float, opacity: float = 1, dash: str = "") -> None:
        """Draw along a path."""
        self.parts.append(
            f'<path class="s-{tone}" d="{d}" fill="none" stroke="{COLOURS[tone]}" stroke-width="{width}" '
            'stroke-linejoin="round" stroke-linecap="round"'
            + (f' stroke-opacity="{opacity}"' if opacity != 1 else "")
            + (f' stroke-dasharray="{dash}"' if dash else "")
            + "/>"
        )

    def dot(self, at: Point, radius: float, tone: str) -> None:
        """Draw a solid mark."""
        self.parts.append(
            f'<circle class="f-{tone}" cx="{num(at[0])}" cy="{num(at[1])}" r="{radius}" fill="{COLOURS[tone]}"/>'
        )

    def ring(self, at: Point, radius: float, tone: str, width: float = 1.4) -> None:
        """Draw an open mark, its inside the paper's colour."""
        self.parts.append(
            f'<circle class="f-surface s-{tone}" cx="{num(at[0])}" cy="{num(at[1])}" r="{radius}" '
            f'fill="{COLOURS["surface"]}" stroke="{COLOURS[tone]}" stroke-width="{width}"/>'
        )

    def half(self, at: Point, radius: float, tone: str) -> None:
        """Fill the left half of a round mark."""
        x, y = at
        self.fill(f"M{num(x)} {num(y - radius)}A{radius} {radius} 0 0 0 {num(x)} {num(y + radius)}Z", tone)

    def star(self, at: Point, radius: float, rank: int = 0) -> None:
        """Draw the sweet spot's star with its rank inside."""
        self.fill(star_path(*at, radius), "sweet")
        if rank:
            size = min(radius * 0.8, radius * 1.3 / measure(str(rank), 1, strong=True))
            self.text((at[0], at[1] + size * 0.38), str(rank), "surface", round(size, 1), "middle", strong=True)

    def state(self, at: Point, radius: float, status: str) -> None:
        """Draw ● done, ◐ under way or ○ planned."""
        if status == "done":
            self.dot(at, radius + 0.5, "brand")
            return
        self.ring(at, radius, "brand", 1.1)
        if status == "in_progress":
            self.half(at, radius, "brand")

    def text(self, at: Point, text: str, tone: str = "ink", size: float = 7, anchor: str = "start",
             *, strong: bool = False) -> None:  # fmt: skip
        """Write one line; `at` is the baseline's start, middle or end."""
        text = clean(text)
        if not text:
            return
        self.parts.append(
            f'<text class="f-{tone}{" b" if strong else ""}" x="{num(at[0])}" y="{num(at[1])}" fill="{COLOURS[tone]}" '
            f'font-size="{size}"'
            + (f' text-anchor="{anchor}"' if anchor != "start" else "")
            + (f' font-family="{STRONG}"' if strong else "")
            + f">{escape(text)}</text>"
        )

    def upright(self, at: Point, text: str, size: float) -> None:
        """Write one strong line from the bottom up."""
        self.parts.append(
            f'<text class="f-ink b" transform="translate({num(at[0])} {num(at[1])}) rotate(-90)" font-size="{size}" '
            f'font-family="{STRONG}" fill="{COLOURS["ink"]}">{escape(clean(text))}</text>'
        )

    def lines(self, at: Point, lines: Iterable[str], tone: str = "ink", size: float = 7, anchor: str = "start",
              *, strong: bool = False, leading: float = 1.2) -> None:  # fmt: skip
        """Write several lines under one another; `at` is the first baseline."""
        for i, line in enumerate(lines):
            self.text((at[0], at[1] + i * size * leading), line, tone, size, anchor, strong=strong)

    def clip(self, name: str, box: Box) -> None:
        """Name a rectangle that fills may be cut to."""
        x0, y0, x1, y1 = box
        self.parts.append(
            f'<clipPath id="{name}"><rect x="{num(x0)}" y="{num(y0)}" width="{num(x1 - x0)}" '
            f'height="{num(y1 - y0)}"/></clipPath>'
        )

    def svg(self) -> SafeString:
        """Return the picture. All text in it went through `escape`, so a template may print it as it is."""
        return SafeString("".join(self.parts) + "</svg>")


_STAR = ((0, -1), (0.247, -0.34), (0.951, -0.309), (0.4, 0.13), (0.588, 0.809),
         (0, 0.42), (-0.588, 0.809), (-0.4, 0.13), (-0.951, -0.309), (-0.247, -0.34))  # fmt: skip


def star_path(x: float, y: float, radius: float) -> str:
    """Return the outline of a five-pointed star."""
    return "M" + "L".join([f"{num(x + a * radius)} {num(y + b * radius)}" for a, b in _STAR]) + "Z"


def note_path(box: Box, small: float = 1, corner: float = 5) -> str:
    """Return the signature shape: a note whose lower left corner lifts."""
    x0, y0, x1, y1 = box
    c = within(corner, 0, min(x1 - x0, y1 - y0) / 2)
    s = within(small, 0, c)
    return (
        f"M{num(x0 + s)} {num(y0)}H{num(x1 - s)}Q{num(x1)} {num(y0)} {num(x1)} {num(y0 + s)}V{num(y1 - s)}"
        f"Q{num(x1)} {num(y1)} {num(x1 - s)} {num(y1)}H{num(x0 + c)}"
        f"Q{num(x0)} {num(y1)} {num(x0)} {num(y1 - c)}V{num(y0 + s)}Q{num(x0)} {num(y0)} {num(x0 + s)} {num(y0)}Z"
    )


def path(points: Sequence[Point]) -> str:
    """Return a broken line through the points."""
    return "M" + "L".join([f"{num(x)} {num(y)}" for x, y in points])


def curve(points: Sequence[Point]) -> str:
    """Return a smooth line through the points that never overshoots them (monotone cubic)."""
    if len(points) < 2:
        return path(points)
    slopes = [(b[1] - a[1]) / (b[0] - a[0]) for a, b in pairwise(points)]
    tangents = [slopes[0], *[0 if a * b <= 0 else 2 * a * b / (a + b) for a, b in pairwise(slopes)], slopes[-1]]
    d = [path(points[:1])]
    for i, ((x0, y0), (x1, y1)) in enumerate(pairwise(points)):
        third = (x1 - x0) / 3
        d.append(
            f"C{num(x0 + third)} {num(y0 + third * tangents[i])} {num(x1 - third)} "
            f"{num(y1 - third * tangents[i + 1])} {num(x1)} {num(y1)}"
        )
    return "".join(d)
