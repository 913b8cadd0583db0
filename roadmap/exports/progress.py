"""How far a render is, read from the engine's own log; it never moves back."""

import logging
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

LOGGER = "weasyprint.progress"
STEP = re.compile(r"Step (\d) ")
PAGE = re.compile(r"Page (\d+)")
BEFORE, LAYOUT, AFTER = {"1": 4, "2": 6, "3": 8, "4": 12}, (14, 84), {"6": 86, "7": 97}


@dataclass(frozen=True, slots=True)
class Progress:
    """`percent` 0–100; `page` laid out of `pages` expected, 0 before the first."""

    percent: int
    page: int = 0
    pages: int = 0


Report = Callable[[Progress], None]


@contextmanager
def watched(report: Report | None, expected: int) -> Iterator[None]:
    """Report the steps of the render inside the block; `expected` is a guess at the number of pages."""
    if report is None:
        yield
        return
    logger = logging.getLogger(LOGGER)
    handler, level, propagates = _Handler(report, max(expected, 1)), logger.level, logger.propagate
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    logger.propagate = False
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)
        logger.propagate = propagates


class _Handler(logging.Handler):
    """Turns the engine's messages into progress; a second layout pass does not move the bar back."""

    def __init__(self, report: Report, expected: int) -> None:
        super().__init__(logging.INFO)
        self.report, self.expected = report, expected
        self.last, self.page, self.told, self.thread = 0, 0, 0, threading.get_ident()

    def emit(self, record: logging.LogRecord) -> None:
        if record.thread is not None and record.thread != self.thread:
            return
        message = record.getMessage()
        step = STEP.search(message)
        percent = 0
        if step and step[1] in BEFORE:
            percent = BEFORE[step[1]]
        elif step and step[1] in AFTER:
            percent = AFTER[step[1]]
        elif page := PAGE.search(message):
            self.page = max(self.page, int(page[1]))
            start, end = LAYOUT
            percent = start + round((end - start) * min(self.page / self.expected, 1))
        if percent > self.last or self.page > self.told:
            self.last, self.told = max(percent, self.last), self.page
            self.report(Progress(self.last, self.page, max(self.expected, self.page)))
