"""The contrast of every pair of colours that meet, computed from the token file: text, big text and signs."""

import math
import re
from functools import cache

import pytest
from django.conf import settings

OKLCH = r"oklch\(([\d.]+)% ([\d.]+) ([\d.]+)\)"
TOKEN = re.compile(rf"--([\w-]+): (?:light-dark\({OKLCH}, {OKLCH}\)|{OKLCH});")
MEANINGS = ["always", "never", "gap", "sweet", "metric"]
NOTES = ["note-yellow", "note-blue", "note-green", "note-pink", "note-lilac", "note-orange"]
PAPERS = ["canvas", "surface", "sunken"]
BODY, TEXT, SIGN = 7.0, 4.5, 3.0

EVERYWHERE = [
    *(("ink", paper, BODY) for paper in [*PAPERS, "brand-soft", "marker", *(f"{name}-soft" for name in MEANINGS)]),
    *(("canvas", "ink", BODY), ("on-brand", "brand", TEXT), ("on-brand", "brand-hover", TEXT)),
    *((ink, paper, TEXT) for ink in ("ink-2", "link", "brand", "danger", "ok", "warn") for paper in PAPERS),
    *(("brand", "brand-soft", TEXT), ("brand-hover", "canvas", TEXT)),
    *((name, paper, TEXT) for name in MEANINGS for paper in ("canvas", "surface", f"{name}-soft")),
    *((edge, paper, SIGN) for edge in ("line-strong", "focus") for paper in PAPERS),
]
ON_INK = [
    *((ink, well, BODY) for ink in ("ink",) for well in ("inkwell", "inkwell-2")),
    *((ink, "inkwell", TEXT) for ink in ("ink-2", "link", "brand", "gap", "note-yellow", "danger")),
    *((name, "inkwell", SIGN) for name in (*MEANINGS, "line-strong", "focus")),
]
ON_NOTES = [
    *(("ink", note, BODY) for note in NOTES),
    *((ink, note, TEXT) for ink in ("ink-2", "brand") for note in NOTES),
    *(("focus", note, SIGN) for note in NOTES),
]
PAIRS = [
    *((theme, *pair) for theme in ("light", "dark") for pair in EVERYWHERE),
    *(("dark", *pair) for pair in ON_INK),
    *(("light", *pair) for pair in ON_NOTES),
]


@cache
def tokens() -> dict[str, dict[str, float]]:
    """The luminance of every colour token in both themes."""
    sheet = (settings.BASE_DIR / "static" / "css" / "tokens.css").read_text(encoding="utf-8")
    found: dict[str, dict[str, float]] = {"light": {}, "dark": {}}
    for name, *numbers in TOKEN.findall(sheet):
        light, dark, alone = (numbers[start : start + 3] for start in (0, 3, 6))
        found["light"][name] = luminance(*map(float, alone if alone[0] else light))
        found["dark"][name] = luminance(*map(float, alone if alone[0] else dark))
    return found


def luminance(lightness: float, chroma: float, hue: float) -> float:
    """OKLCH to the relative luminance of WCAG, clipped to sRGB as a screen clips it."""
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    light = lightness / 100
    long = (light + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (light - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (light - 0.0894841775 * a - 1.2914855480 * b) ** 3
    red = 4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short
    green = -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short
    blue = -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short
    red, green, blue = (min(max(value, 0), 1) for value in (red, green, blue))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize(("theme", "front", "back", "least"), PAIRS)
def test_contrast(theme: str, front: str, back: str, least: float) -> None:
    colours = tokens()[theme]
    darker, lighter = sorted((colours[front], colours[back]))
    assert (lighter + 0.05) / (darker + 0.05) >= least


def test_luminance_of_known_colours() -> None:
    assert luminance(100, 0, 0) == pytest.approx(1, abs=0.001)
    assert luminance(0, 0, 0) == 0
    assert luminance(62.8, 0.2577, 29.23) == pytest.approx(0.2126, abs=0.002)  # pure red


def test_every_colour_is_read() -> None:
    sheet = (settings.BASE_DIR / "static" / "css" / "tokens.css").read_text(encoding="utf-8")
    assert len(tokens()["light"]) == len(re.findall(r"--[\w-]+: (?:light-dark|oklch)\(", sheet))
