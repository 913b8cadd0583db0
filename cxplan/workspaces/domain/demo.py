"""The people whom a visitor of the demo may look around as. They have no passwords."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cxplan.workspaces.models import Role, User


@dataclass(frozen=True)
class DemoPerson:
    """Who they are in the exchange file (`key`), and what they may do in the demo's workspaces.

    The owner has no part in the programme, and so does not stand in the file.
    """

    key: str
    email: str
    name: str
    part: str | Promise
    about: str | Promise
    role: Role
    is_approver: bool = False


DEMO_PEOPLE: Final = (
    DemoPerson(
        key="aino",
        email="aino@suvantola.example",
        name="Aino Kettula",
        part=_("CX lead"),
        about=_("Leads the workshops, decides and publishes the plan"),
        role=Role.LEAD,
    ),
    DemoPerson(
        key="ville",
        email="ville@suvantola.example",
        name="Ville Noronen",
        part=_("member"),
        about=_("Adds and edits, votes, writes pillars of his own"),
        role=Role.MEMBER,
    ),
    DemoPerson(
        key="harri",
        email="harri@suvantola.example",
        name="Harri Vuolle",
        part=_("management"),
        about=_("Reads, approves and takes the plan home as a PDF"),
        role=Role.VIEWER,
        is_approver=True,
    ),
    DemoPerson(
        key="kirsti",
        email="kirsti@suvantola.example",
        name="Kirsti Salmela",
        part=_("owner"),
        about=_("Invites people, gives roles and reads what has happened here"),
        role=Role.OWNER,
    ),
)


def offered() -> list[DemoPerson]:
    """Whom to look around as: an owner, who turns people out and has mails sent, on the loopback interface alone."""
    return [person for person in DEMO_PEOPLE if person.role != Role.OWNER or not settings.SECURE]


def get_or_create_user(person: DemoPerson) -> User:
    found = User.objects.filter(email=person.email).first()
    return found or User.objects.create_user(person.email, name=person.name)


def user(key: str) -> User | None:
    """The account of a demo person, where the demo has been loaded."""
    emails = [person.email for person in offered() if person.key == key]
    return User.objects.filter(email__in=emails, is_active=True).first()


def is_shared(user: User) -> bool:
    """Whether everybody who looks around the demo is this user: nobody may then change how they sign in."""
    return settings.DEMO and user.email in {person.email for person in DEMO_PEOPLE}


def people() -> list[DemoPerson]:
    """The demo people who are there to look around as."""
    emails = [person.email for person in offered()]
    present = set(User.objects.filter(email__in=emails, is_active=True).values_list("email", flat=True))
    return [person for person in offered() if person.email in present]
