"""What every request must be like, and what htmx needs of every response."""

import codecs
from collections.abc import Callable
from urllib.parse import urlencode, urlsplit, urlunsplit

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

GetResponse = Callable[[HttpRequest], HttpResponse]


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
