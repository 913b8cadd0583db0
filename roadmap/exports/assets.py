"""What a printed page may use: fonts, sheets and ornaments, all from memory.

The engine's fetcher knows the names made here (`cxplan-asset:plan.css`) and refuses every other address, so no
text in a plan can make the engine open a connection or a file.
"""

import re
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from cxplan.kit.charts import ornaments
from roadmap.exports.errors import Unavailable
from roadmap.exports.options import Page

SCHEME = "cxplan-asset:"
FAMILIES = ("CX Text", "CX Text Strong", "CX Head", "CX Display")
SHEETS = Path("static") / "css" / "pdf"
A2 = 2**0.5
CARD, CARD_GRID, CARD_ORIGIN = (85.0, 54.0), (2, 5), (20.0, 13.5)

Asset = tuple[bytes, str]
"""A file's bytes and its media type."""


def fonts() -> dict[str, bytes]:
    """Read the fonts that `manage.py build_assets` made. Raises Unavailable where it has not been run."""
    folder = settings.BASE_DIR / "build" / "pdf-fonts"
    try:
        return {_file(family): (folder / f"{family}.ttf").read_bytes() for family in FAMILIES}
    except FileNotFoundError as error:
        raise Unavailable(_("The print fonts are missing: run manage.py build_assets.")) from error


def sheet(name: str) -> bytes:
    """Read a style sheet of the printed pages."""
    return bytes((settings.BASE_DIR / SHEETS / name).read_bytes())


def assets(page: Page, values: list[float], stars: set[int]) -> dict[str, Asset]:
    """Gather everything the pages of one document use.

    `values` is the journey's emotion 1–5 in order, `stars` the places of the sweet spots in it.
    """
    made: dict[str, Asset] = {name: (data, "font/ttf") for name, data in fonts().items()}
    made["fonts.css"] = (_faces().encode(), "text/css")
    match page:
        case Page.PLAN:
            made["plan.css"] = (sheet("plan.css"), "text/css")
            drawings = {"cover": ornaments.cover(values, stars), "logo": ornaments.logo()}
            drawings |= {f"opener-{i}": ornaments.opener(values, i) for i in range(1, 5)}
            drawings |= {f"way-{i}": ornaments.way(i) for i in range(13)}
        case Page.POSTER | Page.POSTER_A2:
            css = sheet("poster.css").decode()
            made["poster.css"] = (scaled(css, A2 if page is Page.POSTER_A2 else 1).encode(), "text/css")
            drawings = {"poster": ornaments.poster(values, stars)}
        case Page.CARDS:
            made["cards.css"] = (sheet("cards.css"), "text/css")
            drawings = {"crops": ornaments.crops(CARD, CARD_GRID, CARD_ORIGIN)}
    return made | {f"{name}.svg": (svg.encode(), "image/svg+xml") for name, svg in drawings.items()}


def scaled(css: str, factor: float) -> str:
    """Enlarge a sheet made in millimetres and points."""
    if factor == 1:
        return css
    return re.sub(r"(\d*\.?\d+)(mm|pt)\b", lambda found: f"{float(found[1]) * factor:.2f}{found[2]}", css)


def _file(family: str) -> str:
    return family.lower().replace(" ", "-") + ".ttf"


def _faces() -> str:
    return "".join(f'@font-face{{font-family:"{one}";src:url({SCHEME}{_file(one)})}}' for one in FAMILIES)
