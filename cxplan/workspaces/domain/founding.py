"""Who may sign up without an invitation, and how a workspace begins.

The first account of an installation is made by whoever comes first, with the first workspace. From then on people come
by invitation, unless the host opens the door to everybody (``OPEN_SIGN_UP``). The same holds for further workspaces: on
a closed installation each of them is the host's to give, so only staff make one.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain, count
from typing import Final

from django.conf import settings
from django.db import connection, transaction
from django.utils.text import slugify

from cxplan.workspaces.models import Member, Role, User, Workspace

from . import members

#: Any number that nothing else locks.
SIGN_UPS: Final = 0x63787031


class Closed(Exception):
    """Somebody else signed up first."""


def is_empty() -> bool:
    """Whether nobody has an account here yet."""
    return not User.objects.exists()


def sign_up_is_open() -> bool:
    return settings.OPEN_SIGN_UP or is_empty()


def may_found(user: User) -> bool:
    return settings.OPEN_SIGN_UP or user.is_staff


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Let only one person sign up at once, so that two who come first are not both the first."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [SIGN_UPS])
        yield


@transaction.atomic
def found(*, name: str, owner: User) -> Member:
    """Begin a workspace that somebody owns, and in which they may approve; its address follows from its name."""
    workspace = members.found(slug=_free_slug(name), name=name)
    return members.add(workspace=workspace, name=owner.name, role=Role.OWNER, user=owner, is_approver=True)


def _free_slug(name: str) -> str:
    """A slug that no other workspace has; two of one name at the same moment are told apart by their turns."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [SIGN_UPS + 1])
    longest = Workspace._meta.get_field("slug").max_length or 50
    stem = slugify(name)[: longest - 4].strip("-") or "workspace"
    taken = set(Workspace.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    return next(slug for slug in chain([stem], (f"{stem}-{number}" for number in count(2))) if slug not in taken)
