"""Pages that belong to no floor: the colour switch, the components' gallery, and what is said when something fails."""

from http import HTTPStatus

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import require_GET, require_POST

from cxplan.kit import gallery, logs
from cxplan.kit.context import THEMES, chosen_theme
from cxplan.kit.http import is_htmx, next_page

YEAR = 365 * 24 * 3600


@login_not_required
@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Keep the chosen colours in a cookie and come back to the page."""
    chosen = request.POST.get("theme", "")
    if chosen not in THEMES:
        return HttpResponseBadRequest("theme must be auto, light or dark", content_type="text/plain")
    response = HttpResponseRedirect(next_page(request, otherwise="/"))
    response.set_cookie(
        settings.THEME_COOKIE_NAME, chosen, max_age=YEAR, samesite="Lax", httponly=True, secure=settings.SECURE
    )
    return response


@login_not_required
@require_GET
def components(request: HttpRequest) -> HttpResponse:
    """Every component on one page, while developing; its dialog is asked for as any other."""
    if not settings.DEBUG:
        raise Http404
    if is_htmx(request):
        return render(request, "kit/_dialog.html")
    return render(request, "kit/components.html", gallery.context())


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django answers 400 to a body that is too large; it has a status, and a cure, of its own."""
    if isinstance(exception, RequestDataTooBig):
        return too_large(request)
    return _failure(request, HTTPStatus.BAD_REQUEST)


def too_large(request: HttpRequest) -> HttpResponse:
    return _failure(request, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form's token is missing or old: nearly always a page left open over a sign-in."""
    return render(request, "403_csrf.html", status=HTTPStatus.FORBIDDEN)


def server_error(request: HttpRequest) -> HttpResponse:
    return _failure(request, HTTPStatus.INTERNAL_SERVER_ERROR)


def _failure(request: HttpRequest, status: HTTPStatus) -> HttpResponse:
    """Rendered without context processors: whatever broke must not break the page that says so."""
    page = render_to_string(f"{status}.html", {"theme": chosen_theme(request), "reference": logs.reference.get()})
    return HttpResponse(page, status=status)
