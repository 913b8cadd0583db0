"""Dates, numbers and names as the active language writes them."""

from collections.abc import Sequence
from datetime import date

from django.utils.translation import get_language, gettext, pgettext
from django.utils.translation import gettext_lazy as _

from cxplan.kit.charts import decimal

MONTHS = (
    _("January"), _("February"), _("March"), _("April"), _("May"), _("June"),
    _("July"), _("August"), _("September"), _("October"), _("November"), _("December"),
)  # fmt: skip


def finnish() -> bool:
    """Say whether the active language is Finnish."""
    return (get_language() or "en").startswith("fi")


def month(number: int) -> str:
    """Return the short name of a month, 1–12: "Jan", "tammi"."""
    name = str(MONTHS[number - 1])
    return name.removesuffix("kuu") if finnish() else name[:3]


def month_name(number: int) -> str:
    """Return the whole name of a month, 1–12."""
    return str(MONTHS[number - 1])


def day(when: date | None) -> str:
    """Write a date: 4.11.2026 or 4 Nov 2026; a dash for none."""
    if when is None:
        return "–"
    if finnish():
        return f"{when.day}.{when.month}.{when.year}"
    return f"{when.day} {month(when.month)} {when.year}"


def span(start: date | None, end: date | None) -> str:
    """Write a range of dates, the year once where it is the same."""
    if start is None or end is None:
        return f"{day(start)} – {day(end)}" if start or end else "–"
    if start.year != end.year:
        return f"{day(start)} – {day(end)}"
    if finnish():
        return f"{start.day}.{start.month}.–{day(end)}"
    return f"{start.day} {month(start.month)} – {day(end)}"


def period(text: str) -> str:
    """Name a measured period: "2026-10" is October 2026; quarters, weeks and years as they are written."""
    year, _dash, rest = text.partition("-")
    return f"{month_name(int(rest))} {year}" if rest.isdigit() else text


def period_short(text: str) -> str:
    """Name a measured period in a table's head or under a picture."""
    rest = text.partition("-")[2]
    return month(int(rest)) if rest.isdigit() else rest or text


def point() -> str:
    """Return the decimal point."""
    return "," if finnish() else "."


def number(value: float | None, places: int = 1, *, sign: bool = False) -> str:
    """Write a number with a real minus; a dash for none."""
    return "–" if value is None else decimal(value, places, point(), sign=sign)


def plain(value: float | None) -> str:
    """Write a number with as many decimals as it has, at most two."""
    if value is None:
        return "–"
    text = decimal(value, 2, point())
    return text.rstrip("0").rstrip(point()) if point() in text else text


def percent(value: str) -> str:
    """Write a number as per cent."""
    return f"{value} %" if finnish() else f"{value}%"


def quoted(text: str) -> str:
    """Put somebody's words in the language's quotation marks."""
    return pgettext("quotation", "“%(text)s”") % {"text": text} if text else ""


def listed(names: Sequence[str]) -> str:
    """Join names: "a, b and c"."""
    if len(names) < 2:
        return "".join(names)
    return gettext("%(some)s and %(last)s") % {"some": ", ".join(names[:-1]), "last": names[-1]}


def lowered(text: str) -> str:
    """Begin a text in lower case, to stand inside a sentence; an abbreviation stays as it is."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def raised(text: str) -> str:
    """Begin a text in upper case."""
    return text[:1].upper() + text[1:]


def sentence(text: str) -> str:
    """End a text with a full stop unless it ends as a sentence already."""
    text = text.strip()
    return text if not text or text[-1] in ".!?…”" else f"{text}."
