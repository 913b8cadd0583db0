"""Which records a page shows beyond its first ones."""

from __future__ import annotations

from typing import Self
from urllib.parse import urlsplit

from django import forms
from django.db.models import BigIntegerField
from django.http import HttpRequest, QueryDict
from django_htmx.middleware import HtmxDetails

from roadmap.domain.kinds import ALL


class ShownForm(forms.Form):
    """What an address asks for, or the page that a fragment goes into; anything odd in it is passed over."""

    all = forms.MultipleChoiceField(choices=[(kind.name, kind.name) for kind in ALL], required=False)
    at = forms.IntegerField(required=False, min_value=1, max_value=BigIntegerField.MAX_BIGINT)

    @classmethod
    def of(cls, request: HttpRequest) -> Self:
        """What a request asks for: a page stays as whole as it was when a part of it is swapped."""
        asked = request.GET.copy()
        htmx: HtmxDetails | None = getattr(request, "htmx", None)
        if htmx:
            asked.setlist("all", [*asked.getlist("all"), *_query(htmx).getlist("all")])
        form = cls(asked)
        form.full_clean()
        return form

    @property
    def whole(self) -> list[str]:
        """The kinds of which every record is shown."""
        return sorted(set(self.cleaned_data.get("all", ())))

    @property
    def also(self) -> int | None:
        """The key of a record that has to be among those shown."""
        found: int | None = self.cleaned_data.get("at")
        return found


def _query(htmx: HtmxDetails) -> QueryDict:
    """The query of the page that asks, as far as its header is an address."""
    try:
        return QueryDict(urlsplit(htmx.current_url_abs_path or "").query)
    except ValueError:
        return QueryDict()
