"""Translation catalogues without GNU gettext: read and write .po, compile .mo, say what is wrong with an entry.

Machines that build and test have Python and nothing else, and wheels bring no `msgfmt`. The files are our own and use
a small part of the format: comments that name files, `msgctxt`, `msgid`, `msgid_plural`, `msgstr`, and quoted lines.
"""

import ast
import re
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

PLURALS: Final = 2  # Finnish and English: one, and the rest
HEADER: Final = """\
msgid ""
msgstr ""
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Language: {language}\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"
"""
PLACEHOLDER: Final = re.compile(r"%\((\w+)\)[sdif]|%[sdif](?!\w)|\{(\w*)\}")
LINE_WIDTH: Final = 110

Key = tuple[str, str, str]


@dataclass(frozen=True, order=True)
class Message:
    """What the code asks to have translated."""

    text: str
    plural: str = ""
    context: str = ""

    @property
    def mo_key(self) -> str:
        """Context, text and plural joined as .mo files join them."""
        return f"{self.context}\x04{self._texts}" if self.context else self._texts

    @property
    def _texts(self) -> str:
        return f"{self.text}\0{self.plural}" if self.plural else self.text


@dataclass(frozen=True)
class Entry:
    """A message, where it is used, and its translations: one, or one for each plural form."""

    message: Message
    translations: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    fuzzy: bool = False

    @property
    def is_complete(self) -> bool:
        return len(self.translations) == (PLURALS if self.message.plural else 1) and all(self.translations)

    def problems(self) -> Iterator[str]:
        """Sentences about what would show on the page in the wrong language, or not at all."""
        if not self.is_complete:
            yield "has no translation"
        elif self.fuzzy:
            yield "is marked fuzzy"
        else:
            yield from self._placeholder_problems()

    def _placeholder_problems(self) -> Iterator[str]:
        message = self.message
        known = placeholders(message.text) | placeholders(message.plural)
        for number, translation in enumerate(self.translations):
            used = placeholders(translation)
            source = message.plural if number else message.text
            # "One gap" may leave the number unsaid; nothing else may be left out.
            needed = set() if message.plural and not number else placeholders(source)
            for name in sorted(used - known):
                yield f"has the placeholder {name}, which the source does not know"
            for name in sorted(needed - used):
                yield f"lacks the placeholder {name}"


def placeholders(text: str) -> set[str]:
    return {match[0] for match in PLACEHOLDER.finditer(text.replace("%%", ""))}


def merged(found: dict[Message, set[str]], known: Iterable[Entry]) -> list[Entry]:
    """The messages found in the code with the translations already there; what the code dropped is dropped."""
    translated = {entry.message: entry for entry in known}
    entries = (
        replace(translated.get(message, Entry(message)), files=tuple(sorted(files))) for message, files in found.items()
    )
    return sorted(entries, key=lambda entry: entry.message)


def read(path: Path) -> list[Entry]:
    """The entries of a .po file; none where there is no file."""
    if not path.exists():
        return []
    blocks = re.split(r"\n[ \t]*\n", path.read_text(encoding="utf-8"))
    entries = (_entry(block, path) for block in blocks if block.strip())
    return [entry for entry in entries if entry is not None and entry.message.text]


def _entry(block: str, path: Path) -> Entry | None:
    fields: dict[str, str] = {}
    files: list[str] = []
    current, fuzzy = "", False
    for line in (line.strip() for line in block.splitlines()):
        if line.startswith("#:"):
            files += line[2:].split()
        elif line.startswith("#,"):
            fuzzy = "fuzzy" in line
        elif line.startswith("#") or not line:
            continue
        else:
            keyword, _, quoted = line.partition('"')
            current = keyword.strip() or current
            try:
                fields[current] = fields.get(current, "") + str(ast.literal_eval(f'"{quoted}'))
            except (SyntaxError, ValueError) as error:
                raise ValueError(f"{path}: cannot read the line {line!r}") from error
    if "msgid" not in fields:
        return None
    message = Message(fields["msgid"], fields.get("msgid_plural", ""), fields.get("msgctxt", ""))
    names = [f"msgstr[{number}]" for number in range(PLURALS)] if message.plural else ["msgstr"]
    return Entry(message, tuple(fields.get(name, "") for name in names), tuple(files), fuzzy)


def written(entries: Iterable[Entry], language: str) -> str:
    """The text of a .po file: sorted by its caller, without dates and line numbers, so that it changes when it must."""
    return "\n".join([HEADER.format(language=language), *(_block(entry) for entry in entries)])


def _block(entry: Entry) -> str:
    message = entry.message
    lines = [f"#: {file}" for file in entry.files]
    lines += ["#, fuzzy"] if entry.fuzzy else []
    lines += _field("msgctxt", message.context) if message.context else []
    lines += _field("msgid", message.text)
    if message.plural:
        lines += _field("msgid_plural", message.plural)
        for number in range(PLURALS):
            lines += _field(f"msgstr[{number}]", dict(enumerate(entry.translations)).get(number, ""))
    else:
        lines += _field("msgstr", next(iter(entry.translations), ""))
    return "\n".join(lines) + "\n"


def _field(keyword: str, text: str) -> list[str]:
    lines = [piece for part in text.splitlines(keepends=True) for piece in _folded(part)]
    if len(lines) <= 1:
        return [f"{keyword} {_quoted(text)}"]
    return [f'{keyword} ""', *(_quoted(line) for line in lines)]


def _folded(text: str) -> Iterator[str]:
    line = ""
    for word in re.findall(r"\S*\s*", text):
        if line and len(line) + len(word) > LINE_WIDTH:
            yield line
            line = ""
        line += word
    if line:
        yield line


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{escaped}"'


def compiled_file(path: Path) -> bytes:
    language = path.parent.parent.name
    return compiled(read(path), language)


def compiled(entries: Iterable[Entry], language: str) -> bytes:
    """A .mo file of the complete entries: two tables of lengths and offsets, then the texts, sorted by key."""
    header = ast.literal_eval('"' + '""'.join(re.findall(r'^"(.+)"$', HEADER.format(language=language), re.M)) + '"')
    texts = {"": str(header)}
    texts |= {e.message.mo_key: "\0".join(e.translations) for e in entries if e.is_complete and not e.fuzzy}
    pairs = sorted((key.encode(), value.encode()) for key, value in texts.items())
    offset = 7 * 4 + len(pairs) * 16
    tables: tuple[list[int], list[int]] = ([], [])
    body = b""
    for table, strings in zip(tables, zip(*pairs, strict=True), strict=True):
        for string in strings:
            table += [len(string), offset + len(body)]
            body += string + b"\0"
    numbers = [0x950412DE, 0, len(pairs), 28, 28 + len(pairs) * 8, 0, 0, *tables[0], *tables[1]]
    return struct.pack(f"<{len(numbers)}I", *numbers) + body
