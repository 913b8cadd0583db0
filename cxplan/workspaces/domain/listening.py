"""The live streams of a workspace: whoever loses a right loses them at once, not at the gateway's next round."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.db.models import QuerySet

from cxplan.live import publish
from cxplan.workspaces.models import Workspace

#: The keys of the streams that are told in a workspace; every floor above that has some adds its own.
STREAMS: Final[list[Callable[[Workspace], QuerySet[Any, int]]]] = []


def ask_again(workspace: Workspace) -> None:
    """Let everyone who listens in a workspace be asked whether they still may. Two queries."""
    first, *others = [streams(workspace) for streams in STREAMS]
    if found := list(first.union(*others)):
        publish.recheck(*found)
