"""What the tests of pages share."""

import pytest
from django.core.cache import cache
from pytest_django import Settings


@pytest.fixture
def own_cache(settings: Settings) -> None:
    """A cache that no test running beside this one clears."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    cache.clear()
