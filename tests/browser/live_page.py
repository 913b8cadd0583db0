"""A small live page beside the product's own: `uvicorn tests.browser.live_page:application`.

Everybody may listen. The page shows the notes of a stream; commands add to them.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth.decorators import login_not_required  # noqa: E402
from django.core.asgi import get_asgi_application  # noqa: E402
from django.db import transaction  # noqa: E402
from django.http import HttpRequest, HttpResponse  # noqa: E402
from django.template import engines  # noqa: E402
from django.urls import path  # noqa: E402
from django.utils.html import format_html  # noqa: E402
from django.views.decorators.csrf import csrf_exempt  # noqa: E402
from django.views.decorators.http import require_POST  # noqa: E402

from cxplan.live.gateway import PATH, Gateway, Listener  # noqa: E402
from cxplan.live.models import Event, Stream  # noqa: E402
from cxplan.live.publish import Repeated, write  # noqa: E402
from cxplan.urls import urlpatterns as product  # noqa: E402

PAGE = """{% extends "workshops/base.html" %}
{% block room %}<main>
  <div data-live="/live/{{ stream.key }}/" data-since="{{ stream.version }}"></div>
  <p data-live-lost hidden>cut off</p>
  <p data-outbox-state hidden>kept here</p>
  <form id="write" method="post" action="/notes/{{ stream.key }}/" data-outbox hx-post="/notes/{{ stream.key }}/"
        hx-target="#answer">
    <input type="hidden" name="command" value="00000000-0000-4000-8000-000000000000">
    <textarea name="text" required></textarea>
    <button>Add</button>
  </form>
  <form id="aside" method="post" action="/notes/{{ stream.key }}/" data-outbox hx-post="/notes/{{ stream.key }}/"
        hx-swap="none" hx-select-oob="#beside">
    <input type="hidden" name="command"><input type="hidden" name="text" value="aside">
    <button>Aside</button>
  </form>
  <div id="answer"></div><div id="beside"></div>
  <div id="notes">{{ notes|safe }}</div>
  <p id="kinds" hx-get="/kinds/{{ stream.key }}/" hx-trigger="live:phase from:body, live:resync from:body"></p>
</main>{% endblock %}"""


def notes(stream: Stream) -> str:
    return "".join(Event.objects.filter(stream=stream, kind="note").order_by("version").values_list("html", flat=True))


@login_not_required
def page(request: HttpRequest, key: UUID) -> HttpResponse:
    stream = Stream.objects.get(key=key)
    template = engines["django"].from_string(PAGE)
    return HttpResponse(template.render({"stream": stream, "notes": notes(stream)}, request))


@login_not_required
@require_POST
def add(request: HttpRequest, key: UUID) -> HttpResponse:
    stream, text = Stream.objects.get(key=key), request.POST["text"]
    if text == "too long":
        return HttpResponse("<p>it is too long</p>", status=422)
    html = format_html('<p id="note-{}" data-append-to="notes">{}</p>', request.POST["command"], text)
    try:
        with transaction.atomic():
            write(stream.pk, "note", html, command=UUID(request.POST["command"]))
    except Repeated:
        return HttpResponse("<p>again</p>")
    return HttpResponse(format_html('<p>taken: {}</p><div id="beside">{} is there</div>', text, text))


@csrf_exempt
@login_not_required
@require_POST
def say(request: HttpRequest, key: UUID) -> HttpResponse:
    """What the test itself says in the stream; it begins with the first word."""
    stream, _ = Stream.objects.get_or_create(key=key)
    with transaction.atomic():
        return HttpResponse(str(write(stream.pk, request.POST["kind"], request.POST["html"])))


@csrf_exempt
@login_not_required
@require_POST
def end(request: HttpRequest, key: UUID) -> HttpResponse:
    Stream.objects.filter(key=key).delete()
    return HttpResponse()


@login_not_required
def kinds(request: HttpRequest, key: UUID) -> HttpResponse:
    """How many events there are: what a page asks for itself when it is told of a kind."""
    return HttpResponse(str(Event.objects.filter(stream__key=key).count()))


urlpatterns = [
    path("live-page/<uuid:key>/", page),
    path("notes/<uuid:key>/", add),
    path("kinds/<uuid:key>/", kinds),
    path("say/<uuid:key>/", say),
    path("end/<uuid:key>/", end),
    *product,
]
settings.ROOT_URLCONF = "tests.browser.live_page"

pages = get_asgi_application()
live = Gateway(lambda browsers, key: [Listener() for _ in browsers])


async def application(scope: Any, receive: Any, send: Any) -> None:
    await (live if scope["type"] == "http" and scope["path"].startswith(PATH) else pages)(scope, receive, send)
