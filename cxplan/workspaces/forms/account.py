"""What people tell of themselves, and what owners decide for a workspace."""

from __future__ import annotations

from typing import Any

from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from cxplan.workspaces.domain import accounts
from cxplan.workspaces.models import User, Workspace


class ProfileForm(forms.ModelForm[User]):
    language = forms.ChoiceField(
        label=_("Language"),
        required=False,
        choices=[("", _("as my browser asks")), *settings.LANGUAGES],
        help_text=_("Of the pages, and of the e-mails that we send you."),
    )

    class Meta:
        model = User
        fields = ("name", "language")
        widgets = {"name": forms.TextInput(attrs={"autocomplete": "name"})}


class PasskeyForm(AddWebAuthnForm):  # type: ignore[misc]  # allauth is untyped
    """A passkey that opens the door alone, unless somebody wants it as a second step only."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["passwordless"].initial = True


class WorkspaceForm(forms.ModelForm[Workspace]):
    """The settings of a workspace, by one of its owners."""

    class Meta:
        model = Workspace
        fields = ("name", "requires_mfa")

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by

    def clean_requires_mfa(self) -> bool:
        """Whoever asks it of others has it, so that no owner shuts the door behind themselves."""
        asked: bool = self.cleaned_data["requires_mfa"]
        if asked and not self.instance.requires_mfa and not accounts.has_second_step(self.by):
            raise forms.ValidationError(_("Set up a second step for yourself first: in your account, under sign-in."))
        return asked
