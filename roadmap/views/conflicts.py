"""What a save shows that somebody else was faster than: both texts, in the form that keeps what was typed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _

from cxplan.workspaces.domain import history
from cxplan.workspaces.models import Record
from roadmap.access import ProgrammeRequest
from roadmap.forms import RecordForm


def sides(request: ProgrammeRequest, form: RecordForm, current: Record) -> dict[str, Any]:
    """What differs between the record as it is now and the form that came late, and who wrote last.

    The form then carries the record's version: saving it again keeps mine.
    """
    theirs = type(form)(instance=current, programme=request.programme, member=request.member, prefix=form.prefix)
    compared = [
        (theirs[name].label, before, after)
        for name in form.fields
        if name != "version" and (before := _words(theirs[name])) != (after := _words(form[name]))
    ]
    mine = request.POST.copy()
    mine[form.add_prefix("version")] = str(current.version)
    form.data = mine
    wrote = next(iter(history.of_record(request.workspace, current._meta.db_table, current.pk)), None)
    return {"compared": compared, "wrote": wrote}


def _words(bound: BoundField) -> str:
    """What stands in a field, as a reader knows it."""
    value, field = bound.value(), bound.field
    if isinstance(field, forms.ChoiceField):
        listed = value if isinstance(value, list | tuple) else [value]
        chosen = {str(each) for each in listed if each not in (None, "")}
        options: Any = field.choices
        return ", ".join(str(label) for key, label in options if str(key) in chosen)
    if isinstance(field, forms.BooleanField):  # the one that knows no answer is a subclass
        answer = str(value).lower()
        return _("yes") if answer in ("true", "on") else _("no") if answer == "false" else ""
    return "" if value is None else str(value)
