"""The components of the interface as template tags.

Each tag renders one file of `templates/ui/`, names its options, and refuses any other: a misspelt attribute is an
error when the template compiles, an unknown icon, mark or status when it renders. `/dev/components/` shows them all.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache
from typing import Any, Final

from django import template
from django.conf import settings
from django.db.models import Model
from django.forms import BaseForm, BoundField, CheckboxInput, CheckboxSelectMultiple, RadioSelect
from django.forms.formsets import BaseFormSet
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.formats import localize
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cxplan.kit import text
from cxplan.kit.forms import PickOne
from cxplan.kit.qr import qr

register = template.Library()

type_ = str  # the built-in name is an attribute of <button>

KINDS: Final = frozenset({"", "primary", "quiet", "danger"})
COLOURS: Final = frozenset({"yellow", "blue", "green", "pink", "lilac", "orange"})
PASSED_ON: Final = frozenset(
    {
        *("id", "name", "value", "form", "formaction", "formnovalidate", "title", "download", "autofocus", "lang"),
        *("hreflang", "rel", "disabled"),
        *("aria_label", "aria_describedby", "aria_controls", "aria_expanded", "aria_pressed", "aria_current"),
        *("hx_get", "hx_post", "hx_delete", "hx_target", "hx_swap", "hx_select", "hx_include", "hx_push_url"),
        *("hx_replace_url", "hx_sync", "hx_disabled_elt", "hx_trigger", "hx_vals"),
        *("data_key", "data_dialog", "data_close"),
    }
)
STATUSES: Final = {
    "not_started": ("", "", _("Not started")),
    "in_progress": ("is-now", "", _("In progress")),
    "done": ("is-done", "", _("Done")),
    "check_again": ("is-check", "", _("Check again")),
    "planned": ("", "", _("Planned")),
    "met": ("is-ok", "check", _("Target met")),
    "on_the_way": ("is-near", "next", _("On the way")),
    "missed": ("is-missed", "warn", _("Target missed")),
}
SAVED: Final = {
    "saving": ("", "clock", _("Saving…")),
    "saved": ("", "check", _("Saved")),
    "failed": ("is-failed", "warn", _("Not saved – try again")),
}
MARKS: Final = {
    "vision": _("vision"),
    "element": _("vision element"),
    "gap": _("gap"),
    "pillar": _("pillar"),
    "never": _("we never"),
    "always": _("we always"),
    "action": _("action"),
    "sweet": _("sweet spot"),
    "metric": _("metric"),
    "person": _("person"),
    "quote": _("evidence"),
    "touch": _("touchpoint"),
}
PICKER_FROM: Final = 6  # shorter lists are read at a glance and need no search
SELECT_UP_TO: Final = 8  # with the choice of nothing; a longer select gets a search as well


@cache
def icons() -> frozenset[str]:
    """The names in the sprite."""
    sprite = (settings.BASE_DIR / "static" / "icons.svg").read_text(encoding="utf-8")
    return frozenset(re.findall(r'<symbol id="([^"]+)"', sprite))


def one_of(allowed: Iterable[str], given: object, what: str) -> str:
    if (name := str(given)) in allowed:
        return name
    raise template.TemplateSyntaxError(f"{what} {name!r} is not one of {', '.join(sorted(map(repr, allowed)))}")


def attributes(given: Mapping[str, object]) -> SafeString:
    """The attributes a component passes on; none but the named ones, true ones bare, empty ones left out."""
    for name in given:
        one_of(PASSED_ON, name, "attribute")
    return format_html_join(
        "",
        "{}",
        (
            (format_html(" {}", key) if value is True else format_html(' {}="{}"', key, value),)
            for key, value in ((name.replace("_", "-"), value) for name, value in given.items())
            if value not in (None, False, "")
        ),
    )


# Signs


@register.simple_tag
def icon(name: str, *, label: str = "") -> SafeString:
    """An icon beside its word, or alone with a `label`."""
    return _symbol("icon", one_of(icons(), name, "icon"), label)


@register.simple_tag
def mark(name: str, *, label: str = "") -> SafeString:
    """The silhouette of a meaning: gap, never, always, sweet, metric, …"""
    return _symbol(f"mark m-{one_of(MARKS, name, 'mark')}", f"m-{name}", label)


@register.simple_tag
def qr_code(text: str, *, label: str) -> SafeString:
    """A QR code; what it says stands beside it in words."""
    return qr(text, label=label)


@lru_cache(maxsize=1000, typed=True)  # a label that is safe is not one that has to be escaped
def _symbol(classes: str, symbol: str, label: str) -> SafeString:
    hidden = format_html(' role="img" aria-label="{}"', label) if label else SafeString(' aria-hidden="true"')
    return format_html('<svg class="{}"{}><use href="{}#{}"/></svg>', classes, hidden, static("icons.svg"), symbol)


@register.simple_tag
def marked(name: str, word: object = "", *, tag: bool = False) -> SafeString:
    """A mark with its word; `tag=True` puts them in a pill."""
    one_of(MARKS, name, "mark")
    classes = f"marked{' tag' if tag else ''} m-{name}"
    return format_html('<span class="{}">{}{}</span>', classes, mark(name), word or MARKS[name])


@register.inclusion_tag("ui/status.html")
def status(state: object, *, label: object = "", id: str = "") -> dict[str, Any]:
    """The state of a step, an action or a metric, as a word and a shape."""
    css, sign, word = STATUSES[one_of(STATUSES, state, "status")]
    return {"css": css, "sign": sign, "label": label or word, "id": id}


@register.inclusion_tag("ui/saved.html")
def saved(state: str, *, at: object = "") -> dict[str, Any]:
    """What became of the last change: saving, saved (at a time), failed."""
    css, sign, word = SAVED[one_of(SAVED, state, "state")]
    return {"css": css, "sign": sign, "word": word, "at": at}


@register.inclusion_tag("ui/progress.html")
def progress(value: float, maximum: float, *, label: str, id: str = "progress") -> dict[str, Any]:
    return {"value": value, "maximum": maximum, "label": label, "id": id}


@register.inclusion_tag("ui/severity.html")
def severity(value: float | None, *, of: int = 5, label: str = "") -> dict[str, Any]:
    """Bars for a score on a scale that begins at 1."""
    score = value or 0
    return {"value": value, "of": of, "label": label, "bars": [number <= score for number in range(1, of + 1)]}


@register.inclusion_tag("ui/face.html")
def face(name: object, *, small: bool = False) -> dict[str, Any]:
    """Initials; the name itself stands beside it."""
    return {"initials": text.initials(str(name)), "small": small}


@register.inclusion_tag("ui/who.html")
def who(name: object, *, role: object = "") -> dict[str, Any]:
    """A person: initials, name and, where it helps, the role."""
    return {"name": name, "role": role}


@register.filter
def is_web_address(value: object) -> bool:
    """Whether a browser may be led there: anybody may have written it, such as ``javascript:``."""
    return str(value).lower().startswith(("https://", "http://"))


@register.filter
def shy(value: object) -> str:
    """Soft hyphens for long Finnish words in narrow places; escaped as ever by the template."""
    return text.hyphenated(str(value))


@register.filter
def file_size(count: int) -> str:
    """A size as people say it: 2.1 MB, in Finnish 2,1 Mt."""
    if count < 1_000_000:
        return gettext("%(size)s kB") % {"size": localize(max(1, round(count / 1000)))}
    return gettext("%(size)s MB") % {"size": localize(round(count / 1_000_000, 1))}


# Pressing and writing


@register.inclusion_tag("ui/button.html")
def button(
    label: object,
    *,
    kind: str = "",
    icon: str = "",
    href: str = "",
    type: type_ = "submit",
    big: bool = False,
    wide: bool = False,
    alone: bool = False,
    **passed_on: object,
) -> dict[str, Any]:
    """A button, or with `href` a link that looks like one; `alone` shows the icon and speaks the label."""
    one_of(KINDS, kind, "kind")
    modifiers = {"big": big, "wide": wide, "round": alone, kind: bool(kind)}
    return {
        "label": label,
        "css": "".join(f" is-{name}" for name, on in modifiers.items() if on),
        "icon": icon,
        "href": href,
        "type": one_of({"submit", "button", "reset"}, type, "type"),
        "alone": alone,
        "passed_on": attributes(passed_on),
    }


@register.inclusion_tag("ui/field.html")
def field(
    bound: BoundField, *, label: object = "", hint: object = "", small: bool = False, big: bool = False
) -> dict[str, Any]:
    """A form field: label, hint, errors and control, tied together by their ids. A placeholder is never shown."""
    widget = bound.field.widget
    hint = hint or bound.help_text
    described_by = " ".join(
        f"{bound.auto_id}_{part}" for part, present in (("helptext", hint), ("error", bound.errors)) if present
    )
    context = {"field": bound, "label": label or bound.label, "hint": hint, "described_by": described_by}
    if isinstance(widget, RadioSelect | CheckboxSelectMultiple):
        options = list(bound)
        good, others = (
            [option for option in options if getattr(option.data["value"], "is_good", False) is wanted]
            for wanted in (True, False)
        )
        searchable = len(options) >= PICKER_FROM
        return context | {"layout": "group", "good": good, "others": others, "searchable": searchable}
    shape = " input-s" * small + " input-big" * big
    control: dict[str, Any] = {"placeholder": False} | ({"aria-describedby": described_by} if described_by else {})
    if isinstance(widget, CheckboxInput):
        return context | {"layout": "choice", "control": bound.as_widget(attrs=control)}
    css = " ".join(filter(None, (str(widget.attrs.get("class", "")), f"input{shape}")))
    line = context | {"layout": "line", "control": bound.as_widget(attrs={**control, "class": css})}
    return line | {"searchable": isinstance(widget, PickOne) and len(list(widget.choices)) > SELECT_UP_TO}


@register.inclusion_tag("ui/errors.html")
def error_summary(*forms: BaseForm | BaseFormSet[Any] | None) -> dict[str, Any]:
    """Every error of the forms in one list that links to the fields; nothing where there is none."""
    return {"errors": [error for form in forms if form is not None for error in _errors(form)]}


def _errors(form: BaseForm | BaseFormSet[Any]) -> Iterator[Mapping[str, object]]:
    """Those of the whole form, then field by field. Django's own words seldom name the field, so the list does."""
    if isinstance(form, BaseFormSet):
        yield from ({"text": error} for error in form.non_form_errors())
        for each in form.forms:
            yield from _errors(each)
        return
    yield from ({"text": error} for error in form.non_field_errors())
    for bound in form:
        for error in bound.errors:
            yield {"text": error, "label": bound.label, "target": "" if bound.is_hidden else _target(bound)}


