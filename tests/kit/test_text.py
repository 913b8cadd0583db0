import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxplan.kit import text


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Aino Kettula", "AK"), ("Anna-Maija van Öster", "AÖ"), ("ville", "V"), ("", ""), ("  ", ""), ("Äiti 2", "Ä")],
)
def test_initials(name: str, expected: str) -> None:
    assert text.initials(name) == expected


def test_long_words_get_soft_hyphens_where_a_syllable_begins() -> None:
    assert text.hyphenated("kohtaamispisteittäin").split(text.SOFT_HYPHEN) == [
        "koh",
        "taa",
        "mis",
        "pis",
        "teit",
        "täin",
    ]
    assert text.hyphenated("kohtaamispiste") == "kohtaamispiste"


@given(st.text())
def test_soft_hyphens_change_nothing_else(given_text: str) -> None:
    plain = given_text.replace(text.SOFT_HYPHEN, "")
    assert text.hyphenated(plain).replace(text.SOFT_HYPHEN, "") == plain


def test_differences_name_what_only_one_side_has() -> None:
    before, after = text.differences("we never send it", "we never read it")
    assert before == "we never <del>send</del> it"
    assert after == "we never <ins>read</ins> it"


def test_differences_escape_their_text() -> None:
    before, after = text.differences("<b>", "&")
    assert before == "<del>&lt;b&gt;</del>"
    assert after == "<ins>&amp;</ins>"
