"""Find every translatable text in the code: Python by its syntax tree, templates by Django's own reading of them."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from django.utils.translation.template import templatize

from cxplan.kit.catalog import Message

# The names of Django's functions, and where in their arguments context, text and plural stand
FUNCTIONS: Final = {
    "gettext": ("text",),
    "gettext_lazy": ("text",),
    "gettext_noop": ("text",),
    "ngettext": ("text", "plural"),
    "ngettext_lazy": ("text", "plural"),
    "pgettext": ("context", "text"),
    "pgettext_lazy": ("context", "text"),
    "npgettext": ("context", "text", "plural"),
    "npgettext_lazy": ("context", "text", "plural"),
}
MODULES: Final = ("django.utils.translation", "django.utils")
TEMPLATE_CALL: Final = re.compile(r"(?<![\w.])(_|n?p?gettext)\(")


def found(root: Path, folders: Iterable[str]) -> dict[Message, set[str]]:
    """Every message under the folders, with the files that use it."""
    messages: dict[Message, set[str]] = defaultdict(set)
    for folder in folders:
        for path in sorted((root / folder).rglob("*")):
            if path.suffix == ".py":
                here = in_python(path.read_text(encoding="utf-8"))
            elif path.suffix in {".html", ".txt"} and "templates" in path.parts:
                here = in_template(path.read_text(encoding="utf-8"), str(path))
            else:
                continue
            for message in here:
                messages[message].add(path.relative_to(root).as_posix())
    return messages


def in_python(source: str) -> Iterator[Message]:
    tree = ast.parse(source)
    names = _imported(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and (function := _called(node.func, names)):
            arguments = node.args[: len(FUNCTIONS[function])]
            texts = [each.value for each in arguments if isinstance(each, ast.Constant) and isinstance(each.value, str)]
            if len(texts) == len(FUNCTIONS[function]):
                yield _message(function, texts)


def in_template(source: str, name: str = "") -> Iterator[Message]:
    """Django turns the template into calls of gettext; they are read as the Python they are."""
    calls = templatize(source, origin=name)
    for match in TEMPLATE_CALL.finditer(calls):
        function = "gettext" if match[1] == "_" else match[1]
        texts = list(_strings(calls, match.end()))
        yield _message(function, texts[: len(FUNCTIONS[function])])


def _message(function: str, texts: Iterable[str]) -> Message:
    return Message(**dict(zip(FUNCTIONS[function], texts, strict=True)))


def _imported(tree: ast.AST) -> dict[str, str]:
    """Local names of the functions and of the module: {"_": "gettext_lazy", "translation": ""}."""
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module in MODULES:
            for each in node.names:
                if each.name in FUNCTIONS or each.name == "translation":
                    names[each.asname or each.name] = each.name if each.name in FUNCTIONS else ""
    return names


def _called(function: ast.expr, names: dict[str, str]) -> str:
    if isinstance(function, ast.Name):
        return names.get(function.id, "")
    if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name):
        return function.attr if function.attr in FUNCTIONS and names.get(function.value.id) == "" else ""
    return ""


def _strings(calls: str, start: int) -> Iterator[str]:
    literal = re.compile(r"\s*u?('(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\")\s*,?", re.DOTALL)
    while match := literal.match(calls, start):
        yield str(ast.literal_eval(match[1]))
        start = match.end()
