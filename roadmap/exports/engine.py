"""The PDF engine: HTML and its assets from memory → the bytes of a PDF/UA-1 file."""

import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pyphen  # type: ignore[import-untyped]
from django.utils.translation import gettext as _

from roadmap.exports.assets import SCHEME, Asset
from roadmap.exports.errors import ExportError, Unavailable

VARIANT = "pdf/ua-1"
CHOKED = (
    AssertionError,
    ValueError,
    RecursionError,
    MemoryError,
    ArithmeticError,
    LookupError,
    TypeError,
    AttributeError,
)
"""What the engine raises over a page it cannot lay out; a time limit passes through."""


def load() -> ModuleType:
    """Return the PDF engine. Raises Unavailable where the system lacks Pango, which it stands on."""
    try:
        module = import_module("weasyprint")
    except OSError as error:
        raise Unavailable(
            _("The PDF engine is missing: install Pango (on Debian: apt-get install libpango-1.0-0 libpangoft2-1.0-0 "
              "libharfbuzz-subset0) and try again.")
        ) from error  # fmt: skip
    _learn_finnish()
    return module


def _learn_finnish() -> None:
    """Teach the hyphenator Finnish, which it does not know: a syllable begins at a consonant before a vowel."""
    pyphen.LANGUAGES.setdefault("fi", Path(__file__).with_name("hyph_fi.dic"))
    pyphen.LANGUAGES_LOWERCASE.setdefault("fi", "fi")


def write(html: str, found: Mapping[str, Asset]) -> bytes:
    """Lay out and write, whatever its size; whatever the engine chokes on becomes one clear error."""
    weasyprint = load()
    fonts = weasyprint.text.fonts.FontConfiguration()
    try:
        with _without_collector():
            page = weasyprint.HTML(string=html, base_url=SCHEME, url_fetcher=fetcher(found))
            data: bytes = page.write_pdf(pdf_variant=VARIANT, font_config=fonts, custom_metadata=False)
    except (*CHOKED, weasyprint.urls.URLFetchingError) as error:
        raise ExportError(_("The plan could not be laid out as a PDF. Nothing in the plan has changed.")) from error
    return data


def fetcher(found: Mapping[str, Asset]) -> Any:
    """Make a fetcher that serves these assets from memory and raises ValueError for any other address."""
    urls = import_module("weasyprint.urls")

    class Assets(urls.URLFetcher):  # type: ignore[misc, name-defined]  # the engine has no types
        """Serves what is in memory."""

        def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> Any:
            name = url.removeprefix(SCHEME)
            if not url.startswith(SCHEME) or name not in found:
                raise ValueError("a printed page may only use its own assets")
            body, kind = found[name]
            return urls.URLFetcherResponse(url, body, {"Content-Type": kind})

    return Assets(allowed_protocols=())


@contextmanager
def _without_collector() -> Iterator[None]:
    """Hold the collector back for one render: it costs a tenth of the time and frees nothing before the end."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
            gc.collect()
