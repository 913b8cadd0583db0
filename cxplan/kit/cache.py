"""A cache that is only ever a shortcut: where it is away, the answer is made anew."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TypeVar, cast

from django.core.cache import cache
from redis.exceptions import RedisError

T = TypeVar("T")
log = logging.getLogger(__name__)


def forget(part: str) -> None:
    """Drop every answer whose key has the part: what it tells must not be found any more, not even by nobody."""
    client = cache._cache.get_client(None, write=True)  # type: ignore[attr-defined]  # Django's own has no such verb
    try:
        keys = list(client.scan_iter(match=cache.make_key(f"*{part}*"), count=1000))
        if keys:
            client.delete(*keys)
    except RedisError:
        log.warning("the cache is away; what it keeps under %s goes when its time is over", part)


def remember(key: str, make: Callable[[], T], *, seconds: int = 7 * 24 * 3600) -> T:
    """What is kept under a key, or what ``make`` returns, kept from then on.

    The key has to change whenever the answer would. ``None`` is never kept.
    """
    try:
        found = cache.get(key)
    except RedisError:
        log.warning("the cache is away; computing %s anew", key)
        return make()
    if found is not None:
        return cast("T", found)
    made = make()
    try:
        cache.set(key, made, seconds)
    except RedisError:
        log.warning("the cache is away; %s was not kept", key)
    return made
