"""What every request must be like, and what htmx needs of every response."""

import codecs
import logging
import time
from collections.abc import Callable
from typing import Final
from urllib.parse import urlencode, urlsplit, urlunsplit

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from cxplan.kit import logs, metrics
from cxplan.kit.views import csrf_failure, too_large

GetResponse = Callable[[HttpRequest], HttpResponse]

SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
#: Where a form may come from: a page of ours, or the person themself (a reload, the address bar).
OWN: Final = ("same-origin", "none")
#: What addresses call a part of theirs that is as good as a password: in mails that invite, confirm or renew.
SECRETS: Final = frozenset({"token", "key"})
HEADERS: Final = {
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "X-Robots-Tag": "noindex, nofollow",  # what people here write is nobody else's
}

log = logging.getLogger(__name__)


def referred(get_response: GetResponse) -> GetResponse:
    """Give each request a reference, count it, write down how it was answered, and lay the headers of every answer.

    The address is written down without its query, which may hold words that somebody looked for, and without what
    alone opens a door.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        with logs.referred() as reference:
            began = time.monotonic()
            response = get_response(request)
            seconds = time.monotonic() - began
            metrics.count(request, response.status_code, seconds)
            answered = {
                "method": request.method,
                "path": _without_secrets(request),
                "status": response.status_code,
                "ms": round(1000 * seconds, 1),
            }
            log.info("%(method)s %(path)s %(status)s %(ms)s ms", answered, extra={"answered": answered})
        response["X-Request-ID"] = reference
        for name, value in HEADERS.items():
            response.setdefault(name, value)
        return response

    return middleware


def _without_secrets(request: HttpRequest) -> str:
    given = request.resolver_match.kwargs if request.resolver_match else {}
    path = request.path
    for name in SECRETS & given.keys():
        path = path.replace(str(given[name]), "…")
    return path


def bounded(get_response: GetResponse) -> GetResponse:
    """Refuse what is larger than can be taken in at once by its length, before any of it is read (`kit.bodies`)."""

    def middleware(request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or ""
        if length.isdecimal() and int(length) > settings.LARGEST_BODY:
            return too_large(request)
        return get_response(request)

    return middleware


def from_here(get_response: GetResponse) -> GetResponse:
    """Refuse a form that the browser says another site sent, whatever token it bears.

    ``Sec-Fetch-Site`` cannot be set by a page's script (W3C, Fetch Metadata Request Headers); browsers too old to send
    it are left to the token and the Origin header.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.method not in SAFE and request.headers.get("Sec-Fetch-Site", "same-origin") not in OWN:
            return csrf_failure(request)
        return get_response(request)

    return middleware


def kept_private(get_response: GetResponse) -> GetResponse:
    """Let no cache between us and a person who has signed in keep their pages."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if request.user.is_authenticated and not response.has_header("Cache-Control"):
            patch_cache_control(response, private=True, no_cache=True)
        return response

    return middleware


def readable(get_response: GetResponse) -> GetResponse:
    """Refuse what nobody's browser sends and no database keeps: other encodings than UTF-8, NUL in a cookie."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.encoding and codecs.lookup(request.encoding).name not in ("utf-8", "ascii"):
            raise BadRequest("The body is not in UTF-8.")
        if any("\0" in value for value in request.COOKIES.values()):
            raise BadRequest("A cookie holds NUL.")
        return get_response(request)

    return middleware


def fragments(get_response: GetResponse) -> GetResponse:
    """Tell caches that fragments and pages differ, and let an expired sign-in lead back to the page that asked.

    A fragment's request would follow the redirect unseen and swap the sign-in page into the form; and the
    address that a form was sent to may hold no page to come back to.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        patch_vary_headers(response, ["HX-Request"])
        htmx: HtmxDetails | None = getattr(request, "htmx", None)
        sign_in = resolve_url(settings.LOGIN_URL)
        asked = urlsplit(response.get("Location", ""))
        if response.status_code != 302 or asked.path != sign_in:
            return response
        if htmx:
            return HttpResponseClientRedirect(f"{sign_in}?{urlencode({'next': _page(htmx)})}")
        if request.method == "POST" and asked.query and (page := _sender(request)):
            response["Location"] = f"{sign_in}?{urlencode({'next': page})}"
        return response

    return middleware


def asking_page(request: HttpRequest) -> str:
    """The page to come back to after a request that was stopped on the way."""
    htmx: HtmxDetails | None = getattr(request, "htmx", None)
    if htmx:
        return _page(htmx)
    return request.get_full_path() if request.method == "GET" else _sender(request) or "/"


def _sender(request: HttpRequest) -> str:
    """The page of ours that a form was sent from, where the browser tells it."""
    referer = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(referer, {request.get_host()}, require_https=request.is_secure()):
        return ""
    sender = urlsplit(referer)
    return urlunsplit(("", "", sender.path, sender.query, ""))


def _page(htmx: HtmxDetails) -> str:
    """The page that asked, as far as its header is an address."""
    try:
        return htmx.current_url_abs_path or "/"
    except ValueError:
        return "/"
