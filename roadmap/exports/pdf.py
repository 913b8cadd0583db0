"""A plan as a PDF: document → HTML → bytes. No request, no database, no clock, no network, no file of the user's.

The same plan, options, templates, fonts and engine give the same bytes; `fingerprint` is the hash of them.
"""

import hashlib
from dataclasses import replace
from pathlib import Path

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from roadmap.domain.plan import PersonalPillar, Plan
from roadmap.exports import assets, engine, limits
from roadmap.exports.book import rows
from roadmap.exports.chapters.pillars import OwnPillar
from roadmap.exports.document import Outline, document, line, outline, title_size
from roadmap.exports.options import Options, Page, Part
from roadmap.exports.progress import Progress, Report, watched

CARDS_PER_SHEET = 10


def render_plan(plan: Plan, options: Options, report: Report | None = None) -> bytes:
    """Render a plan, its poster or its cards as a PDF/UA-1 document.

    `report` is told how far it is and never hears a smaller number. Raises ExportError, with a message for
    people in the plan's language, where the plan is over a cap or the server lacks what it needs.
    """
    shown = visible(plan)
    with translation.override(options.language or plan.default_language):
        limits.check(shown, options)
        engine.load()
        html = markup(shown, options)
        found = assets.assets(options.page, *line(shown))
        if report:
            report(Progress(2))
        with watched(report, _expected_pages(html, options)):
            data = engine.write(html, found)
        if report:
            report(Progress(100))
        return data


def markup(plan: Plan, options: Options) -> str:
    """Return the HTML that is printed, in the active language; all text in it is escaped by the template."""
    if options.page is Page.PLAN:
        doc = document(plan, options, fingerprint(plan, options))
        return render_to_string("pdf/plan.html", {"doc": doc})
    short = outline(plan, options)
    if options.page is Page.CARDS:
        pillars = [pillar for side in short.sides for pillar in side.pillars]
        crowded = sum(len(pillar.statement) + 30 for pillar in pillars) > 560
        return render_to_string("pdf/cards.html", {"doc": short, "sheets": _sheets(short.own), "crowded": crowded})
    factor = assets.A2 if options.page is Page.POSTER_A2 else 1.0
    return render_to_string("pdf/poster.html", {"doc": short, **_poster_sizes(short, factor)})


def fingerprint(plan: Plan, options: Options) -> str:
    """Return the SHA-256 of everything the file follows from, as 64 hex digits.

    What is not visible to the whole programme has no part in it.
    """
    digest = hashlib.sha256()
    for part in (repr(visible(plan)), repr(options)):
        digest.update(part.encode("utf-8", "surrogatepass"))
        digest.update(b"\0")
    digest.update(made_of().encode())
    return digest.hexdigest()


def made_of() -> str:
    """Return the SHA-256 of what every file is made with: templates, sheets, fonts, words, code and engine."""
    digest = hashlib.sha256(f"{engine.VARIANT}\0{engine.load().__version__}\0".encode())
    for path in _made_of():
        digest.update(path.read_bytes())
        digest.update(b"\0")
    return digest.hexdigest()


def visible(plan: Plan) -> Plan:
    """Return the plan without the words, the writer and the links to touchpoints of pillars not shared with everyone.

    That they exist, and which pillars they serve, still counts in the traceability rules.
    """
    return replace(plan, personal_pillars=tuple(map(_veiled, plan.personal_pillars)))


def _veiled(one: PersonalPillar) -> PersonalPillar:
    if one.visibility == "programme":
        return one
    return replace(one, statement="", person=None, team=None, touchpoints=())


def _made_of() -> list[Path]:
    """Return the files a rendered page is made of, beside the plan."""
    base: Path = settings.BASE_DIR
    found = sorted((base / "templates" / "pdf").rglob("*.html")) + sorted((base / assets.SHEETS).glob("*.css"))
    found += sorted((base / "build" / "pdf-fonts").glob("*.ttf")) + sorted((base / "locale").rglob("*.mo"))
    return found + sorted(Path(__file__).parent.rglob("*.py")) + [Path(__file__).with_name("hyph_fi.dic")]


def _expected_pages(html: str, options: Options) -> int:
    """Guess the number of pages from what stands on them: rows, cards and full pages."""
    if options.page is not Page.PLAN:
        return max(html.count('class="sheet"'), 1)
    weight = (
        html.count("<tr") + 5 * html.count('class="two') + 4 * html.count("<figure") + 3 * html.count('class="head')
    )
    return (5 if options.part is Part.FULL else 1) + html.count('class="opener') + weight // 17


def _sheets(own: tuple[OwnPillar, ...]) -> list[tuple[tuple[OwnPillar | None, ...], ...]]:
    """Set cards ten to a sheet in pairs; the places left over are blank cards to write on."""
    blank = [None] * ((CARDS_PER_SHEET - len(own) % CARDS_PER_SHEET) % CARDS_PER_SHEET if own else CARDS_PER_SHEET)
    cards: list[OwnPillar | None] = [*own, *blank]
    return [rows(sheet, 2) for sheet in rows(cards, CARDS_PER_SHEET)]


def _poster_sizes(short: Outline, factor: float) -> dict[str, int | str]:
    """Choose the sizes at which the vision and the longer side of the pillars fit the poster."""
    longest = max([" ".join(pillar.statement for pillar in side.pillars) for side in short.sides], key=len, default="")
    count = max([len(side.pillars) for side in short.sides], default=0)
    room = 420.0 - 18 * count
    return {
        "sheet": "poster.css",
        "size": round(title_size(short.statement or short.name, 640, 350, 46) * factor),
        "text": round(title_size(longest, 330, max(room, 60), 26, 9) * factor),
    }
