"""The printed page as a reader and an eye meet it: order of headings, heads of tables, letters, ink on every page."""

import io
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from functools import cache
from itertools import pairwise
from typing import Any

import pikepdf
import pypdfium2  # type: ignore[import-untyped]
import pytest

from roadmap.domain.plan import Interview
from roadmap.exports.options import Part
from roadmap.exports.pdf import fingerprint, render_plan
from tests.roadmap.exports.plans import EMPTY, OPTIONS, PANGRAM, demo

MILLIMETRE = 72 / 25.4
HEAD, FOOT = 26.0, 22.0
"""What stands above and below the room for content, in millimetres."""
LEAST_FILLED = 0.4
"""How far down its room the lowest ink of a page must reach: a page that ends higher looks forgotten."""
KINDS = {
    "fi": (demo("fi"), replace(OPTIONS, language="fi")),
    "en": (demo("en"), replace(OPTIONS, language="en")),
    "summary": (demo("fi"), replace(OPTIONS, part=Part.SUMMARY)),
    "step": (demo("fi"), replace(OPTIONS, part=Part.STEP, step=12)),
    "empty": (EMPTY, OPTIONS),
}


@cache
def printed(kind: str) -> bytes:
    """A document of one of the kinds, printed once for all tests here."""
    return render_plan(*KINDS[kind])


@dataclass(frozen=True, slots=True)
class Element:
    """An element of a document's structure: what it is, its own id, and the ids of the heads it stands under."""

    kind: str
    id: str
    heads: frozenset[str]


def structure(data: bytes) -> list[Element]:
    """Every structure element in the order of reading."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        return list(_below(pdf.Root.StructTreeRoot.K))


def _below(node: Any) -> Iterator[Element]:
    if isinstance(node, pikepdf.Array):
        for one in list(node):
            yield from _below(one)
    elif isinstance(node, pikepdf.Dictionary) and "/S" in node:
        heads = list(node.A.Headers) if "/A" in node and "/Headers" in node.A else []
        yield Element(str(node.S)[1:], str(node.get("/ID", "")), frozenset(map(str, heads)))
        if "/K" in node:
            yield from _below(node.K)


@pytest.mark.parametrize("kind", KINDS)
def test_headings_begin_at_the_first_level_and_skip_none(kind: str) -> None:
    kinds = [element.kind for element in structure(printed(kind))]
    levels = [int(name[1:]) for name in kinds if name[0] == "H" and name[1:].isdigit()]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels)), levels


@pytest.mark.parametrize("kind", ["fi", "step"])
def test_every_cell_of_a_table_knows_its_heads(kind: str) -> None:
    elements = structure(printed(kind))
    heads = {element.id for element in elements if element.kind == "TH"}
    cells = [element for element in elements if element.kind == "TD"]
    assert len(cells) > 60
    assert all(cell.heads & heads for cell in cells)


@pytest.mark.parametrize("kind", KINDS)
def test_the_document_tells_its_title_and_its_conformance(kind: str) -> None:
    plan, _options = KINDS[kind]
    with pikepdf.open(io.BytesIO(printed(kind))) as pdf:
        about = pdf.Root.Metadata.read_bytes().decode()
        assert pdf.Root.ViewerPreferences.DisplayDocTitle
    assert plan.programme.name in about
    assert "<pdfuaid:part>1</pdfuaid:part>" in about or 'pdfuaid:part="1"' in about


@pytest.mark.parametrize("kind", KINDS)
def test_version_and_hash_stand_on_every_page(kind: str) -> None:
    plan, options = KINDS[kind]
    for number, page in enumerate(pypdfium2.PdfDocument(printed(kind)), 1):
        text = page.get_textpage().get_text_range()
        assert options.version in text, number
        assert fingerprint(plan, options)[:12] in text, number


@pytest.mark.parametrize("kind", ["fi", "en", "summary", "empty"])
def test_no_page_ends_high_up(kind: str) -> None:
    """Every page of the demo and of an empty programme, the last of its part too."""
    for number, page in enumerate(pypdfium2.PdfDocument(printed(kind)), 1):
        assert _filled(page) >= LEAST_FILLED, f"page {number} of {kind} ends at {_filled(page):.0%}"


def test_a_page_that_ends_high_up_is_noticed() -> None:
    alone = render_plan(EMPTY, replace(OPTIONS, part=Part.STEP, step=5))
    assert _filled(pypdfium2.PdfDocument(alone)[0]) < LEAST_FILLED


def _filled(page: Any) -> float:
    """How far down the room for content the lowest ink reaches, 0–1."""
    per_millimetre = 2
    picture = page.render(scale=per_millimetre / MILLIMETRE).to_pil().convert("RGB")
    room = picture.crop((0, int(HEAD * per_millimetre), picture.width, picture.height - int(FOOT * per_millimetre)))
    paper = room.getpixel((room.width - 4, room.height - 1))
    rows = [y for y in range(room.height) if any(room.getpixel((x, y)) != paper for x in range(8, room.width - 8))]
    return float(rows[-1] + 1) / room.height if rows else 0.0


@pytest.mark.parametrize(("dotted", "plain"), [("ö", "o"), ("ä", "a"), ("Å", "A")])
def test_letters_with_dots_and_rings_are_drawn(dotted: str, plain: str) -> None:
    """As wide as the letter without, taller, and with ink in what is added: not a box for a missing letter."""
    words = replace(PANGRAM, programme=replace(PANGRAM.programme, purpose="Törkylempijävongahdus Ape, Åkerö"))
    page = pypdfium2.PdfDocument(render_plan(words, OPTIONS))[0]
    text = page.get_textpage()
    start = text.get_text_range().replace("\r\n", "\n" * 2).index("Törky")
    written = text.get_text_range(start, 32)
    there, bare = (text.get_charbox(start + written.index(letter)) for letter in (dotted, plain))
    assert there[2] - there[0] == pytest.approx(bare[2] - bare[0], abs=0.6)
    assert there[3] - there[1] > (bare[3] - bare[1]) * 1.1
    scale = 8
    picture = page.render(scale=scale).to_pil().convert("L")
    height = page.get_height()
    above = (there[0] * scale, (height - there[3]) * scale, there[2] * scale, (height - bare[3] - 0.1) * scale)
    lightest, darkest = picture.crop(tuple(map(round, above))).getextrema()[::-1]
    assert lightest - darkest > 80


def test_an_interviewee_has_no_name_to_print() -> None:
    """A record of an interview has a pseudonym and nothing that would tell whose it is, in print or before it."""
    assert {field.name for field in fields(Interview)}.isdisjoint({"name", "person", "interviewee", "email", "phone"})
    people = {person.name.casefold() for person in demo("fi").people}
    labels = {interview.label.casefold() for interview in demo("fi").interviews}
    assert labels
    assert not labels & people
