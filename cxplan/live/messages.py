"""What goes over the wires: an event as a browser reads it, and as one process tells another through Redis."""

from __future__ import annotations

import re
from typing import Final
from uuid import UUID

#: Where Redis carries every message; it is the same for all numbered databases of a server.
CHANNEL: Final = "cxplan:live"
#: The first word of a message, in front of the stream's key.
EVENT, RECHECK, HERE = b"event", b"recheck", b"here"

_LINE_END: Final = re.compile(r"\r\n|\r|\n")


def frame(kind: str, text: str = "", version: int | None = None) -> bytes:
    """An event of a text/event-stream; one without a version is never asked for again."""
    number = "" if version is None else f"id: {version}\n"
    data = "\n".join(f"data: {line}" for line in _LINE_END.split(text))
    return f"{number}event: {kind}\n{data}\n\n".encode()


def event(key: UUID, version: int, kind: str, html: str) -> bytes:
    """The message that brings an event with it, ready to be handed on."""
    return b"%s %s %d\n" % (EVENT, key.hex.encode(), version) + frame(kind, html, version)


def hint(word: bytes, key: UUID) -> bytes:
    """A message that only says where to look."""
    return b"%s %s 0\n" % (word, key.hex.encode())


def read(message: bytes) -> tuple[bytes, UUID, int, bytes]:
    """The word, the key, the version and the frame of a message. Raises ``ValueError`` where it is none of ours."""
    head, _, rest = message.partition(b"\n")
    word, key, version = head.split(b" ")
    return word, UUID(key.decode()), int(version), rest
