"""Somebody's account in a real browser: an app, recovery codes, a passkey, sessions; in both languages."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.make import PASSWORD
from tests.workspaces.test_account import code

from .conftest import listen, slow_down
from .stack import Stack
from .test_everywhere import RULES

pytestmark = pytest.mark.browser

MAKE = """
from cxplan.workspaces.domain import members
from cxplan.workspaces.models import Role, User, Workspace
user = User.objects.create_user("{email}", "{password}", name="Olga Owner")
members.add(workspace=Workspace.objects.get(slug="suvantola"), name="Olga Owner", user=user, role=Role.OWNER)
"""
#: A phone that has seen a fingerprint.
PHONE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
#: What the account leads to before there is a second step, and after.
BEFORE = (
    "/account/",
    "/account/second-step/",
    "/accounts/email/",
    "/accounts/password/change/",
    "/accounts/2fa/webauthn/add/",
    "/w/suvantola/settings/",
    "/accounts/logout/",
)
AFTER = ("/account/", "/accounts/2fa/totp/deactivate/", "/accounts/2fa/recovery-codes/generate/")
ACCOUNT = re.compile("/account/$")


@pytest.fixture
def email(stack: Stack) -> str:
    """Of somebody who owns the demo's workspace."""
    address = f"olga-{uuid4().hex[:8]}@example.com"
    stack.manage("shell", "-c", MAKE.format(email=address, password=PASSWORD))
    return address


@pytest.fixture
def come(stack: Stack, browser: Browser, complaints: list[str]) -> Iterator[Callable[..., Page]]:
    """Open the door by the name that passkeys want: an address of figures has none."""
    contexts: list[BrowserContext] = []
    url = f"http://localhost:{urlsplit(stack.url).port}"

    def open_page(language: str, *, width: int = 1280, **options: bool) -> Page:
        locale = {"fi": "fi-FI", "en": "en-GB"}[language]
        size = {"width": width, "height": 900}
        context = browser.new_context(base_url=url, viewport=size, locale=locale, **options)  # type: ignore[arg-type]
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        slow_down(page)
        listen(page, url, complaints)
        page.goto("/accounts/login/")
        return page

    yield open_page
    for context in contexts:
        context.close()


def knock(page: Page, email: str) -> None:
    """Give address and password."""
    page.locator("[name=login]").fill(email)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("[name=password]").press("Enter")


def give(page: Page, code: str) -> None:
    """The second step."""
    page.locator("[name=code]").fill(code)
    page.locator("[name=code]").press("Enter")


def lasting_code(secret: str) -> str:
    """What the app shows for ten seconds at least: a slow browser shall not bring one that is over."""
    left = 30 - time.time() % 30
    if left < 10:
        time.sleep(left)
    return code(secret)


def show_again(page: Page) -> None:
    """Prove once more who it is, with the password."""
    page.wait_for_url("**/accounts/reauthenticate/**")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("[name=password]").press("Enter")


def leave(page: Page) -> None:
    page.goto("/account/")
    page.locator("main form[action='/accounts/logout/'] button").click()
    page.wait_for_url("**/accounts/login/**")


def is_inside(page: Page) -> None:
    expect(page.locator(".topbar [action='/accounts/logout/']")).to_have_count(1)


def turn_on_app(page: Page) -> tuple[str, list[str]]:
    """Set an authenticator app up; returns its secret and the recovery codes."""
    page.goto("/account/")
    page.locator("a[href='/accounts/2fa/totp/activate/']").click()
    show_again(page)
    secret = page.locator("#totp-secret").inner_text()
    expect(page.locator("svg.qr")).to_be_visible()
    give(page, lasting_code(secret))
    page.wait_for_url("**/recovery-codes/")
    return secret, page.locator(".codes li").all_inner_texts()


@pytest.mark.parametrize(("language", "width"), [("fi", 390), ("en", 1280)])
def test_an_app_and_its_recovery_codes_open_the_door(
    come: Callable[..., Page], email: str, language: str, width: int, complaints: list[str]
) -> None:
    page = come(language, width=width)
    knock(page, email)
    is_inside(page)
    secret, codes = turn_on_app(page)
    assert len(codes) == 10
    for spare in ("", codes[0]):
        leave(page)
        knock(page, email)
        page.wait_for_url("**/accounts/2fa/authenticate/")
        give(page, spare or lasting_code(secret))
        is_inside(page)
    leave(page)
    knock(page, email)
    give(page, codes[0])
    expect(page.locator(".errors")).to_be_focused()
    expect(page).to_have_title(re.compile({"fi": "^Virhe: ", "en": "^Error: "}[language]))
    assert complaints == []


