"""What is built: complete, small, made once."""

import gzip
import re
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pytest
from django.conf import settings
from fontTools.ttLib import TTFont

from cxplan.kit import assets

STYLES = settings.BASE_DIR / "static" / "css"
SCRIPTS = settings.BASE_DIR / "static" / "js"
ALL_STYLES = [*assets.style_files(STYLES), *assets.room_style_files(STYLES)]


@pytest.fixture(scope="session")
def built() -> Path:
    """The checkout itself: what is up to date is not made again."""
    assets.build(settings.BASE_DIR)
    return Path(settings.BASE_DIR)


def test_a_second_build_makes_nothing(built: Path) -> None:
    assert assets.build(built) == []


def test_only_the_stale_is_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assets, "WEB_FONTS", {})
    monkeypatch.setattr(assets, "PDF_FONTS", {})
    for name in ("layers", "tokens", "reset", "base", "layout", "states"):
        sheet = tmp_path / "static" / "css" / f"{name}.css"
        sheet.parent.mkdir(parents=True, exist_ok=True)
        sheet.write_text(f".{name} {{ }}\n")
    po = tmp_path / "locale" / "fi" / "LC_MESSAGES" / "django.po"
    po.parent.mkdir(parents=True)
    po.write_text('msgid "gap"\nmsgstr "kuilu"\n')
    css, js = tmp_path / "build/assets/css/cxplan.css", tmp_path / "build/assets/js/cxplan.js"
    assert assets.build(tmp_path) == [css, js, po.with_suffix(".mo")]
    assert assets.build(tmp_path) == []
    (tmp_path / "static" / "css" / "base.css").write_text(".new { }")
    assert assets.build(tmp_path) == [css]
    assert ".new" in css.read_text()
    css.unlink()
    assert assets.build(tmp_path) == [css]
    (tmp_path / "build" / "assets.json").write_text("{half a fi")
    assert len(assets.build(tmp_path)) == 3


def test_an_up_to_date_build_needs_no_font_library(built: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from cxplan.kit import assets; assets.build(Path('.'));"
        "assert not any(name.startswith(('fontTools', 'django')) for name in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], cwd=built, check=True)


def test_the_style_sheet_is_one_and_small(built: Path) -> None:
    sheet = (built / "build/assets/css/cxplan.css").read_bytes()
    assert sheet.startswith(b"@layer reset, tokens, base, layout, components, pages, states;")
    assert b"@import" not in sheet
    assert b"!important" not in sheet
    assert b"/*" not in sheet
    assert len(gzip.compress(sheet)) <= 20_000


def test_the_rooms_have_a_sheet_and_a_script_of_their_own(built: Path) -> None:
    sheet = (built / "build/assets/css/room.css").read_bytes()
    script = (built / "build/assets/js/room.js").read_bytes()
    assert b"!important" not in sheet
    assert not re.search(rb"^\s*(import|export)\b", script, flags=re.MULTILINE)
    assert re.findall(rb"^\s*(/\*.*)", script, flags=re.MULTILINE) == [
        f"/* {file.name} */ {{".encode() for file in sorted((SCRIPTS / "room").glob("*.js"))
    ]
    assert len(gzip.compress(sheet)) <= 8_000
    assert len(gzip.compress(script)) <= 12_000


def test_the_style_sheet_keeps_every_rule(built: Path) -> None:
    def shape(text: str) -> int:
        return len(re.findall(r"[{}]", re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)))

    joined = (built / "build/assets/css/cxplan.css").read_text(encoding="utf-8")
    assert shape(joined) == sum(shape(file.read_text(encoding="utf-8")) for file in assets.style_files(STYLES))


@pytest.mark.parametrize("sheet", ALL_STYLES, ids=lambda path: path.name)
def test_a_style_sheet_names_its_layer(sheet: Path) -> None:
    text = re.sub(r"/\*.*?\*/", "", sheet.read_text(encoding="utf-8"), flags=re.DOTALL).strip()
    layer = sheet.parent.name if sheet.parent != STYLES else sheet.stem
    assert text.startswith("@layer reset," if layer == "layers" else f"@layer {layer} {{")


def test_every_custom_property_is_defined() -> None:
    text = "".join(file.read_text(encoding="utf-8") for file in ALL_STYLES)
    used = set(re.findall(r"var\((--[\w-]+)\)", text))  # those with a fallback may be unset
    assert used - set(re.findall(r"(--[\w-]+)\s*:", text)) == set()


def test_fonts_are_found_from_the_sheet(built: Path) -> None:
    sheet = built / "build/assets/css/cxplan.css"
    for address in re.findall(r'url\("([^"]+)"\)', sheet.read_text(encoding="utf-8")):
        assert (sheet.parent / address).resolve().exists()


@pytest.mark.parametrize("name", assets.WEB_FONTS)
def test_a_page_font_holds_finnish_and_varies(built: Path, name: str) -> None:
    data = (built / "build/assets/fonts" / f"{name}.woff2").read_bytes()
    font = TTFont(BytesIO(data))
    assert set(map(ord, "åäöÅÄÖšžéü–—’”…€−≥")) <= set(font.getBestCmap())
    assert [axis.axisTag for axis in font["fvar"].axes] == ["wght"]
    assert len(data) < 45_000


@pytest.mark.parametrize("family", assets.PDF_FONTS)
def test_a_print_font_is_static_and_has_the_marks(built: Path, family: str) -> None:
    font = TTFont(built / "build/pdf-fonts" / f"{family}.ttf")
    assert "fvar" not in font
    assert str(font["name"].getName(1, 3, 1, 0x409)) == family
    assert set(map(ord, "åäöÅÄÖ✕✓△★▮●○◐")) <= set(font.getBestCmap())


def test_the_script_is_one_module_without_imports(built: Path) -> None:
    script = (built / "build/assets/js/cxplan.js").read_text(encoding="utf-8")
    assert not re.search(r"^\s*(import|export)\b", script, flags=re.MULTILINE)
    assert script.count("/* ") >= len(list(SCRIPTS.glob("*.js")))
    assert len(gzip.compress(script.encode())) <= 10_000