def _target(bound: BoundField) -> str:
    if bound.use_fieldset and (first := next(iter(bound), None)):
        return str(first.id_for_label)
    return str(bound.id_for_label or bound.auto_id)


@register.simple_block_tag
def menu(content: str, label: str, *, icon: str = "more", end: bool = True, of: Model | None = None) -> SafeString:
    """A button that opens a list of links and buttons; needs no script.

    Where a live page fetches itself anew, the open menu `of` a record stays open.
    """
    identity = f"menu-{of._meta.model_name}-{of.pk}" if of else ""
    context = {"content": content, "label": label, "icon": icon, "end": end, "identity": identity}
    return render_to_string("ui/menu.html", context)


@register.simple_block_tag
def dialog(content: str, title: str, *, id: str = "dialog") -> SafeString:
    """A modal dialog: a fragment swapped into `#dialog` opens at once, its page stays the fallback."""
    return render_to_string("ui/dialog.html", {"content": content, "title": title, "id": id})


@register.inclusion_tag("ui/toast.html")
def toast(message: object, *, undo: str = "", bad: bool = False) -> dict[str, Any]:
    """What just happened; with `undo` (an address to post to) it stays ten seconds and can be taken back."""
    return {"message": message, "undo": undo, "bad": bad}


@register.inclusion_tag("ui/conflict.html")
def conflict(
    changes: Iterable[tuple[object, object, object]], *, who: object = "", when: object = "", theirs: str = ""
) -> dict[str, Any]:
    """Two people changed the same record: (label, theirs, mine) side by side, inside the form that holds mine.

    Saving the form keeps mine; the link to `theirs` lets mine go.
    """
    compared = [(label, *text.differences(str(old), str(new))) for label, old, new in changes]
    return {"changes": compared, "who": who, "when": when, "theirs": theirs}