@pytest.mark.parametrize(("language", "width"), [("fi", 1280), ("en", 390)])
def test_a_passkey_opens_the_door_alone(
    come: Callable[..., Page], email: str, language: str, width: int, complaints: list[str]
) -> None:
    page = come(language, width=width)
    phone = page.context.new_cdp_session(page)
    phone.send("WebAuthn.enable")
    phone.send("WebAuthn.addVirtualAuthenticator", {"options": PHONE})
    knock(page, email)
    page.goto("/account/")
    page.locator("a[href='/accounts/2fa/webauthn/add/']").click()
    show_again(page)
    page.locator("[name=name]").fill("Puhelimeni")
    page.locator("#passkey").click()
    page.wait_for_url("**/recovery-codes/")
    leave(page)
    page.locator("#passkey").click()
    page.wait_for_url(lambda url: "/accounts/" not in url)
    is_inside(page)
    page.goto("/account/")
    expect(page.locator("#passkeys")).to_contain_text("Puhelimeni")
    page.locator("#passkeys a[href$='/edit/']").click()
    if "reauthenticate" in page.url:
        show_again(page)
    page.locator("[name=name]").fill("Toinen")
    page.locator("[name=name]").press("Enter")
    expect(page).to_have_url(ACCOUNT)
    expect(page.locator("#passkeys")).to_contain_text("Toinen")
    page.locator("#passkeys a[href$='/remove/']").click()
    page.locator("main button.is-danger").click()
    expect(page).to_have_url(ACCOUNT)
    expect(page.locator("#passkeys")).not_to_contain_text("Toinen")
    assert complaints == []


def test_a_passkey_that_fails_is_said_and_leaves_the_other_ways_open(come: Callable[..., Page], email: str) -> None:
    page = come("fi")
    page.route("**/accounts/2fa/webauthn/login/", lambda route: route.abort())
    page.locator("#passkey").click()
    expect(page.locator("#toasts .is-bad")).to_contain_text("Avainkoodia ei käytetty")
    knock(page, email)
    is_inside(page)


@pytest.mark.parametrize("language", ["fi", "en"])
def test_one_browser_signs_another_out(
    come: Callable[..., Page], email: str, language: str, complaints: list[str]
) -> None:
    here, there = come(language), come(language, width=390)
    for page in (here, there):
        knock(page, email)
        is_inside(page)
    here.goto("/account/")
    here.locator("form[action^='/account/visits/'] button").first.click()
    expect(here.locator("#toasts")).to_contain_text(
        {"fi": "Kirjauduit siellä ulos", "en": "Signed out there"}[language]
    )
    there.goto("/account/")
    expect(there).to_have_url(re.compile("/accounts/login/"))
    here.reload()
    is_inside(here)
    assert complaints == []


@pytest.mark.parametrize(("language", "width", "theme"), [("fi", 320, "dark"), ("en", 1280, "light")])
def test_the_pages_of_the_account_are_fit_for_everyone(
    come: Callable[..., Page], email: str, language: str, width: int, theme: str, complaints: list[str]
) -> None:
    page = come(language, width=width)
    page.context.add_cookies([{"name": settings.THEME_COOKIE_NAME, "value": theme, "url": page.url}])
    found = []

    def look() -> None:
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            found.append(f"{page.url}: wider than the screen")
        result = Axe().run(page, options={"runOnly": {"type": "tag", "values": RULES}})
        found.extend(f"{page.url}: {each['id']} {each['nodes'][0]['target']}" for each in result.response["violations"])

    for address in ("/accounts/password/reset/", "/accounts/password/reset/done/", "/accounts/login/"):
        page.goto(address)
        look()
    knock(page, email)
    is_inside(page)
    page.goto("/accounts/2fa/totp/activate/")
    look()
    show_again(page)
    for address in (*BEFORE, "/accounts/2fa/totp/activate/"):
        page.goto(address)
        look()
    give(page, lasting_code(page.locator("#totp-secret").inner_text()))
    page.wait_for_url("**/recovery-codes/")
    look()
    for address in AFTER:
        page.goto(address)
        look()
    leave(page)
    knock(page, email)
    page.wait_for_url("**/accounts/2fa/authenticate/")
    look()
    assert found == []
    assert complaints == []


def test_everything_but_passkeys_works_without_scripts(come: Callable[..., Page], email: str) -> None:
    page = come("fi", java_script_enabled=False)
    knock(page, email)
    is_inside(page)
    secret, _ = turn_on_app(page)
    page.goto("/accounts/2fa/webauthn/add/")
    expect(page.get_by_text("Avainkoodit tarvitsevat selaimen")).to_be_visible()
    page.goto("/account/")
    page.locator("main form[action='/accounts/logout/'] button").click()
    knock(page, email)
    give(page, lasting_code(secret))
    page.goto("/account/")
    expect(page.locator("h1")).to_be_visible()
    expect(page).to_have_url(ACCOUNT)
