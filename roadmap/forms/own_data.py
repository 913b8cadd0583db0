"""What is asked before a person is erased."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cxplan.kit.forms import put_plainly
from cxplan.workspaces.models import User


class EraseForm(forms.Form):
    """The password once more; whoever has none writes a word."""

    word = forms.CharField(
        max_length=20, widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "off"})
    )
    password = forms.CharField(
        label=_("Your password"),
        strip=False,
        max_length=4096,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        del self.fields["word" if user.has_usable_password() else "password"]
        asked: object = _("Write your password: nothing is erased without it.")
        if "word" in self.fields:
            self.fields["word"].label = _("Write “%(word)s” here") % {"word": WORD}
            asked = _("Nothing was erased. Write the word “%(word)s” to go on.") % {"word": WORD}
        for field in self.fields.values():
            put_plainly(field, required=asked)

    def clean_word(self) -> str:
        word: str = self.cleaned_data["word"].strip()
        if word.casefold() != str(WORD).casefold():
            raise forms.ValidationError(
                _("Nothing was erased. Write the word “%(word)s” to go on."), params={"word": WORD}
            )
        return word

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        if not self.user.check_password(password):
            raise forms.ValidationError(_("Nothing was erased: this is not your password. Try again."))
        return password


#: The word that somebody without a password writes.
WORD = _("erase")
