from collections.abc import Iterator

import pytest
from django.utils import translation


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """A request in Finnish leaves its language behind in the thread; every test starts in English."""
    with translation.override("en"):
        yield
