"""A plan is inert: whatever people write in it, printing opens no connection and no file, and runs nothing."""

import io
import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2  # type: ignore[import-untyped]
import pytest
from django.utils import translation

from roadmap.exports import assets, engine
from roadmap.exports.errors import ExportError
from roadmap.exports.options import Page, Part
from roadmap.exports.pdf import markup, render_plan
from tests.roadmap.exports.plans import OPTIONS, demo, written_by

SECRET = "canary-5f1e7c0d93"
VECTORS = [
    '<img src="{net}/1.png">',
    '<img src="{file}">',
    '<img srcset="{net}/2.png 2x">',
    '<link rel="stylesheet" href="{net}/3.css">',
    '<link rel="attachment" href="{file}">',
    '<a rel="attachment" href="{file}">a</a>',
    '<a href="{file}">a</a>',
    "<style>@import url({net}/4.css);</style>",
    "<style>body{{background:url({net}/5.png)}}</style>",
    '<style>@font-face{{font-family:"CX Text";src:url({net}/6.ttf)}}</style>',
    "<style>@color-profile device-cmyk{{src:url({net}/7.icc)}}</style>",
    "<style>li{{list-style-image:url({net}/8.png)}}</style>",
    "<style>p::before{{content:url({file})}}</style>",
    "<style>@page{{background:url({net}/9.png)}}</style>",
    '<p style="background-image:url({net}/10.png)">p</p>',
    '<object data="{net}/11.svg"></object>',
    '<object data="{file}"></object>',
    '<embed src="{net}/12.svg">',
    '<iframe src="{net}/13.html"></iframe>',
    '<svg><image href="{net}/14.png"/></svg>',
    '<svg><image xlink:href="{file}"/></svg>',
    '<svg><use href="{net}/15.svg#a"/></svg>',
    '<svg><style>@import "{net}/16.css";</style></svg>',
    '<input type="image" src="{net}/17.png">',
    '<base href="{net}/"><img src="18.png">',
    '<meta http-equiv="refresh" content="0;url={net}/19">',
    '<script src="{net}/20.js"></script>',
    '<video poster="{net}/21.png"></video>',
    '"><img src={net}/22.png x="',
    "'><img src='{net}/23.png'>",
    '</style><img src="{net}/24.png">',
    '</title><link rel=stylesheet href="{net}/25.css">',
    '<?xml-stylesheet href="{net}/26.css"?>',
    '<!DOCTYPE x [<!ENTITY e SYSTEM "{file}">]>&e;',
    '{{% include "{file}" %}}{{{{ settings.SECRET_KEY }}}}{{% load i18n %}}',
    "url({net}/27.png) \\75 rl({file})",
    "cxplan-asset:../../../../{file}",
]


class Canary:
    """A listening port that counts who calls, and a file that holds a secret."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "secret.txt"
        self.file.write_text(SECRET, encoding="utf-8")
        self.calls = 0
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.thread = threading.Thread(target=self._listen, daemon=True)
        self.thread.start()

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            self.calls += 1
            connection.sendall(b"HTTP/1.0 404 no\r\nContent-Length: 0\r\n\r\n")
            connection.close()

    def vectors(self) -> list[str]:
        net = f"http://127.0.0.1:{self.socket.getsockname()[1]}"
        return [vector.format(net=net, file=self.file.as_uri()) for vector in VECTORS]


@pytest.fixture
def canary(tmp_path: Path) -> Iterator[Canary]:
    found = Canary(tmp_path)
    yield found
    found.socket.shutdown(socket.SHUT_RDWR)
    found.socket.close()
    found.thread.join(5)


def holds_secret(data: bytes) -> bool:
    """Look for the secret in the file, in every stream of it, and in its attachments and text."""
    if SECRET.encode() in data:
        return True
    with pikepdf.open(io.BytesIO(data)) as pdf:
        streams = (one.read_bytes() for one in pdf.objects if isinstance(one, pikepdf.Stream) and _readable(one))
        if any(SECRET.encode() in stream for stream in streams) or pdf.attachments:
            return True
    return any(SECRET in page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(data))


def _readable(stream: pikepdf.Stream) -> bool:
    return str(stream.get("/Filter", "")) in ("", "/FlateDecode")


class Tags(HTMLParser):
    """The elements and addresses of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.addresses: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.addresses |= {
            value or "" for name, value in attrs if name in ("href", "src", "data", "xlink:href", "poster")
        }


