"""What is asked before a record on which others lean goes to the trash."""

from __future__ import annotations

from django import forms


class TrashForm(forms.Form):
    """Whether somebody who was shown what hangs on the record still wants to delete it."""

    sure = forms.BooleanField(required=False, widget=forms.HiddenInput)
