"""`manage.py alignment` and `manage.py figures`: JSON for programs, lines for people, and what is refused."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from roadmap import exchange
from roadmap.models import Programme
from tests.make import make_programme, make_workspace
from tests.roadmap.domain.demo import demo, expected
from tests.roadmap.domain.test_alignment import UNTOUCHED

pytestmark = pytest.mark.django_db


@pytest.fixture
def programme() -> Programme:
    return exchange.store(demo("fi"), make_workspace("alpha"))


def said(command: str, *arguments: object, **options: Any) -> str:
    out = StringIO()
    call_command(command, *arguments, stdout=out, **options)
    return out.getvalue()


def test_alignment_prints_the_findings_as_one_list(programme: Programme) -> None:
    found = json.loads(said("alignment", programme.pk, "--json", "--as-of", "2026-11-04"))
    assert [(finding["rule"], finding["record"]) for finding in found] == UNTOUCHED
    assert all(list(finding) == ["rule", "level", "record", "message"] for finding in found)


def test_figures_prints_the_golden_values(programme: Programme) -> None:
    found = json.loads(said("figures", programme.pk, "--json", "--as-of", "2026-11-04"))
    golden = {key: value for key, value in expected().items() if key not in ("formulas", "as_of")}
    assert {key: found[key] for key in golden} == golden


def test_people_read_lines_in_the_language_of_the_programme(programme: Programme) -> None:
    lines = said("alignment", programme.pk, "--as-of", "2026-11-04").splitlines()
    assert len(lines) == len(UNTOUCHED) + 2
    assert "Asiakas siirretään eikä auteta" in lines[0]
    assert "91,9" in lines[-1]
    assert "weighted_experience: 2,962" in said("figures", programme.pk, "--as-of", "2026-11-04")


def test_the_day_is_today_unless_one_is_given(programme: Programme) -> None:
    assert len(json.loads(said("alignment", programme.pk, "--json"))) >= len(UNTOUCHED)


def test_an_empty_programme_has_nothing_to_say() -> None:
    empty = make_programme(make_workspace("alpha"))
    assert json.loads(said("alignment", empty.pk, "--json")) == []
    assert len(said("alignment", empty.pk).splitlines()) == 1
    assert said("figures", empty.pk)


@pytest.mark.parametrize("command", ["alignment", "figures"])
@pytest.mark.parametrize("key", [0, -1, 10**30])
def test_an_unknown_programme_is_refused(command: str, key: int) -> None:
    with pytest.raises(CommandError, match="no programme"):
        call_command(command, key)


@pytest.mark.parametrize("command", ["alignment", "figures"])
@pytest.mark.parametrize("day", ["soon", "2026-13-01", "4.11.2026", ""])
def test_a_day_that_is_no_date_is_refused(command: str, day: str) -> None:
    with pytest.raises(CommandError, match="as-of"):
        call_command(command, 1, as_of=day)
