"""Figures of the house for Prometheus: how many requests, of which view, how answered, how long.

Web runs several processes; where ``PROMETHEUS_MULTIPROC_DIR`` names a directory they share what they counted there.
"""

from __future__ import annotations

import os
import secrets
from typing import Final

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

ANSWERS: Final = Histogram(
    "cxplan_answer_seconds",
    "How long requests took to answer, by view, method and status.",
    ["view", "method", "status"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
METHODS: Final = frozenset({"GET", "HEAD", "POST"})


def count(request: HttpRequest, status: int, seconds: float) -> None:
    """Count one answer. The labels come from the house, never from the visitor: nobody can make them many."""
    match = getattr(request, "resolver_match", None)
    view = match.view_name if match else "none"
    method = request.method if request.method in METHODS else "other"
    ANSWERS.labels(view, method, status).observe(seconds)


@login_not_required
@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """For whoever bears METRICS_TOKEN; to everybody else, and where none is set, there is nothing here."""
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not settings.METRICS_TOKEN or not secrets.compare_digest(given.encode(), settings.METRICS_TOKEN.encode()):
        raise Http404
    return HttpResponse(generate_latest(_registry()), content_type=CONTENT_TYPE_LATEST)


def _registry() -> CollectorRegistry:
    if not os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        return REGISTRY
    together = CollectorRegistry()
    MultiProcessCollector(together)  # type: ignore[no-untyped-call]
    return together
