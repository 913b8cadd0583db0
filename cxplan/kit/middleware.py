"""What htmx needs of every response."""

from collections.abc import Callable
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.utils.cache import patch_vary_headers
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

GetResponse = Callable[[HttpRequest], HttpResponse]


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
            page = htmx.current_url_abs_path or "/"
            return HttpResponseClientRedirect(f"{sign_in}?{urlencode({'next': page})}")
        return response

    return middleware
