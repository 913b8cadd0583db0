"""Figures of a metric as they come from elsewhere: a column copied from a sheet, or a CSV file."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from cxplan.kit.forms import put_plainly
from roadmap.domain.plan import PERIOD
from roadmap.models import Measurement, Metric

from .metrics import MeasurementForm

MOST_ROWS: Final = 200
MOST_BYTES: Final = 200_000
SEPARATORS: Final = ("\t", ";", ",")
NO_TEXT: Final = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")  # what only other kinds of file hold
SPACES: Final = re.compile(r"[\s\u00a0\u202f]")


@dataclass(frozen=True)
class Row:
    """One row: what stood in it, what was understood, and what is wrong with it."""

    number: int
    cells: tuple[str, ...]
    values: Mapping[str, Any]
    problem: str = ""


class FiguresForm(forms.Form):
    """Rows of a period and its raw counts; which columns there are follows from the metric's kind."""

    text = forms.CharField(
        label=gettext_lazy("figures"),
        required=False,
        strip=False,
        max_length=MOST_BYTES,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
    )
    file = forms.FileField(
        label=gettext_lazy("or a CSV file"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,text/csv,text/plain"}),
    )

    def __init__(self, *args: Any, metric: Metric, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.metric = metric
        self.columns = _columns(metric.kind)
        self.table: list[Row] = []
        for field in self.fields.values():
            field.label = capfirst(field.label or "")
        self.fields["text"].help_text = _("One period on each row: %(columns)s. For example: %(example)s") % {
            "columns": ", ".join(self.headings()),
            "example": " ; ".join(["2026-10", *(("61", "25", "14", "9", "7", "4", "2")[: len(self.columns)])]),
        }

    def headings(self) -> list[str]:
        """What stands on a row, the period first."""
        return [_heading("period"), *(_answers(name) or _heading(name) for name in self.columns)]

    def full_clean(self) -> None:
        for field in self.fields.values():
            put_plainly(field)
        super().full_clean()

    def clean_file(self) -> str:
        """The text of the file, as sheets write it in this country."""
        file = self.cleaned_data["file"]
        return _text(file) if file else ""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        pasted, uploaded = data.get("text", ""), data.get("file", "")
        if self.errors:
            return data
        if bool(pasted.strip()) == bool(uploaded.strip()):
            both = _("Paste the figures or choose a file, not both.")
            self.add_error("text", both if pasted.strip() else _("Paste the figures here, or choose a file below."))
            return data
        self._read(pasted if pasted.strip() else uploaded)
        if wrong := sum(bool(row.problem) for row in self.table):
            self._keep(uploaded)
            self.add_error("text", _wrong(wrong))
        return data

    def rows(self) -> list[dict[str, Any]]:
        """The columns of each new measurement."""
        return [dict(row.values) for row in self.table]

    def _read(self, content: str) -> None:
        lines = _cells(content)
        order: Sequence[str] = self.columns
        if lines and _is_heading(lines[0][1], self.columns):
            order = _order(lines.pop(0)[1][1:], self.columns)
        if not lines:
            self.add_error("text", _("There are no figures here; write the period first on each row."))
        elif len(lines) > MOST_ROWS:
            said = _("There are %(count)s rows; %(most)s fit at once. Add the rest afterwards.")
            self.add_error("text", said % {"count": len(lines), "most": MOST_ROWS})
        else:
            self.table = list(self._rows(lines, order, comma="," not in content or any(s in content for s in "\t;")))

    def _rows(self, lines: Sequence[tuple[int, list[str]]], order: Sequence[str], *, comma: bool) -> Iterator[Row]:
        """Each row with what is wrong with it; a period may be there once."""
        measured = Measurement.objects.of(self.metric.programme).alive().filter(metric=self.metric)
        there = set(measured.values_list("period", flat=True))
        first: dict[str, int] = {}
        for number, cells in lines:
            try:
                values = _values(cells, order, self.metric.kind, comma=comma)
                period = values["period"]
                if period in there:
                    raise ValidationError(_("This period has a measurement already. Edit that one, or leave it out."))
                if period in first:
                    raise ValidationError(_("The same period is on row %(row)s.") % {"row": first[period]})
                first[period] = number
            except ValidationError as error:
                yield Row(number, tuple(cells), {}, " ".join(error.messages))
            else:
                yield Row(number, tuple(cells), values)

    def _keep(self, uploaded: str) -> None:
        """A browser forgets the file it sent, so what stood in it can be mended as text."""
        if uploaded:
            self.data = {**self.data, self.add_prefix("text"): uploaded}


def _columns(kind: str) -> tuple[str, ...]:
    scores = MeasurementForm.SCORES.get(kind)
    if scores:
        return tuple(f"score_{score}" for score in scores)
    return MeasurementForm.RAW.get(kind, ("value", "n"))


def _heading(column: str) -> str:
    if column.startswith("score_"):
        return column.removeprefix("score_")
    field: Any = Measurement._meta.get_field(column)
    return str(field.verbose_name)


def _answers(column: str) -> str:
    """What is counted under a score."""
    score = column.removeprefix("score_")
    return "" if score == column else _("answers of %(score)s") % {"score": score}


def _wrong(count: int) -> str:
    if count == 1:
        return _("One row needs mending, so nothing was added. The table tells what to do.")
    return _("%(count)s rows need mending, so nothing was added. The table tells what to do.") % {"count": count}


def _text(file: UploadedFile[Any]) -> str:
    if (file.size or 0) > MOST_BYTES:
        raise ValidationError(_("The file is larger than 200 kB. Leave out what is not needed, or paste the figures."))
    text = _decoded(file.read())
    if NO_TEXT.search(text):
        raise ValidationError(_("This is not a text file. Save the sheet as CSV, or copy its cells and paste them."))
    return text


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _cells(content: str) -> list[tuple[int, list[str]]]:
    """The rows with their numbers; what separates their cells is the first separator there is."""
    separator = next((one for one in SEPARATORS if one in content), None)
    rows = ((number, _split(line, separator)) for number, line in enumerate(content.splitlines(), 1))
    return [(number, cells) for number, cells in rows if any(cells)]


def _split(line: str, separator: str | None) -> list[str]:
    if separator is None:
        return line.split()
    try:
        cells = next(csv.reader([line], delimiter=separator), [])
    except csv.Error:  # a cell that no sheet would hold
        cells = line.split(separator)
    return [cell.strip() for cell in cells]


def _is_heading(cells: Sequence[str], columns: Sequence[str]) -> bool:
    """Whether a first row names the columns: no period, and no numbers but those that name a score."""
    first, *others = cells
    numbers = [cell for cell in others if cell.isdecimal()]
    return bool(first) and not any(map(str.isdigit, first)) and sorted(numbers) in ([], sorted(map(_heading, columns)))


def _order(names: Sequence[str], columns: Sequence[str]) -> Sequence[str]:
    """The columns in the order of a heading row that names each of them; any other leaves them as they are."""
    known: dict[str, str] = {}
    for language in ("en", "fi"):
        with override(language):
            known |= {_heading(column).casefold(): column for column in columns}
    known |= {column: column for column in columns}
    found = [known.get(name.casefold(), "") for name in names]
    return found if sorted(found) == sorted(columns) else columns


def _values(cells: Sequence[str], order: Sequence[str], kind: str, *, comma: bool) -> dict[str, Any]:
    """What a row says, ready to be stored."""
    period, *figures = cells
    least = len(order) - ("value" in order)  # how many answered is not always known
    if not least <= len([cell for cell in figures if cell]) <= len(order) or len(figures) > len(order):
        names = ", ".join([_heading("period"), *(_answers(name) or _heading(name) for name in order)])
        raise ValidationError(_("Needed on the row: %(columns)s.") % {"columns": names})
    if not re.fullmatch(PERIOD.strip("^$"), period, re.ASCII):
        raise ValidationError(_("Write the period as 2026-10, 2026-Q4, 2026-W43 or 2026."))
    given = {
        name: _number(cell, whole=name != "value", comma=comma)
        for name, cell in zip(order, figures, strict=False)
        if cell
    }
    if given.get("successes", 0) > given.get("n", given.get("successes", 0)):
        raise ValidationError(_("There cannot be more successes than answers."))
    if kind not in MeasurementForm.SCORES:
        return {"period": period, **given}
    if not any(given.values()):
        raise ValidationError(_("Write how many gave each score; at least one of them."))
    return {"period": period, "counts": {name.removeprefix("score_"): count for name, count in given.items()}}


def _number(cell: str, *, whole: bool, comma: bool) -> float:
    """A number with spaces between its thousands and, where commas separate nothing, with a decimal comma."""
    written = SPACES.sub("", cell)
    if whole:
        if not re.fullmatch(r"[0-9]{1,9}", written):
            raise ValidationError(_("“%(cell)s” is not a whole number.") % {"cell": cell[:40]})
        return int(written)
    if comma:
        written = written.replace(",", ".")
    if not re.fullmatch(r"[-+−]?[0-9]{1,15}(\.[0-9]{1,15})?", written):
        raise ValidationError(_("“%(cell)s” is not a number.") % {"cell": cell[:40]})
    return float(written.replace("−", "-"))
