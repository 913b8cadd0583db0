"""Accounts: the people who can sign in."""

from cxplan.workspaces.models import User


def speak(user: User, language: str) -> None:
    """Remember the language that somebody chose, for their next sign-in."""
    if user.language != language:
        user.language = language
        user.save(update_fields=["language"])
