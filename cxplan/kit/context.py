"""What every page needs to know about itself: colours, languages and, where it says that something failed, its name."""

from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language

from cxplan.kit import logs

THEMES: Final = ("auto", "light", "dark")


def chosen_theme(request: HttpRequest) -> str:
    theme = request.COOKIES.get(settings.THEME_COOKIE_NAME)
    return theme if theme in THEMES else "auto"


def page(request: HttpRequest) -> dict[str, Any]:
    """The theme, the languages, the address that a switch of either comes back to, and the request's reference."""
    current = get_language()
    return {
        "theme": chosen_theme(request),
        "languages": [{"code": code, "name": name, "current": code == current} for code, name in settings.LANGUAGES],
        "reference": logs.reference.get(),
        "page_path": request.get_full_path() if request.method == "GET" else request.path,
    }