# Papers


@register.simple_block_tag
def card(content: str, title: object = "", *, href: str = "", level: int = 3, id: str = "") -> SafeString:
    """A box is a record one can open."""
    context = {"content": content, "title": title, "href": href, "level": level, "id": id}
    return render_to_string("ui/card.html", context)


@register.simple_block_tag
def note(content: str, *, colour: str = "yellow", author: object = "", id: str = "") -> SafeString:
    """What a person wrote; the colour of the paper means nothing."""
    context = {"content": content, "colour": one_of(COLOURS, colour, "colour"), "author": author, "id": id}
    return render_to_string("ui/note.html", context)


@register.simple_block_tag
def pillar(content: str, kind: object, says: object, *, href: str = "", id: str = "") -> SafeString:
    """What we never or always do: word, silhouette, border and colour say which."""
    one_of({"never", "always"}, kind, "kind")
    context = {"content": content, "kind": str(kind), "says": says, "href": href, "id": id}
    return render_to_string("ui/pillar.html", context)


@register.inclusion_tag("ui/quote.html")
def quote(words: object, *, by: object = "", href: str = "") -> dict[str, Any]:
    """Somebody's own words, behind the marker: evidence."""
    return {"words": words, "by": by, "href": href}


@register.simple_block_tag
def empty(content: str, title: object, *, example: object = "", by: object = "", level: int = 2) -> SafeString:
    """An empty place: one sentence, one example, one button (the content)."""
    context = {"content": content, "title": title, "example": example, "by": by, "level": level}
    return render_to_string("ui/empty.html", context)


