"""What is made at build time and never committed: fonts, the joined style sheet and script, compiled translations.

The fonts come out of two packages, `fontpkg-figtree` and `fontpkg-bricolage-grotesque`: variable woff2 for the page,
static TTF instances under names of their own for the PDF (two files of one family mix glyphs in WeasyPrint's SVG
text). Each product is made again only when what it is made of has changed; asking that needs no font library.
"""

import hashlib
import json
import math
import os
import re
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache, partial
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from cxplan.kit import catalog

if TYPE_CHECKING:
    from fontTools.ttLib import TTFont

FIGTREE: Final = ("fontpkg_figtree", "Figtree[wght].ttf")
BRICOLAGE: Final = ("fontpkg_bricolage_grotesque", "BricolageGrotesque[opsz,wdth,wght].ttf")

Axes = dict[str, Any]
Source = tuple[str, str]

WEB_FONTS: Final[dict[str, tuple[Source, Axes]]] = {
    "bricolage-grotesque": (BRICOLAGE, {"wdth": 100, "opsz": 28, "wght": (400, 800)}),
    "figtree": (FIGTREE, {"wght": (400, 800)}),
}
PDF_FONTS: Final[dict[str, tuple[Source, Axes]]] = {
    "CX Text": (FIGTREE, {"wght": 400}),
    "CX Text Strong": (FIGTREE, {"wght": 640}),
    "CX Head": (BRICOLAGE, {"opsz": 20, "wdth": 100, "wght": 700}),
    "CX Display": (BRICOLAGE, {"opsz": 96, "wdth": 96, "wght": 720}),
}
WEB_CHARACTERS: Final = [
    *(*range(0x20, 0x7F), *range(0xA0, 0x100), 0x131, 0x152, 0x153, 0x160, 0x161, 0x17D, 0x17E),
    *(0x2009, 0x200B, *range(0x2010, 0x2012), *range(0x2013, 0x2015), *range(0x2018, 0x201B)),
    *(*range(0x201C, 0x201F), 0x2022, 0x2026, 0x202F, 0x20AC, 0x2190, 0x2192, 0x2212, 0x2248, 0x2264, 0x2265),
]
PDF_CHARACTERS: Final = [
    *(*range(0x20, 0x180), *range(0x2010, 0x2027), 0x202F, 0x2032, 0x20AC, 0x2122),
    *(*range(0x2190, 0x2194), 0x2212, 0x221A, 0x2248, 0x2260, 0x2264, 0x2265),
]
WEB_FEATURES: Final = ["kern", "liga", "calt", "ccmp", "locl", "mark", "mkmk", "tnum", "case"]
PDF_FEATURES: Final = ["kern", "mark", "mkmk", "ccmp", "locl", "tnum", "lnum", "case"]


@dataclass(frozen=True)
class Product:
    """One file to be made, what it is made of, and how."""

    path: Path
    sources: tuple[Path, ...]
    make: Callable[[], bytes]


def build(root: Path) -> list[Path]:
    """Make what is missing or stale under `root`; answer with the files made."""
    record_file = root / "build" / "assets.json"
    record = _read(record_file)
    made: list[Path] = []
    for product in products(root):
        name, fingerprint = product.path.relative_to(root).as_posix(), _fingerprint(product.sources)
        if record.get(name) == fingerprint and product.path.exists():
            continue
        _write(product.path, product.make())
        record[name] = fingerprint
        made.append(product.path)
        _write(record_file, json.dumps(record, indent=1, sort_keys=True).encode())
    return made


def products(root: Path) -> Iterable[Product]:
    """Everything there is to make."""
    recipe = Path(__file__)
    for name, (source, axes) in WEB_FONTS.items():
        path = root / "build" / "assets" / "fonts" / f"{name}.woff2"
        yield Product(path, (recipe, font_file(source)), partial(web_font, source, axes))
    for family, (source, axes) in PDF_FONTS.items():
        path = root / "build" / "pdf-fonts" / f"{family}.ttf"
        yield Product(path, (recipe, font_file(source)), partial(pdf_font, family, source, axes))
    styles = style_files(root / "static" / "css")
    yield Product(root / "build/assets/css/cxplan.css", (recipe, *styles), partial(join_styles, styles))
    scripts = sorted((root / "static" / "js").glob("*.js"))
    yield Product(root / "build/assets/js/cxplan.js", (recipe, *scripts), partial(join_scripts, scripts))
    if styles := room_style_files(root / "static" / "css"):
        yield Product(root / "build/assets/css/room.css", (recipe, *styles), partial(join_styles, styles))
    if scripts := sorted((root / "static" / "js" / "room").glob("*.js")):
        yield Product(root / "build/assets/js/room.js", (recipe, *scripts), partial(join_scripts, scripts))
    if scripts := step_script_files(root / "static" / "js"):
        yield Product(root / "build/assets/js/step.js", (recipe, *scripts), partial(join_scripts, scripts))
    for po in sorted((root / "locale").glob("*/LC_MESSAGES/django.po")):
        sources = (recipe, Path(catalog.__file__), po)
        yield Product(po.with_suffix(".mo"), sources, partial(catalog.compiled_file, po))


