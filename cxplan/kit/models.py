"""Abstract bases and constraint helpers that know no domain."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models.functions import Now


class Stamped(models.Model):
    """When a row was made and last written."""

    created_at = models.DateTimeField(db_default=Now(), editable=False)
    updated_at = models.DateTimeField(auto_now=True, editable=False)

    class Meta:
        abstract = True


class Positioned(models.Model):
    """A place among siblings; equal places fall back to the order of making."""

    position = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        abstract = True


class Versioned(models.Model):
    """Counts writes, so that an edit made from a stale page can be told."""

    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        abstract = True


class Trashable(models.Model):
    """A row that was thrown away stays, with its links, until it is restored or purged."""

    trashed_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        abstract = True


def one_of(field: str, choices: type[models.TextChoices], *, blank: bool = False) -> models.CheckConstraint:
    """A text field that never holds anything but one of its choices, or nothing where it may be blank."""
    values = [*choices.values, ""] if blank else choices.values
    return models.CheckConstraint(
        condition=models.Q(**{f"{field}__in": values}),
        name=f"%(app_label)s_%(class)s_{field}_known",
    )


def between(field: str, low: float, high: float) -> models.CheckConstraint:
    """A number that stays on its scale; an absent one passes."""
    return models.CheckConstraint(
        condition=models.Q(**{f"{field}__isnull": True}) | models.Q(**{f"{field}__gte": low, f"{field}__lte": high}),
        name=f"%(app_label)s_%(class)s_{field}_on_scale",
    )


def long_text(**options: Any) -> models.TextField[str, str]:
    """Free text that may stay empty."""
    return models.TextField(blank=True, default="", **options)


def short_text(length: int = 300, **options: Any) -> models.CharField[str, str]:
    """One line of text that may stay empty."""
    return models.CharField(max_length=length, blank=True, default="", **options)
