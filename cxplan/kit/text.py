"""Small things done to text: initials, soft hyphens, and what differs between two versions."""

import difflib
import re
from collections.abc import Iterator

from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString

SOFT_HYPHEN = "\u00ad"
LONG_WORD = re.compile(r"[^\W\d_]{15,}")
SYLLABLE = re.compile(r"(?<=[^\W\d_]{3})(?=[bcdfghjklmnpqrstvwxz][aeiouyåäö])(?=[^\W\d_]{3})", re.IGNORECASE)
WORDS = re.compile(r"\s+|[^\s]+")


def initials(name: str) -> str:
    """The first letters of the first and the last word: "Aino Kettula" is AK."""
    words = [word for word in re.split(r"[\s-]+", name) if word[:1].isalpha()]
    return "".join(word[0] for word in (words if len(words) < 2 else [words[0], words[-1]])).upper()


def hyphenated(text: str) -> str:
    """Soft hyphens where a Finnish syllable begins, in words of 15 letters and more.

    Browsers ship no Finnish hyphenation, and a long compound would break a narrow column.
    """
    return LONG_WORD.sub(lambda word: SYLLABLE.sub(SOFT_HYPHEN, word[0]), text)


def differences(before: str, after: str) -> tuple[SafeString, SafeString]:
    """Both texts as HTML; what only one of them has stands in <del> (before) or <ins> (after)."""
    old, new = WORDS.findall(before), WORDS.findall(after)
    opcodes = difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return (
        _marked("del", ((tag != "equal", old[start:end]) for tag, start, end, _, _ in opcodes)),
        _marked("ins", ((tag != "equal", new[start:end]) for tag, _, _, start, end in opcodes)),
    )


def _marked(element: str, runs: Iterator[tuple[bool, list[str]]]) -> SafeString:
    pieces = ((differs, "".join(words)) for differs, words in runs if words)
    return format_html_join(
        "",
        "{}",
        (
            (format_html("<{0}>{1}</{0}>", element, text) if differs and text.strip() else escape(text),)
            for differs, text in pieces
        ),
    )
