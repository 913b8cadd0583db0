"""The product's worker with a printer that some marks poison: `celery --app tests.faults.poisoned`."""

from __future__ import annotations

import os
import signal
import time
from importlib import import_module
from typing import Any

from celery.signals import worker_init

from cxplan.celery import app

RAISES, DIES, SLOW = "raises every time", "kills its worker every time", "slow"
HOW_SLOW = 3.0  # seconds


@worker_init.connect
def poison(**_: Any) -> None:
    """Before the worker forks; the product is loaded by now."""
    pdf = import_module("roadmap.exports.pdf")
    render_plan = pdf.render_plan

    def poisoned(plan: Any, options: Any, report: Any) -> Any:
        if options.mark == RAISES:
            raise ZeroDivisionError
        if options.mark == DIES:
            os.kill(os.getpid(), signal.SIGKILL)
        if options.mark == SLOW:
            time.sleep(HOW_SLOW)
        return render_plan(plan, options, report)

    vars(pdf)["render_plan"] = poisoned


__all__ = ["app"]
