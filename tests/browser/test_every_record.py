"""One record of every kind added, linked, edited, moved, deleted, taken back and restored, by the keyboard alone."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from roadmap.domain.order import ORDERED
from roadmap.forms import FORMS

from .conftest import OpenAs
from .hands import Hands, ScriptedHands

pytestmark = [pytest.mark.browser, pytest.mark.slow]

KINDS = sorted(FORMS.keys() - {"programme"})


@pytest.mark.parametrize("kind", KINDS)
def test_by_the_keyboard_alone(open_as: OpenAs, complaints: list[str], kind: str) -> None:
    _live(ScriptedHands(open_as("Aino"), kind))
    assert [said for said in complaints if "422" not in said] == []  # a form may ask for more


@pytest.mark.parametrize("kind", KINDS)
def test_by_the_keyboard_without_script(open_as: OpenAs, kind: str) -> None:
    _live(Hands(open_as("Aino", java_script_enabled=False), kind))


def _live(hands: Hands) -> None:
    """What a record goes through; one that can be moved, beside another that it changes places with."""
    others = [hands.add()] if hands.kind in ORDERED else []
    record = hands.add()
    expect(hands.item(record)).to_be_visible()

    hands.edit(record)
    for other in others:
        hands.move_up(record)
        order = hands.order()
        assert order.index(record) < order.index(other)

    hands.delete(record)
    hands.undo()
    expect(hands.item(record)).to_be_visible()

    hands.delete(record)
    hands.restore(record)
    expect(hands.item(record)).to_be_visible()
    expect(hands.open(record)).to_have_value(hands.other_words)
    for each in (record, *others):  # the demo stays as it was
        hands.see(each)
        hands.delete(each)
