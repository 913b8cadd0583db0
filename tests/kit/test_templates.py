"""What holds for every template: the policy forbids inline code and style, and translations are trimmed."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.template import Context, Template

from cxplan.kit.templatetags import ui

FORBIDDEN = {
    "a style attribute": re.compile(r"<[^>]*\sstyle\s*="),
    "a style element": re.compile(r"<style\b"),
    "an inline script": re.compile(r"<script\b(?![^>]*\bsrc=)"),
    "an event attribute": re.compile(r"<[^>]*\son[a-z]+\s*="),
    "code for htmx": re.compile(r"\shx-on\b|\shx-vars\b|[\"']js:|[\"']javascript:"),
    "an address elsewhere": re.compile(r"(?:src|href|action)=[\"'](?:https?:)?//"),
}
ICON = re.compile(r'\{% icon "([\w-]+)"|\bicon="([\w-]+)"')
MARK = re.compile(r'\{% marked? "([\w-]+)"')
UNTRIMMED = re.compile(r"\{%-?\s*blocktrans(?:late)?\b(?![^%]*\btrimmed\b)")


def templates() -> Iterator[Path]:
    """The pages. Printed documents are no pages: they have a style sheet and a policy of their own."""
    for folder in ("templates", "cxplan", "journeys", "roadmap"):
        for path in sorted((settings.BASE_DIR / folder).rglob("*.html")):
            if "pdf" not in path.parts and "exports" not in path.parts:
                yield path.relative_to(settings.BASE_DIR)


ALL = [str(path) for path in templates()]


@pytest.mark.parametrize("path", ALL)
@pytest.mark.parametrize("what", FORBIDDEN)
def test_template_has_nothing_inline(path: str, what: str) -> None:
    source = (settings.BASE_DIR / path).read_text(encoding="utf-8")
    assert not FORBIDDEN[what].search(source), what


@pytest.mark.parametrize("path", ALL)
def test_translations_are_trimmed(path: str) -> None:
    assert not UNTRIMMED.search((settings.BASE_DIR / path).read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", [path for path in ALL if path.startswith("templates/ui/")])
def test_every_component_file_is_used(path: str) -> None:
    name = path.removeprefix("templates/")
    folders = [settings.BASE_DIR / folder for folder in ("templates", "cxplan", "journeys", "roadmap")]
    sources = (path for folder in folders for path in folder.rglob("*") if path.suffix in {".html", ".py"})
    assert any(f'"{name}"' in source.read_text(encoding="utf-8") for source in sources)


@pytest.mark.parametrize("path", ALL)
def test_icons_and_marks_exist(path: str) -> None:
    source = (settings.BASE_DIR / path).read_text(encoding="utf-8")
    assert {beside or inside for beside, inside in ICON.findall(source)} <= ui.icons()
    assert set(MARK.findall(source)) <= ui.MARKS.keys()


@pytest.mark.parametrize(
    "source",
    [
        '<p style="color: red">',
        "<style>p {}</style>",
        "<script>alert(1)</script>",
        '<a onclick="x()">',
        '<a hx-on:click="x()">',
        "<a hx-vals='js:{a: b}'>",
        '<img src="//cdn.example/x.png">',
    ],
)
def test_the_patterns_find_what_they_forbid(source: str) -> None:
    assert sum(bool(pattern.search(source)) for pattern in FORBIDDEN.values()) == 1


def test_what_fills_the_dialog_says_how() -> None:
    """Else it inherits the swap of the section it stands in, and takes the place of dialogs away."""
    tags = [
        tag
        for path in Path(settings.BASE_DIR, "templates").rglob("*.html")
        for tag in re.findall(r'<\w+ [^>]*hx-target="#dialog"[^>]*>', path.read_text())
    ]
    assert len(tags) > 3
    assert [tag for tag in tags if 'hx-swap="innerHTML"' not in tag] == []


def test_no_template_has_to_load_the_components() -> None:
    assert Template('{% icon "check" %}').render(Context())
