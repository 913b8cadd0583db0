import gettext
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxplan.kit import catalog
from cxplan.kit.catalog import Entry, Message

words = st.text(st.characters(codec="utf-8", exclude_characters="\0\x04\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"))
entries = st.builds(
    Entry,
    st.builds(Message, words.filter(bool), st.just(""), words),
    st.tuples(words),
    st.just(("templates/base.html",)),
    st.booleans(),
)


@given(entries)
def test_what_is_written_is_read_again(tmp_path_factory: pytest.TempPathFactory, entry: Entry) -> None:
    path = tmp_path_factory.getbasetemp() / "django.po"
    path.write_text(catalog.written([entry], "fi"), encoding="utf-8", newline="\n")
    assert catalog.read(path) == [entry]


def test_no_file_holds_no_entries(tmp_path: Path) -> None:
    assert catalog.read(tmp_path / "none.po") == []


def test_a_line_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    path = tmp_path / "django.po"
    path.write_text('msgid "a\nmsgstr ""\n')
    with pytest.raises(ValueError, match="cannot read the line 'msgid \"a'"):
        catalog.read(path)


def test_plural_forms_and_context_survive(tmp_path: Path) -> None:
    path = tmp_path / "django.po"
    entry = Entry(Message("%(n)s gap", "%(n)s gaps", "count"), ("%(n)s kuilu", "%(n)s kuilua"), ("b.py", "a.py"))
    path.write_text(catalog.written([entry, Entry(Message("Light"))], "fi"), encoding="utf-8")
    assert catalog.read(path) == [entry, Entry(Message("Light"), ("",))]


def test_compiled_catalogue_answers_as_gettext_does() -> None:
    compiled = catalog.compiled(
        [
            Entry(Message("gap"), ("kuilu",)),
            Entry(Message("%(n)s gap", "%(n)s gaps"), ("%(n)s kuilu", "%(n)s kuilua")),
            Entry(Message("Light", context="theme"), ("Vaalea",)),
            Entry(Message("fuzzy"), ("arvaus",), fuzzy=True),
            Entry(Message("none"), ("",)),
        ],
        "fi",
    )
    answers = gettext.GNUTranslations(io.BytesIO(compiled))
    assert answers.gettext("gap") == "kuilu"
    assert [answers.ngettext("%(n)s gap", "%(n)s gaps", n) for n in (1, 2)] == ["%(n)s kuilu", "%(n)s kuilua"]
    assert answers.pgettext("theme", "Light") == "Vaalea"
    assert answers.gettext("fuzzy") == "fuzzy"
    assert answers.gettext("none") == "none"
    assert answers.info()["language"] == "fi"


@pytest.mark.parametrize(
    ("entry", "problems"),
    [
        (Entry(Message("gap"), ("kuilu",)), []),
        (Entry(Message("gap"), ("",)), ["has no translation"]),
        (Entry(Message("gap")), ["has no translation"]),
        (Entry(Message("a", "b"), ("yksi", "")), ["has no translation"]),
        (Entry(Message("gap"), ("kuilu",), fuzzy=True), ["is marked fuzzy"]),
        (Entry(Message("%(who)s wrote"), ("kirjoitti",)), ["lacks the placeholder %(who)s"]),
        (Entry(Message("{who} wrote"), ("{kuka} kirjoitti",)), ["knows not", "lacks"]),
        (Entry(Message("100%% of %s"), ("100 % %s",)), []),
        (Entry(Message("one gap", "%(n)s gaps"), ("yksi kuilu", "%(n)s kuilua")), []),
        (Entry(Message("one gap", "%(n)s gaps"), ("yksi kuilu", "kuilua")), ["lacks the placeholder %(n)s"]),
    ],
)
def test_problems(entry: Entry, problems: list[str]) -> None:
    found = list(entry.problems())
    assert len(found) == len(problems)
    if problems and problems[0] not in {"knows not"}:
        assert found == problems


def test_merging_keeps_translations_and_drops_what_the_code_dropped() -> None:
    known = [Entry(Message("gap"), ("kuilu",), ("old.py",)), Entry(Message("gone"), ("mennyt",))]
    merged = catalog.merged({Message("new"): {"b.py", "a.py"}, Message("gap"): {"a.py"}}, known)
    assert merged == [
        Entry(Message("gap"), ("kuilu",), ("a.py",)),
        Entry(Message("new"), (), ("a.py", "b.py")),
    ]
