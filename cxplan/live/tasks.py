"""Background work: let go of events that have had their time."""

from __future__ import annotations

from celery import shared_task

from . import table


@shared_task
def trim_events() -> None:
    """Delete what no browser and no phone will ask for any more."""
    table.trim()