@register.simple_block_tag
def table(content: str, caption: object, *, hide_caption: bool = False) -> SafeString:
    """A table that scrolls inside its own box; the content is its thead and tbody."""
    return render_to_string("ui/table.html", {"content": content, "caption": caption, "hide_caption": hide_caption})


# The chain and the way


@register.inclusion_tag("ui/chain.html")
def chain(links: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Vision to person with counts. A link is {mark, count, name, url?, hole?}; a hole breaks the line before it."""
    listed = list(links)
    after = [*listed[1:], {}]
    return {"links": [{**link, "broken": bool(next_.get("hole"))} for link, next_ in zip(listed, after, strict=True)]}


@register.inclusion_tag("ui/trace.html")
def trace(links: Iterable[Mapping[str, Any]], *, label: object = "") -> dict[str, Any]:
    """The links of one record as chips. A link is {mark, text, url?}, a missing one {hole, url?}.

    With `walk` instead of `url` it opens in the dialog, from which one walks on.
    """
    return {"links": links, "label": label}


@register.inclusion_tag("ui/crumbs.html")
def crumbs(places: Iterable[tuple[object, str]]) -> dict[str, Any]:
    """Where we are: (name, address) from the outside in; the last is this page."""
    return {"places": list(places)}


@register.simple_block_tag
def stephead(content: str, number: int, name: object, *, group: object = "", of: int = 12) -> SafeString:
    """The head of a step's page; the content is its tools."""
    context = {"content": content, "number": number, "name": name, "group": group, "of": of}
    return render_to_string("ui/stephead.html", context)


@register.simple_block_tag
def why(content: str, *, title: object = "", closed: bool = False) -> SafeString:
    """Why this step: folds away, and stays the way it was left."""
    return render_to_string("ui/why.html", {"content": content, "title": title, "closed": closed})


@register.inclusion_tag("ui/checks.html")
def checks(items: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Done when …: {text, done, url?} each."""
    return {"items": items}


@register.inclusion_tag("ui/feed.html")
def feed(items: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """What happened lately: {who, text, when, url?} each."""
    return {"items": items}


@register.inclusion_tag("ui/pdf.html")
def pdf(
    state: object,
    *,
    id: str = "pdf",
    done: int = 0,
    parts: int = 0,
    percent: int | None = None,
    page: int = 0,
    pages: int = 0,
    title: object = "",
    notice: object = "",
    poll: str = "",
    url: str = "",
    size: int | None = None,
    made: object = "",
    error: object = "",
) -> dict[str, Any]:
    """An export under way, in place: queued, running (`done` of `parts`, or `percent` and the `page` that is being
    set of about so many `pages`), done (`url`, `size`), failed (`error`); `notice` says why it does not go on.

    While it runs the fragment asks `poll` for its successor.
    """
    one_of({"queued", "running", "done", "failed"}, state, "state")
    return {
        **{"state": str(state), "id": id, "done": done, "parts": parts, "poll": poll, "percent": percent, "page": page},
        **{"url": url, "size": size, "made": made, "error": error, "pages": pages, "title": title, "notice": notice},
    }
