"""Answers that htmx and a plain browser both understand."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import SafeString
from django_htmx.middleware import HtmxDetails


def is_htmx(request: HttpRequest) -> bool:
    """Whether htmx asked, and waits for a fragment; a boosted link or a plain browser waits for a page."""
    htmx: HtmxDetails | None = getattr(request, "htmx", None)
    return htmx is not None and bool(htmx) and not (htmx.boosted or htmx.history_restore_request)


def next_page(request: HttpRequest, *, otherwise: str) -> str:
    """Where a form asks to go on to (`next`), as long as that is on this site."""
    wanted = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if safe else otherwise


def fragment(
    request: HttpRequest, template: str, context: Mapping[str, Any] | None = None, *, status: int = HTTPStatus.OK
) -> HttpResponse:
    """A part of a page, followed by what the view has to say (`django.contrib.messages`) as toasts.

    So a view says a thing once: after a redirect the next page shows it, after a fragment the page that stands.
    """
    response = render(request, template, context, status=status)
    response.write(_toasts(request))
    return response


def _toasts(request: HttpRequest) -> SafeString:
    said = get_messages(request)
    if getattr(said, "used", False):  # the template itself has shown them
        return SafeString("")
    toasts = [
        render_to_string(
            "ui/toast.html",
            {"message": message, "undo": message.extra_tags, "bad": message.level_tag == "error"},
            request,
        )
        for message in said
    ]
    if not toasts:
        return SafeString("")
    return format_html(
        '<div hx-swap-oob="beforeend:#toasts">{}</div>', format_html_join("", "{}", ((toast,) for toast in toasts))
    )
