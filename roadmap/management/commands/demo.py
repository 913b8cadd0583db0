"""The demo: one programme in two workspaces, Finnish and English."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import IntegrityError, transaction

from cxplan.workspaces.domain import demo, members
from cxplan.workspaces.models import Role, Workspace
from roadmap import exchange
from roadmap.exchange.example import DOCUMENT
from roadmap.models import Tie

#: Made in this order: the address, and the language of everything in it.
WORKSPACES = (("suvantola", "fi"), ("suvantola-en", "en"))


class Command(BaseCommand):
    help = "Load the demo programme into the workspaces suvantola (Finnish) and suvantola-en (English), once."

    def handle(self, **options: Any) -> None:
        missing = [place for place in WORKSPACES if not Workspace.objects.filter(slug=place[0]).exists()]
        if not missing:
            return
        document = DOCUMENT.read_bytes()
        for slug, language in missing:
            try:
                load(document, slug, language)
            except IntegrityError:
                # Somebody made the workspace meanwhile, with the demo in it or with work of their own
                if not Workspace.objects.filter(slug=slug).exists():
                    raise
            else:
                if options["verbosity"]:
                    self.stdout.write(f"The demo is in the workspace {slug}.")


def load(document: bytes, slug: str, language: str) -> None:
    """Make the workspace with the programme in it, and let the demo's people sign in to it."""
    plan = exchange.read(document, language)
    with transaction.atomic():
        name = plan.organisation.name if plan.organisation else plan.programme.name
        workspace = members.found(slug=slug, name=name)
        programme = exchange.store(plan, workspace)
        ties = Tie.objects.of(programme).filter(person__isnull=False).select_related("person")
        people = {tie.exchange_id: tie.person for tie in ties}
        for known in demo.DEMO_PEOPLE:
            person = people.get(known.key)
            if person is not None:
                members.tie(person, demo.get_or_create_user(known))
            elif known.role == Role.OWNER:
                user = demo.get_or_create_user(known)
                members.add(workspace=workspace, name=known.name, role=known.role, user=user)
