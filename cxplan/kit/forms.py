"""Fields that say what to do instead of what they miss, and choices that say why they are offered."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.forms.models import ModelChoiceIterator, ModelChoiceIteratorValue
from django.utils.translation import gettext as _

# Words


def put_plainly(field: forms.Field, *, required: object = "") -> None:
    """Replace Django's own messages by sentences that tell what to do; ``required`` asks for this field's own."""
    said = field.error_messages
    said["required"] = str(required) or _required(field)
    said["invalid"] = _invalid(field) or said.get("invalid", "")
    said["max_length"] = _("Shorten this to %(limit_value)d characters; now it has %(show_value)d.")
    said["null_characters_not_allowed"] = _("Take out the characters that cannot be shown.")
    for code in ("invalid_choice", "invalid_pk_value", "invalid_list"):
        said[code] = _("Choose from the list: what was chosen is not there any more.")
    ends = {type(one): one.limit_value for one in field.validators if isinstance(one, _ENDS)}
    if len(ends) == len(_ENDS):
        low, high = ends[MinValueValidator], ends[MaxValueValidator]
        said["min_value"] = said["max_value"] = _("Write a number from %(low)s to %(high)s.") % {
            "low": low,
            "high": high,
        }
    else:
        said["min_value"] = _("Write a number that is at least %(limit_value)s.")
        said["max_value"] = _("Write a number that is at most %(limit_value)s.")


_ENDS = (MinValueValidator, MaxValueValidator)


def _required(field: forms.Field) -> str:
    if isinstance(field, forms.ChoiceField):
        return _("Choose one of these.")
    if isinstance(field, forms.DateField):
        return _("Choose a day.")
    if isinstance(field, forms.FileField):
        return _("Choose a file.")
    return _("Write a number.") if isinstance(field, forms.IntegerField) else _("Write something here.")


def _invalid(field: forms.Field) -> str:
    if isinstance(field, forms.DateField):
        return _("Write the day as year, month and day, for example 2026-11-04.")
    if isinstance(field, forms.FloatField):
        return _("Write a number, for example 3.5.")
    return _("Write a whole number, for example 3.") if isinstance(field, forms.IntegerField) else ""


def name_the_blank(field: forms.Field, words: object) -> None:
    """Let the choice of nothing say what it means, in place of dashes."""
    if isinstance(field, forms.ModelChoiceField):
        if field.empty_label is not None:
            field.empty_label = str(words)
    elif isinstance(field, forms.NullBooleanField):
        select: Any = field.widget
        (blank, _unknown), *answers = select.choices
        select.choices = [(blank, words), *answers]
    elif isinstance(field, forms.ChoiceField):
        choices: Any = field.choices
        field.choices = [(key, label if key else words) for key, label in choices]


# Reasons


class Reasoned(ModelChoiceIteratorValue):
    """The value of an option that says why it is offered, and whether it stands among the good ones."""

    def __init__(self, value: Any, instance: Any, *, why: str, is_good: bool) -> None:
        super().__init__(value, instance)
        self.why, self.is_good = why, is_good


class Offered(NamedTuple):
    """An option as it is offered: the record, what it is called, what speaks for it, whether that is much."""

    record: Any
    name: str
    why: str = ""
    is_good: bool = False


class ReasonedChoices(ModelChoiceIterator):  # type: ignore[type-arg]
    """The choices of a link in the order in which they are offered; ``options`` are asked for once."""

    def __init__(self, field: Any, options: Callable[[], Iterable[Offered]]) -> None:
        super().__init__(field)
        self.options = options

    def __iter__(self) -> Iterator[tuple[Any, str]]:
        if self.field.empty_label is not None:
            yield "", str(self.field.empty_label)
        for each in self.options():
            key = self.field.prepare_value(each.record)
            yield Reasoned(key, each.record, why=each.why, is_good=each.is_good), each.name

    def __len__(self) -> int:
        return sum(1 for _choice in self)

    def __bool__(self) -> bool:
        return True


class PickOne(forms.Select):
    """A select whose good options stand first, under a heading; each says why in its own words.

    A script makes a list with a search of it; what the script shows apart stands in ``data-`` attributes.
    """

    def optgroups(self, name: str, value: list[Any], attrs: dict[str, Any] | None = None) -> list[Any]:
        options = [option for _group, options, _place in super().optgroups(name, value, attrs) for option in options]
        good = [option for option in options if getattr(option["value"], "is_good", False)]
        if not good:
            return [(None, options, 0)]
        blank = [option for option in options if option["value"] == ""]
        rest = [option for option in options if option not in good and option not in blank]
        headed = ((_("Good candidates"), good), (_("The others"), rest))
        return [(None, blank, 0), *((words, found, place) for place, (words, found) in enumerate(headed, 1) if found)]

    def create_option(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option: dict[str, Any] = super().create_option(*args, **kwargs)
        if why := getattr(option["value"], "why", ""):
            option["attrs"] |= {"data-name": option["label"], "data-why": why}
            option["label"] = f"{option['label']} – {why}"
        return option
