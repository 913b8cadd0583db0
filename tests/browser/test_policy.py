"""Nothing that a page does is against the content security policy it comes with: every kind of page, by its links."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from django.urls import Resolver404, resolve

from .conftest import OpenAs

pytestmark = pytest.mark.browser

#: Told to the page before its first line runs.
LISTEN = """
window.refused = [];
document.addEventListener("securitypolicyviolation", (event) =>
  window.refused.push(`${event.violatedDirective}: ${event.blockedURI} ${event.sample}`));
"""
LINKS = """
() => [...document.querySelectorAll("a[href], [hx-get]")].map((element) =>
  new URL(element.getAttribute("hx-get") || element.getAttribute("href"), document.baseURI).href)
"""


def view_of(url: str) -> str:
    """What opens at an address: the view and the kind or step it is opened with, whatever the record."""
    try:
        found = resolve(urlsplit(url).path)
    except Resolver404:
        return ""
    return f"{found.view_name} {found.kwargs.get('kind', '')}{found.kwargs.get('step', '')}"


@pytest.mark.parametrize("language", ["fi", pytest.param("en", marks=pytest.mark.slow)])
def test_no_page_is_refused_anything(open_as: OpenAs, stack_url: str, language: str, complaints: list[str]) -> None:
    page = open_as("Aino", language=language)
    page.context.add_init_script(LISTEN)
    waiting, seen, refused = [f"{stack_url}/w/suvantola/", f"{stack_url}/nothing/"], set[str](), list[str]()
    while waiting:
        url = waiting.pop(0)
        view = view_of(url)
        if (
            view in seen
            or not url.startswith(stack_url)
            or re.search(r"/(logout|admin|i18n|download)/|\.pdf$|/static/", url)
        ):
            continue
        seen.add(view)
        answer = page.goto(url)
        assert answer is not None
        assert "script-src 'self';" in answer.headers["content-security-policy"] + ";", url
        assert page.locator("html").get_attribute("lang") in (language, None), url  # None: part of a page, alone
        refused += [f"{url}: {report}" for report in page.evaluate("window.refused")]
        waiting += page.evaluate(LINKS)
    told = [said for said in complaints if "404" not in said]  # the page that is not there says so to the console
    assert (refused, told) == ([], [])
    assert len(seen) > 40, sorted(seen)
    print(f"{len(seen)} kinds of page in {language}, nothing refused")
