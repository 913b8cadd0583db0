"""What every request must be like, and what htmx needs of every response."""

import codecs
from collections.abc import Callable
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.utils.cache import patch_vary_headers
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
    """Tell caches that fragments and pages differ, and send an expired sign-in to the whole page.

    A fragment's request would follow the redirect unseen and swap the sign-in page into the form.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        patch_vary_headers(response, ["HX-Request"])
        htmx: HtmxDetails | None = getattr(request, "htmx", None)
        sign_in = resolve_url(settings.LOGIN_URL)
        if htmx and response.status_code == 302 and urlsplit(response.get("Location", "")).path == sign_in:
            page = _page(htmx)
            return HttpResponseClientRedirect(f"{sign_in}?{urlencode({'next': page})}")
        return response

    return middleware


def _page(htmx: HtmxDetails) -> str:
    """The page that asked, as far as its header is an address."""
    try:
        return htmx.current_url_abs_path or "/"
    except ValueError:
        return "/"