def tags(html: str) -> Tags:
    found = Tags()
    found.feed(html)
    return found


@cache
def plain() -> set[str]:
    """The elements that the demo's own page is made of."""
    with translation.override("en"):
        return tags(markup(demo("en"), OPTIONS)).names


def test_the_canary_hears_the_engine_left_to_itself(canary: Canary) -> None:
    """The tests below mean something: without the fetcher the same vectors call, and take the file."""
    unguarded: Any = engine.load()
    calling = "".join(f"<div>{vector}</div>" for vector in canary.vectors() if "color-profile" not in vector)
    data = unguarded.HTML(string=f"<html><body>{calling}</body></html>").write_pdf()
    assert canary.calls >= 8
    assert holds_secret(data)


def test_the_fetcher_alone_stops_every_vector(canary: Canary) -> None:
    found = assets.assets(Page.PLAN, [], set())
    for vector in canary.vectors():
        try:
            data = engine.write(f"<html lang=en><head><title>t</title></head><body>{vector}</body></html>", found)
        except ExportError:
            continue
        assert not holds_secret(data), vector
    assert canary.calls == 0


def test_what_the_engine_chokes_on_is_one_clear_error(canary: Canary) -> None:
    choking = next(vector for vector in canary.vectors() if "color-profile" in vector)
    with pytest.raises(ExportError, match="could not be laid out"), translation.override("en"):
        engine.write(f"<html><body>{choking}</body></html>", {})
    assert canary.calls == 0


@pytest.mark.parametrize("number", range(len(VECTORS)))
def test_every_field_is_escaped(number: int, canary: Canary) -> None:
    vector = canary.vectors()[number]
    with translation.override("en"):
        html = markup(written_by([vector]), OPTIONS)
    hostile = tags(html)
    assert hostile.names <= plain()
    assert all(address.startswith(("#", "cxplan-asset:")) for address in hostile.addresses)
    assert vector.split(">")[0][:20] in unescape(html)


def test_a_plan_full_of_attacks_is_printed_and_calls_nobody(canary: Canary) -> None:
    data = render_plan(written_by(canary.vectors()), OPTIONS)
    assert canary.calls == 0
    assert not holds_secret(data)


@pytest.mark.parametrize("page", [Page.POSTER, Page.CARDS])
def test_poster_and_cards_are_inert_too(page: Page, canary: Canary) -> None:
    for start in (0, 9, 18, 27):
        assert not holds_secret(render_plan(written_by(canary.vectors(), start), replace(OPTIONS, page=page)))
    assert canary.calls == 0


def test_the_fetcher_knows_only_its_own_names() -> None:
    fetcher = engine.fetcher(assets.assets(Page.PLAN, [], set()))
    assert fetcher.fetch("cxplan-asset:plan.css").headers.get_content_type() == "text/css"
    for address in ("http://127.0.0.1/", "file:///etc/passwd", "data:text/css,x", "cxplan-asset:../x", "plan.css", ""):
        with pytest.raises(ValueError, match="its own assets"):
            fetcher.fetch(address)


def test_odd_characters_are_printed_or_passed_over() -> None:
    texts = ["\x00\x01null", "\u202ertl", "\u0000", "𝕏 emoji 🙂", "a\u0301\u0302", "\ufeffbom", "\u2028line"]
    assert render_plan(written_by(texts), replace(OPTIONS, part=Part.SUMMARY)).startswith(b"%PDF")
