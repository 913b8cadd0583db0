"""What is wrong with a document, and where."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Problem(NamedTuple):
    """One thing to correct: ``gaps[3].touchpoints[0]`` and what to do there.

    The path is empty where the document as a whole is meant.
    """

    path: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message}" if self.path else self.message


class DocumentError(Exception):
    """The document cannot be read; ``errors`` holds everything that is wrong with it."""

    def __init__(self, errors: Iterable[Problem]) -> None:
        self.errors = list(errors)
        super().__init__("\n".join(str(problem) for problem in self.errors))


def under(path: str, key: object) -> str:
    """The path of a mapping's key."""
    return f"{path}.{key}" if path else str(key)


def at(path: str, index: int) -> str:
    """The path of a list's item."""
    return f"{path}[{index}]"
