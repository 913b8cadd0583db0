"""The example: the demo programme, for a workspace to look around in."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from django.db import transaction

from cxplan.workspaces.models import Member, Workspace
from roadmap.domain import records
from roadmap.domain.kinds import BY_NAME
from roadmap.models import Programme

from .reading import read
from .storing import store

DOCUMENT = Path(__file__).resolve().parents[1] / "demo" / "programme.yaml"


@transaction.atomic
def copy(workspace: Workspace, *, by: Member, name: str, language: str) -> Programme:
    """Make a copy of the demo under a name of its own, in one language.

    It brings everything along, people without accounts too; whoever asked for it can be named in it beside them.
    """
    plan = read(DOCUMENT.read_bytes(), language)
    made = store(replace(plan, programme=replace(plan.programme, name=name)), workspace, by, is_example=True)
    records.tie(made, BY_NAME["person"], by, position=len(plan.people))
    made.save(update_fields=["numbers"])
    return made
