"""What goes in comes out: the same document, in either language and either form."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from roadmap import exchange
from roadmap.domain.loading import load
from roadmap.domain.plan import Plan
from roadmap.exchange.shape import keys
from roadmap.models import PersonalPillar, Programme
from tests.make import make_workspace

from . import documents

pytestmark = pytest.mark.django_db

PRIVATE = "I always ask whose moment you made better today."


def stored(document: str | bytes, language: str | None = None, slug: str = "acme") -> Programme:
    return exchange.store(exchange.read(document, language), make_workspace(slug))


def exported(programme: Programme) -> Any:
    return yaml.safe_load(exchange.to_yaml(load(programme)))


def dumped(document: dict[str, Any]) -> str:
    return yaml.safe_dump(document, allow_unicode=True)


@pytest.mark.parametrize("language", ["fi", "en"])
def test_the_demo_comes_out_as_it_went_in(language: str) -> None:
    programme = stored(documents.FILE.read_bytes(), language)

    assert documents.comparable(exported(programme)) == documents.comparable(documents.demo(language))


def test_an_export_reads_back_as_the_same_plan() -> None:
    plan = load(stored(documents.FILE.read_bytes(), "en"))
    text = exchange.to_yaml(plan)

    assert exchange.to_yaml(load(stored(text, slug="next"))) == text


def test_json_says_the_same() -> None:
    plan = load(stored(documents.FILE.read_bytes()))
    written = json.loads(exchange.to_json(plan))

    assert written == json.loads(json.dumps(exchange.write(plan), default=str))
    assert exchange.to_json(load(stored(exchange.to_json(plan), slug="next"))) == exchange.to_json(plan)
    assert written["measurements"][6]["counts"] == {"1": 5, "2": 7, "3": 9, "4": 14, "5": 17, "6": 15, "7": 9}


def test_every_key_of_the_format_survives() -> None:
    document = documents.everything()

    assert documents.comparable(exported(stored(dumped(document)))) == documents.comparable(document)
    assert not sorted(set(_keys_of(Plan)) - set(_keys_in(document, Plan)))


def _keys_of(shape: Any, seen: tuple[Any, ...] = ()) -> Iterator[str]:
    for name, key in keys(shape).items():
        yield f"{shape.__name__}.{name}"
        for type_ in (key.type, key.type.item, key.type.instead):
            if type_ is not None and type_.shape is not None and type_.shape not in seen:
                yield from _keys_of(type_.shape, (*seen, shape))


def _keys_in(value: Any, shape: Any) -> Iterator[str]:
    for name, key in keys(shape).items():
        if name not in value:
            continue
        yield f"{shape.__name__}.{name}"
        for type_ in (key.type, key.type.item, key.type.instead):
            if type_ is not None and type_.shape is not None:
                for item in value[name] if isinstance(value[name], list) else [value[name]]:
                    yield from _keys_in(item, type_.shape)


def test_a_private_pillar_is_in_no_export() -> None:
    programme = stored(documents.FILE.read_bytes(), "en")
    assert PersonalPillar.objects.of(programme).get(exchange_id="pp11").statement == PRIVATE

    plan = load(programme)
    both = exchange.to_yaml(plan) + exchange.to_json(plan)

    assert PRIVATE not in both
    assert "pp11" not in both


def test_nor_is_what_was_said_about_it() -> None:
    document = documents.demo("en")
    document["personal_pillars"].append(
        {"id": "pp90", "person": "ville", "kind": "never", "statement": "Mine.", "visibility": "private"}
    )
    document["comments"] = [
        {"id": "k1", "about": "pp90", "text": "About what is private."},
        {"id": "k2", "about": "k1", "text": "About that comment."},
        {"id": "k3", "about": "g1", "text": "About a gap."},
    ]
    document["decisions"][0]["about"] = ["pp90", "v1", "k2"]

    out = exported(stored(dumped(document)))

    assert [comment["id"] for comment in out["comments"]] == ["k3"]
    assert out["decisions"][0]["about"] == ["v1"]


def test_a_plan_that_was_never_stored_is_written_as_it_is_read() -> None:
    plan = exchange.read(dumped(documents.everything()))

    assert exchange.read(exchange.to_yaml(plan)) == plan
    assert exchange.read(exchange.to_json(plan)) == plan


@pytest.mark.parametrize(
    "text",
    [
        "yes",
        "no",
        "null",
        "~",
        "2026-10-11",
        "1_000",
        "12:30:45",
        " leading and trailing ",
        "two\nlines\n",
        "\n  indented\n\ttabs",
        "a: b # c",
        "- x",
        "“”…–\u2028\u0085\ufeffé",
        "\x0bfrom a slide\x1f",
        "🙂" * 3,
        "%",
        "'\"\\",
        "long " * 300,
    ],
)
def test_any_text_survives(text: str) -> None:
    plan = exchange.read(dumped({"programme": {"id": "p", "name": "P", "purpose": text}}))

    assert plan.programme.purpose == text
    assert exchange.read(exchange.to_yaml(plan)) == plan
    assert exchange.read(exchange.to_json(plan)) == plan
    assert load(exchange.store(plan, make_workspace("acme"))).programme.purpose == text


def test_what_is_empty_is_the_same_as_what_is_absent() -> None:
    bare = exchange.read(dumped({"programme": {"id": "p", "name": "P"}}))
    empty = {
        "schema_version": 1,
        "languages": [],
        "step_status": {},
        "teams": [],
        "gaps": None,
        "readiness": {},
        "programme": {
            "id": "p",
            "name": "P",
            "purpose": "",
            "core_group": [],
            "sponsor": "",
            "weights": None,
            "gate": {},
        },
        "expected": {"anything": ["at", {"all": 1}]},
    }
    workspace = make_workspace("acme")

    out = [exchange.write(load(exchange.store(plan, workspace))) for plan in (bare, exchange.read(dumped(empty)))]

    assert out[0] == out[1]
    assert out[0] == {
        "schema_version": 1,
        "languages": ["fi", "en"],
        "default_language": "fi",
        "programme": {"id": "p", "name": "P"},
    }


def test_the_state_of_a_pillar_follows_from_step_seven() -> None:
    document = documents.demo("en")
    states = []
    for slug, state in (("a", "done"), ("b", "in_progress")):
        document["step_status"][7] = state
        plan = load(stored(dumped(document), slug=slug))
        states.append({pillar.state for pillar in plan.pillars})
        assert "state" not in exchange.write(plan)["pillars"][0]

    assert states == [{"approved"}, {"chosen"}]


def test_loading_takes_no_more_queries_for_more_records(django_assert_num_queries: Any) -> None:
    one = stored(documents.FILE.read_bytes(), "en")
    three = stored(dumped(threefold(documents.demo("en"))), slug="next")

    with django_assert_num_queries(43):
        load(one)
    with django_assert_num_queries(43):
        plan = load(three)

    assert len(plan.gaps) == 24
    assert len(plan.journeys) == 6


def threefold(document: dict[str, Any]) -> dict[str, Any]:
    """Every list of records three times over, each time under other ids and linked among themselves."""
    own = set(_ids(document))
    copies = [_renamed(document, own, suffix) for suffix in ("", "-b", "-c")]
    result = dict(copies[0])
    for name, value in document.items():
        if isinstance(value, list) and name != "languages":
            result[name] = [item for one in copies for item in one[name]]
    return result


def _ids(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if "id" in value:
            yield value["id"]
        for item in value.values():
            yield from _ids(item)
    elif isinstance(value, list):
        for item in value:
            yield from _ids(item)


def _renamed(value: Any, own: set[str], suffix: str, name: str = "") -> Any:
    kept = {"vision", "programme", "organisation", "readiness"}
    if isinstance(value, dict):
        return {
            (key + suffix if key in own and name == "answers" else key): item
            if key in kept
            else _renamed(item, own, suffix, key)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [_renamed(item, own, suffix, name) for item in value]
    once = {"v1", *(f"ve{n}" for n in range(1, 4))}
    return value + suffix if isinstance(value, str) and value in own - once and name not in WORDS else value


WORDS = {"channel", "channels", "kind", "role", "theme", "name", "text", "title", "sector"}
