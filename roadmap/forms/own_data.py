"""What is asked before a person is erased."""

from __future__ import annotations

from typing import Any

from allauth.mfa.base.forms import AuthenticateForm
from django import forms
from django.utils.translation import gettext_lazy as _

from cxplan.kit.forms import put_plainly
from cxplan.workspaces.domain import accounts
from cxplan.workspaces.models import User


class EraseForm(forms.Form):
    """The password once more, or a word from whoever has none; and the second step, where there is one."""

    word = forms.CharField(
        max_length=20, widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "off"})
    )
    password = forms.CharField(
        label=_("Your password"),
        strip=False,
        max_length=4096,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    code = forms.CharField(
        label=_("Code"),
        max_length=64,
        help_text=_("The code that your app shows, or a recovery code"),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autocapitalize": "off"}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        del self.fields["word" if user.has_usable_password() else "password"]
        if not accounts.has_second_step(user):
            del self.fields["code"]
        asked: object = _("Write your password: nothing is erased without it.")
        if "word" in self.fields:
            self.fields["word"].label = _("Write “%(word)s” here") % {"word": WORD}
            asked = _("Nothing was erased. Write the word “%(word)s” to go on.") % {"word": WORD}
        for field in self.fields.values():
            put_plainly(field, required=asked)
        if "code" in self.fields:
            put_plainly(self.fields["code"], required=_("Write the code: nothing is erased without it."))

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

    def clean(self) -> dict[str, Any]:
        """The code at the end: one that is right is used up."""
        data = super().clean() or self.cleaned_data
        if "code" in self.fields and not self.errors:
            checked = AuthenticateForm({"code": data["code"]}, user=self.user)
            if not checked.is_valid():
                self.add_error("code", checked.errors["code"])
        return data


#: The word that somebody without a password writes.
WORD = _("erase")
