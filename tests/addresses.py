"""Every address of the product, walked from the URL map, and what its parameters stand for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from cxplan.workshops.domain import board
from cxplan.workshops.domain.facilitate import Brought
from cxplan.workshops.models import Note, Session
from cxplan.workspaces.access import Access, declared
from cxplan.workspaces.domain import invitations, members
from cxplan.workspaces.models import Invitation, Member, Team, Workspace
from roadmap.domain import records, workshops
from roadmap.domain.comments import name_in
from roadmap.domain.kinds import ALL, BY_NAME, Kind
from roadmap.forms import MANY
from roadmap.models import Comment, Export, Opening, PersonalPillar, Programme
from roadmap.models.workshops import Poll
from roadmap.steps import BY_NUMBER
from tests.make import make, make_export, make_programme, make_team
from tests.workshops.rooms import opened

#: The kinds that stand for all in the matrix: one of the programme's own, one that the workspace owns.
STAND_INS = ("gap", "touchpoint")
RECORDS = tuple(kind for kind in ALL if kind.is_record)
#: Addresses that only some kinds have.
APPROVABLE = ("pillar", "promise", "vision")
COMMENTED = ("comments", "comment", "trash_comment", "restore_comment")
ONLY = {
    "roadmap:approve": APPROVABLE,
    "roadmap:take_back": APPROVABLE,
    "roadmap:add_many": tuple(MANY),
    "roadmap:paste_figures": ("metric",),
    "roadmap:origin": ("gap",),
    **{f"roadmap:{name}": STAND_INS for name in COMMENTED},  # every kind: tests/roadmap/pages/test_comments.py
}


@dataclass(frozen=True)
class Address:
    """One pattern of the URL map; where it names a kind of record or a step, the one it is opened with."""

    name: str
    route: str
    parameters: tuple[str, ...]
    view: Callable[..., Any]
    kind: str = ""
    step: int = 6

    @property
    def access(self) -> Access | None:
        return declared(self.view)

    @property
    def is_open(self) -> bool:
        """Whether Django lets in whoever has not signed in."""
        return not getattr(self.view, "login_required", True)

    @property
    def ids(self) -> tuple[str, ...]:
        """The parameters that name something of a workspace, from the outside in."""
        return tuple(name for name in self.parameters if name not in ("workspace", "kind", "step", "poll"))

    def path(self, values: Mapping[str, object]) -> str:
        return reverse(self.name, kwargs={name: values[name] for name in self.parameters})

    def __str__(self) -> str:
        opened_with = self.kind or (str(self.step) if "step" in self.parameters else "")
        return f"{self.name} ({opened_with})" if opened_with else self.name


def addresses() -> Iterator[Address]:
    """Every pattern once."""
    return _walk(get_resolver(), "", "", ())


def _walk(resolver: URLResolver, route: str, namespace: str, parameters: tuple[str, ...]) -> Iterator[Address]:
    for found in resolver.url_patterns:
        here, inside = route + str(found.pattern), (*parameters, *_parameters(found))
        if isinstance(found, URLPattern):
            yield Address(f"{namespace}{found.name or here}", here, inside, found.callback)
        else:
            yield from _walk(found, here, f"{namespace}{found.namespace}:" if found.namespace else namespace, inside)


def _parameters(found: URLPattern | URLResolver) -> tuple[str, ...]:
    pattern: Any = found.pattern
    return tuple(pattern.converters or pattern.regex.groupindex)


def with_kinds(address: Address, kinds: tuple[str, ...] = STAND_INS) -> Iterator[Address]:
    """The address once for each kind, where it names one."""
    if "kind" not in address.parameters:
        yield address
    else:
        yield from (replace(address, kind=kind) for kind in ONLY.get(address.name, kinds))


def with_steps(address: Address) -> Iterator[Address]:
    """The address once for each of the twelve steps, where it names one."""
    numbers = BY_NUMBER if "step" in address.parameters else (address.step,)
    yield from (replace(address, step=number) for number in numbers)


# What the parameters stand for


@dataclass
class Tenant:
    """A workspace with a programme and records, alive and in the trash, made when an address asks for them."""

    workspace: Workspace
    programme: Programme
    member: Member
    made: dict[tuple[str, bool], Any] = field(default_factory=dict)

    def values(self, address: Address, *, trashed: str = "") -> dict[str, object]:
        """What to fill the address with; one of its ids may name something in the trash."""
        return {name: self._value(address, name, trashed=name == trashed) for name in address.parameters}

    def _value(self, address: Address, name: str, *, trashed: bool) -> object:
        if name == "workspace":
            return self.workspace.slug
        if name == "kind":
            return address.kind
        if name == "step":
            return BY_NUMBER[address.step].slug
        if name in ("visit", "link"):
            return MISSING  # of somebody's own: tests/workspaces/test_account.py and test_provider.py
        if name == "programme":
            return self._trashed_programme().pk if trashed else self.programme.pk
        if name == "export":
            return self._export().pk
        if name == "opening":
            return self._opening().pk
        if name == "poll":
            return Poll.SEVERITY
        if name == "person":
            return self._person().pk
        if name == "team":
            return self._team().pk
        if name == "room":
            return self._room().pk
        if name == "note":
            return self._room().notes.get().pk
        if name == "group":
            return self._room().groups.get().pk
        if name == "token":
            return self._room().token if address.name.startswith("workshops:") else self._token()
        if name == "pk" and address.kind:
            return self.record(BY_NAME[address.kind], trashed=trashed).pk
        if name == "comment":
            return self._comment(BY_NAME[address.kind], trashed=trashed).pk
        if name in BY_NAME:
            return self.record(BY_NAME[name], trashed=trashed).pk
        if not address.access:  # a library's: what it names is nobody's
            return MISSING if name == "pk" else "missing"
        pytest.fail(f"{address}: say in tests/addresses.py what <{name}> stands for")

    def record(self, kind: Kind, *, trashed: bool = False) -> Any:
        if (kind.name, trashed) not in self.made:
            model: Any = kind.model
            values: dict[str, Any] = {"trashed_at": timezone.now()} if trashed else {}
            if model is PersonalPillar:
                values["visibility"] = "programme"  # a private one is there for its writer alone
            self.made[kind.name, trashed] = make(model, self.programme, by=self.member, **values)
        return self.made[kind.name, trashed]

    def _comment(self, kind: Kind, *, trashed: bool) -> Comment:
        """On the record that the address names."""
        key = f"comment on a {kind.name}", trashed
        if key not in self.made:
            values: dict[str, Any] = {"trashed_at": timezone.now()} if trashed else {}
            values |= {"about": name_in(self.programme, self.record(kind)), "text": "Is it so?"}
            self.made[key] = records.add(
                BY_NAME["comment"], programme=self.programme, by=self.member, values={**values, "by": self.member}
            )
        comment: Comment = self.made[key]
        return comment

    def _person(self) -> Member:
        """Somebody without an account, with an open invitation of which nothing was written down."""
        if ("person", False) not in self.made:
            now = timezone.now()
            self.made["person", False] = person = members.add(workspace=self.workspace, name="Nora Newcomer")
            Invitation.objects.create(
                workspace=self.workspace,
                member=person,
                email=f"newcomer@{self.workspace.slug}.example",
                language="en",
                invited_by=self.member,
                asked_at=now,
                expires_at=now + invitations.VALID_FOR,
            )
        person = self.made["person", False]
        assert isinstance(person, Member)
        return person

    def _team(self) -> Team:
        if ("team", False) not in self.made:
            self.made["team", False] = make_team(self.workspace, "Newcomers")
        team: Team = self.made["team", False]
        return team

    def _room(self) -> Session:
        """A workshop that is open, with one note in one group."""
        if ("room", False) not in self.made:
            brought = [Brought("Nobody tells why", "gap:1")]
            self.made["room", False] = room = opened(self.member, brought=brought)
            board.make_group(room, Note.objects.of(room))
        found = self.made["room", False]
        assert isinstance(found, Session)
        return found

    def _token(self) -> str:
        """What the newcomer's mail holds."""
        if ("token", False) not in self.made:
            letter = invitations.write_letter(Invitation.objects.open().get(member=self._person()).pk)
            assert letter
            self.made["token", False] = letter.token
        token: str = self.made["token", False]
        return token

    def _export(self) -> Export:
        if ("export", False) not in self.made:
            self.made["export", False] = make_export(self.programme, self.member)
        export: Export = self.made["export", False]
        return export

    def _opening(self) -> Opening:
        if ("opening", False) not in self.made:
            agenda = BY_NUMBER[6].agenda
            opened = workshops.open_workshop(self.programme, 6, agenda, facilitator=self.member, title="Gap workshop")
            self.made["opening", False] = opened
        opening: Opening = self.made["opening", False]
        return opening

    def _trashed_programme(self) -> Programme:
        if ("programme", True) not in self.made:
            programme = make_programme(self.workspace, "Given up", trashed_at=timezone.now())
            self.made["programme", True] = programme
        programme = self.made["programme", True]
        assert isinstance(programme, Programme)
        return programme


MISSING = 2_000_000_000


def has_trash(address: Address, name: str) -> bool:
    """Whether what the parameter names can lie in the trash."""
    if name == "programme":
        return True
    kind = BY_NAME.get(address.kind if name == "pk" else name)
    return kind is not None and kind.is_record
