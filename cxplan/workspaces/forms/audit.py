"""Which entries of the audit trail an owner wants to see."""

from __future__ import annotations

from urllib.parse import urlencode

from django import forms
from django.db.models import BigIntegerField
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from cxplan.workspaces.models import AuditEvent
from cxplan.workspaces.models.audit import AuditEntryQuerySet


class AuditForm(forms.Form):
    """What an address asks for; anything odd in it is passed over."""

    event = forms.ChoiceField(
        label=_("What happened"),
        choices=lambda: [("", _("Everything")), *((key, capfirst(str(label))) for key, label in AuditEvent.choices)],
        required=False,
    )
    before = forms.IntegerField(
        required=False, min_value=1, max_value=BigIntegerField.MAX_BIGINT, widget=forms.HiddenInput
    )

    def narrow(self, entries: AuditEntryQuerySet) -> AuditEntryQuerySet:
        """The entries of one sort, or from before one of them, where that was asked for."""
        if event := self.cleaned_data.get("event"):
            entries = entries.filter(event=event)
        if before := self.cleaned_data.get("before"):
            entries = entries.filter(pk__lt=before)
        return entries

    def address(self, *, before: int | None = None) -> str:
        """The query of the same sort of entries, from the latest or from before one."""
        asked = {"event": self.cleaned_data.get("event"), "before": before}
        return f"?{urlencode({name: value for name, value in asked.items() if value})}"
