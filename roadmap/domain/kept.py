"""What was made of a whole programme, kept until anything in it changes.

Every command makes the programme's revision grow in its own transaction, so what is kept under the revision is never
stale. It is served to every reader of the programme alike: nothing that only some may see belongs in it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django.utils import timezone
from django.utils.translation import get_language

from cxplan.kit import cache
from roadmap.models import Programme

T = TypeVar("T")

FORMAT = 4  # grows when the shape of anything that is kept changes


def forget(programme: int) -> None:
    """Drop all that was ever made of a programme, whatever its revision was."""
    cache.forget(f":{FORMAT}:{programme}:")


def kept(programme: Programme, name: str, make: Callable[[], T]) -> T:
    """What ``make`` returns, made once for a revision, a language and a day."""
    key = f"{name}:{FORMAT}:{programme.pk}:{programme.revision}:{get_language()}:{timezone.localdate()}"
    return cache.remember(key, make)