def _read(file: Path) -> dict[str, str]:
    try:
        record: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return {}
    return record


def _write(path: Path, data: bytes) -> None:
    """All or nothing: a build that is killed leaves no half a font behind."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_bytes(data)
    draft.replace(path)


def _fingerprint(sources: Iterable[Path]) -> str:
    """Text by its content; a packaged font, which never changes in place, by size and time."""
    digest = hashlib.sha256()
    for source in sources:
        if source.suffix == ".ttf":
            stat = source.stat()
            digest.update(f"{source.name} {stat.st_size} {stat.st_mtime_ns}\n".encode())
        else:
            digest.update(source.name.encode() + b"\0" + source.read_bytes())
    return digest.hexdigest()


# Styles and scripts


def style_files(folder: Path) -> list[Path]:
    """In the order of the cascade layers; components and pages by name."""
    first = [folder / f"{name}.css" for name in ("layers", "tokens", "reset", "base", "layout")]
    middle = [*sorted((folder / "components").glob("*.css")), *sorted((folder / "pages").glob("*.css"))]
    return [*first, *middle, folder / "states.css"]


def room_style_files(folder: Path) -> list[Path]:
    """What only the live rooms need, in a sheet of its own beside the one that every page has."""
    return [file for part in ("components", "pages") for file in sorted((folder / "room" / part).glob("*.css"))]


def step_script_files(folder: Path) -> list[Path]:
    """What a step's page needs to stay in step with what others write: the streams of the rooms, and its own."""
    return [*sorted((folder / "room").glob("live.js")), *sorted((folder / "step").glob("*.js"))]


def join_styles(files: Iterable[Path]) -> bytes:
    """One sheet, without comments and indentation. Both stand in the sources, where they are read."""
    text = "".join(file.read_text(encoding="utf-8") for file in files)
    return re.sub(r"\s+", " ", re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)).strip().encode()


def join_scripts(files: Iterable[Path]) -> bytes:
    """One module without the comments that begin a line: each file becomes a block, so that no two share a name."""
    parts = (f"/* {file.name} */ {{\n{file.read_text(encoding='utf-8')}}}\n" for file in files)
    return re.sub(r"^[ \t]*/\*(?:(?!\*/).)*\*/\n", "", "".join(parts), flags=re.DOTALL | re.MULTILINE).encode()


# Fonts


@cache
def font_file(source: Source) -> Path:
    package, name = source
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise FileNotFoundError(f"The package {package.replace('_', '-')} is not installed.")
    return Path(spec.origin).parent / "files" / name


def web_font(source: Source, axes: Axes) -> bytes:
    """A variable woff2 with the characters of western European text."""
    from fontTools.ttLib import TTFont  # noqa: PLC0415  # slow to import, and needed only when stale
    from fontTools.varLib.instancer import instantiateVariableFont  # noqa: PLC0415

    font = _subset(TTFont(font_file(source)), WEB_CHARACTERS, WEB_FEATURES, hinting=False)
    made = instantiateVariableFont(TTFont(BytesIO(_bytes(font))), axes)
    made.flavor = "woff2"
    return _bytes(made)


