"""However a document is bent, it is stored and comes out the same, or it is refused with paths."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import yaml
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cxplan.workspaces.models import Workspace
from roadmap import exchange
from roadmap.domain.loading import load
from roadmap.domain.plan import Plan
from tests.make import make_workspace

from . import documents

pytestmark = pytest.mark.django_db

BASE = documents.small()
VALUES: tuple[Any, ...] = (
    None, True, False, 0, 1, 3, 5, -1, 2.5, 10**12, "", "x", "yes", "5", "2026-05", " ", "é\n", "g1", "tp01", "aino",
    "fi", "done", "private", date(2026, 5, 6), [], {}, ["g1"], ["tp01", "tp01"], {"fi": "x"}, {"fi": "x", "en": "y"},
    {1: 2}, {"id": "new1"}, "x" * 400,
)  # fmt: skip


def places(value: Any, path: str = "") -> Iterator[tuple[Any, Any, str]]:
    """Every place in a document: the list or mapping, the index or key, and the path."""
    keys = value if isinstance(value, dict) else range(len(value))
    for key in keys:
        place = f"{path}.{key}"
        yield value, key, place
        if isinstance(value[key], dict | list):
            yield from places(value[key], place)


class Bent:
    """A document, and shown where a test fails: how it was bent."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        self.steps: list[str] = []

    def __repr__(self) -> str:
        return "; ".join(self.steps)


@st.composite
def bent(draw: st.DrawFn) -> Bent:
    made = Bent(copy.deepcopy(BASE))
    for _ in range(draw(st.integers(1, 3))):
        all_places = list(places(made.document))
        holder, key, path = draw(st.sampled_from(all_places))
        how = draw(st.sampled_from(["drop", "replace", "replace", "repeat", "move", "rename"]))
        match how:
            case "drop":
                del holder[key]
            case "replace":
                holder[key] = copy.deepcopy(draw(st.sampled_from(VALUES)))
                how = f"replace by {holder[key]!r:.40}"
            case "repeat" if isinstance(holder, list):
                holder.insert(key, copy.deepcopy(holder[key]))
            case "move":
                other, name, there = draw(st.sampled_from(all_places))
                holder[key] = copy.deepcopy(other[name])
                how = f"replace by {there}"
            case "rename" if isinstance(holder, dict):
                holder[draw(st.sampled_from(("id", "title", "name", "nope", 3)))] = holder.pop(key)
        made.steps.append(f"{path} {how}")
    return made


@pytest.fixture
def workspace() -> Workspace:
    return make_workspace("acme")


@settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(case=bent())
def test_a_bent_document_is_stored_whole_or_refused(workspace: Workspace, case: Bent) -> None:
    plan = read_or_refuse(yaml.dump(case.document, Dumper=yaml.CSafeDumper, allow_unicode=True))
    if plan is None:
        return

    with transaction.atomic():
        out = load(exchange.store(plan, workspace))
        transaction.set_rollback(True)

    assert documents.comparable(exchange.write(out)) == documents.comparable(exchange.write(plan))
    assert exchange.read(exchange.to_json(out)) == exchange.read(exchange.to_yaml(out))


def read_or_refuse(text: str | bytes) -> Plan | None:
    """The plan, or nothing where the document was refused with reasons; any other error fails the test."""
    try:
        return exchange.read(text)
    except exchange.DocumentError as refused:
        told = refused.errors
    assert told
    assert all(problem.message for problem in told)
    return None


@settings(max_examples=300, deadline=None, derandomize=True)
@given(text=st.text() | st.binary() | st.text("{}[]:,-&*a!|>'\"#? \n\t<0"))
def test_any_text_is_read_or_refused(text: str | bytes) -> None:
    assert read_or_refuse(text) is None


@settings(max_examples=100, deadline=None, derandomize=True)
@given(text=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=200))
def test_any_words_survive_a_file(text: str) -> None:
    plan = exchange.read(yaml.safe_dump({"programme": {"id": "p", "name": "P", "purpose": text}}))

    assert plan.programme.purpose == text
    assert exchange.read(exchange.to_yaml(plan)) == plan
    assert exchange.read(exchange.to_json(plan)) == plan
