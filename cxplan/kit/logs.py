"""The log: one line for each event, and on it the request that it belongs to.

A person who meets an error reads the request's reference to whoever keeps the house, who finds its lines by it.
"""

from __future__ import annotations

import json
import logging
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

#: The reference of the request being answered; empty outside of one.
reference: ContextVar[str] = ContextVar("reference", default="")


@contextmanager
def referred() -> Iterator[str]:
    """Give what happens within a reference of its own: eight letters and digits that can be read out aloud."""
    token = reference.set(secrets.token_hex(4))
    try:
        yield reference.get()
    finally:
        reference.reset(token)


class Reference(logging.Filter):
    """Writes the request's reference on every record, for formats that name ``{reference}``."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.reference = reference.get() or "-"
        return True


class JsonLines(logging.Formatter):
    """A JSON object a line: when (UTC), level, logger, message; reference, request and error where there are any."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "reference": reference.get(),
            "request": getattr(record, "answered", None),
            "error": self.formatException(record.exc_info) if record.exc_info else None,
        }
        return json.dumps({name: value for name, value in line.items() if value}, ensure_ascii=False)
