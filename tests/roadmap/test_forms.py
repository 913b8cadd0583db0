"""What a form lets through, a file can carry."""

from __future__ import annotations

from typing import Annotated, Any, get_args, get_origin, get_type_hints

import pytest
from annotated_types import MaxLen
from django import forms
from django.core.validators import MaxLengthValidator

from roadmap.domain import plan
from roadmap.forms import FORMS
from roadmap.models import Measurement, Metric
from tests.cast import Cast
from tests.make import make


def shape(kind: str) -> Any:
    return getattr(plan, "".join(word.title() for word in kind.split("_")))


def longest(hint: Any) -> int | None:
    """How many characters the format allows, where it allows a text."""
    if get_origin(hint) is Annotated:
        return next((item.max_length for item in hint.__metadata__ if isinstance(item, MaxLen)), None)
    return next((most for most in map(longest, get_args(hint)) if most), None)


@pytest.mark.parametrize("kind", sorted(FORMS))
def test_no_text_is_longer_than_the_format_allows(kind: str, cast: Cast) -> None:
    form = FORMS[kind](programme=cast.programme, member=cast.alice)
    hints = get_type_hints(shape(kind), include_extras=True)
    texts = {name: field for name, field in form.fields.items() if isinstance(field, forms.CharField)}
    for name, field in texts.items():
        most = longest(hints.get(name))
        limits = [one.limit_value for one in field.validators if isinstance(one, MaxLengthValidator)]
        assert most is None or min(limits, default=most + 1) <= most, name


def test_a_metric_with_measurements_keeps_its_kind(cast: Cast) -> None:
    metric = make(Metric, cast.programme, name="NPS", kind="nps")
    make(Measurement, cast.programme, metric=metric, period="2026-10", promoters=1)
    form = FORMS["metric"](
        {"name": "NPS", "kind": "csat", "direction": "up", "version": "1"},
        instance=metric,
        programme=cast.programme,
        member=cast.alice,
    )
    assert not form.is_valid()
    assert list(form.errors) == ["kind"]


def test_a_measurement_asks_only_for_what_its_metric_counts(cast: Cast) -> None:
    nps = make(Metric, cast.programme, name="NPS", kind="nps")
    csat = make(Metric, cast.programme, name="CSAT", kind="csat")
    known: dict[str, Any] = {"programme": cast.programme, "member": cast.alice, "prefix": "measurement-new"}
    asked = FORMS["measurement"](
        initial={"measurement-new-metric": str(nps.pk), "measurement-new-period": "2026-10"}, **known
    )
    assert asked["period"].value() == "2026-10"
    assert set(asked.fields) == {"metric", "period", "version", "promoters", "passives", "detractors"}
    refused = FORMS["measurement"]({"measurement-new-metric": str(csat.pk)}, **known)
    assert not refused.is_valid()
    assert [name for name in refused.fields if name.startswith("score_")] == [f"score_{n}" for n in range(1, 6)]
    assert "promoters" not in refused.fields
