"""The ready agendas, one file per step under ``agendas/``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from roadmap.domain.agenda import STAGES, Agenda, AgendaPhase, Lane, Makes, Words

from .questions import question

AGENDAS = Path(__file__).parent / "agendas"
TEXTS = ("title", "question", "instruction", "script", "watch")


@cache
def agenda(name: str) -> Agenda:
    """The agenda of a step, by the name of its file."""
    written = _read(name)
    common = _read("common")
    return Agenda(
        phases=tuple(_phase({**common.get(row["mode"], {}), **row}) for row in written["phases"]),
        makes=tuple(Makes(**{**row, "scores": tuple(row.get("scores", ()))}) for row in written["makes"]),
    )


def _phase(row: Mapping[str, Any]) -> AgendaPhase:
    lanes = row.get("lanes", ())
    return AgendaPhase(
        **{
            **row,
            **{name: _words(row[name]) for name in TEXTS},
            "lanes": () if lanes == STAGES else _lanes(lanes),
            "lanes_of": STAGES if lanes == STAGES else "",
            "scales": _lanes(row.get("scales", ())),
            "brings": tuple(row.get("brings", ())),
        }
    )


def _lanes(written: Iterable[Mapping[str, str]]) -> tuple[Lane, ...]:
    return tuple(Lane(lane["key"], _words(lane)) for lane in written)


def _words(written: str | Mapping[str, str]) -> Words:
    """A text as the file has it: in both languages, or a question of the method by its id."""
    if isinstance(written, str):
        asked = question(written)
        return Words(fi=asked.fi, en=asked.en)
    return Words(fi=written["fi"].strip(), en=written["en"].strip())


def _read(name: str) -> Any:
    return yaml.safe_load((AGENDAS / f"{name}.yaml").read_text(encoding="utf-8"))