def pdf_font(family: str, source: Source, axes: Axes) -> bytes:
    """A static TTF under a family name of its own, with the marks of the identity drawn in."""
    from fontTools.ttLib import TTFont  # noqa: PLC0415
    from fontTools.varLib.instancer import instantiateVariableFont  # noqa: PLC0415

    font = instantiateVariableFont(TTFont(font_file(source)), axes, inplace=True)
    font = _subset(font, PDF_CHARACTERS, PDF_FEATURES, hinting=True)
    for name, code, shapes, advance in _marks():
        _add_glyph(font, name, code, shapes, advance)
    names = {1: family, 2: "Regular", 3: family, 4: family, 6: family.replace(" ", "") + "-Regular"}
    for name_id, text in names.items():
        font["name"].setName(text, name_id, 3, 1, 0x409)
    font["OS/2"].usWeightClass = 400
    font["OS/2"].fsSelection = 0x40
    font["head"].macStyle = 0
    if "STAT" in font:
        del font["STAT"]
    return _bytes(font)


def _subset(font: "TTFont", characters: Iterable[int], features: list[str], *, hinting: bool) -> "TTFont":
    from fontTools.subset import Options, Subsetter  # noqa: PLC0415

    options = Options()
    options.layout_features = features
    options.hinting = hinting
    options.name_IDs = [1, 2, 3, 4, 5, 6, 13, 14]
    options.notdef_outline = True
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=characters)
    subsetter.subset(font)
    return font


def _bytes(font: "TTFont") -> bytes:
    buffer = BytesIO()
    font.save(buffer)
    return buffer.getvalue()


# The marks of the identity, for paper: no page depends on a fallback font

Polygon = list[tuple[int, int]]


def _add_glyph(font: "TTFont", name: str, code: int, shapes: list[Polygon], advance: int) -> None:
    from fontTools.pens.ttGlyphPen import TTGlyphPen  # noqa: PLC0415

    pen = TTGlyphPen(None)
    for shape in shapes:
        pen.moveTo(shape[0])
        for point in shape[1:]:
            pen.lineTo(point)
        pen.closePath()
    glyph = pen.glyph()
    font.setGlyphOrder([*font.getGlyphOrder(), name])
    font["glyf"][name] = glyph
    glyph.recalcBounds(font["glyf"])
    font["hmtx"][name] = (advance, glyph.xMin)
    for table in font["cmap"].tables:
        if table.isUnicode():
            table.cmap[code] = name


def _circle(radius: float, x: float = 380, y: float = 350, *, hole: bool = False) -> Polygon:
    angles = [math.radians(degrees) for degrees in range(0, 360, 6)]
    points = [(round(x + radius * math.cos(angle)), round(y + radius * math.sin(angle))) for angle in angles]
    return points if hole else points[::-1]


def _star(outer: float = 390, inner: float = 165, x: float = 400, y: float = 345) -> Polygon:
    points = []
    for corner in range(10):
        radius, angle = (outer, inner)[corner % 2], math.radians(90 - 36 * corner)
        points.append((round(x + radius * math.cos(angle)), round(y + radius * math.sin(angle))))
    return points


def _cross(reach: float = 270, half: float = 52, x: float = 350, y: float = 350) -> Polygon:
    near, far, middle = reach - half, reach + half, half * math.sqrt(2)
    corners = [
        *((0, middle), (near, far), (far, near), (middle, 0), (far, -near), (near, -far)),
        *((0, -middle), (-near, -far), (-far, -near), (-middle, 0), (-far, near), (-near, far)),
    ]
    return [(round(x + dx), round(y + dy)) for dx, dy in corners]


def _marks() -> list[tuple[str, int, list[Polygon], int]]:
    """✕ never, ✓ always, △ gap, ★ sweet spot, ▮ metric; ● ◐ ○ done, under way, planned."""
    tick = [(40, 330), (125, 415), (275, 262), (610, 660), (705, 580), (280, 90)]
    triangle, opening = [(400, 700), (780, 20), (20, 20)], [(165, 105), (635, 105), (400, 528)]
    half = sorted((point for point in _circle(315) if point[0] <= 382), key=lambda point: point[1])
    ring = [_circle(315), _circle(235, hole=True)]
    return [
        ("cx_never", 0x2715, [_cross()], 700),
        ("cx_always", 0x2713, [tick], 740),
        ("cx_gap", 0x25B3, [triangle, opening], 800),
        ("cx_sweet", 0x2605, [_star()], 800),
        ("cx_metric", 0x25AE, [[(80, -10), (80, 710), (380, 710), (380, -10)]], 540),
        ("cx_done", 0x25CF, [_circle(315)], 760),
        ("cx_planned", 0x25CB, ring, 760),
        ("cx_started", 0x25D0, [*ring, half], 760),
    ]


if __name__ == "__main__":
    build(Path(sys.argv[1]))
