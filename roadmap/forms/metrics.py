"""Forms of metrics and their measurements."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from roadmap.domain.plan import PERIOD
from roadmap.models import (
    Measurement,
    Metric,
)
from roadmap.models.metrics import MetricKind

from .base import RecordForm, choices


class MetricForm(RecordForm):
    class Meta:
        model = Metric
        fields = (
            "name",
            "kind",
            "level",
            "question",
            "success",
            "unit",
            "direction",
            "baseline",
            "target",
            "target_date",
            "cadence",
            "min_n",
            "owner",
            "contingency",
            "vision_elements",
            "gaps",
            "pillars",
            "touchpoints",
            "promises",
            "contingency_actions",
        )

    def clean_kind(self) -> str:
        """Raw counts say something for one kind of metric only."""
        kind: str = self.cleaned_data["kind"]
        measured = self.instance.pk and Measurement.objects.of(self.programme).alive().filter(metric=self.instance)
        if "kind" in self.changed_data and measured and measured.exists():
            raise ValidationError(
                _("This metric has measurements of its kind. Delete them first, or make a new metric.")
            )
        return kind


class MeasurementForm(RecordForm):
    """Raw counts of one period; which of them are asked for follows from the metric's kind."""

    RAW: ClassVar[dict[str, tuple[str, ...]]] = {
        MetricKind.NPS: ("promoters", "passives", "detractors"),
        MetricKind.CSAT: (),
        MetricKind.CES: (),
        MetricKind.EMOTION: ("successes", "n"),
        MetricKind.PROPORTION: ("successes", "n"),
    }
    SCORES: ClassVar[dict[str, range]] = {MetricKind.CSAT: range(1, 6), MetricKind.CES: range(1, 8)}

    class Meta:
        model = Measurement
        fields = ("metric", "period", "promoters", "passives", "detractors", "successes", "value", "n")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = self.add_prefix("")  # what stood in the form when another metric was chosen in it
        self.initial.update(
            {name.removeprefix(own): said for name, said in self.initial.items() if name.startswith(own)}
        )
        self.fields["period"].validators.append(
            RegexValidator(PERIOD, _("Write the period as 2026-10, 2026-Q4, 2026-W43 or 2026."))
        )
        given = self.instance.counts or {}
        for score in range(1, 8):
            self.fields[f"score_{score}"] = forms.IntegerField(
                label=capfirst(_("answers of %(score)s") % {"score": score}),
                required=False,
                min_value=0,
                max_value=2_000_000_000,
                initial=given.get(str(score)),
            )
        self.loose = frozenset(f"score_{score}" for score in range(1, 8))
        metric = self._metric()
        if metric is not None:
            self._ask_only_for(metric.kind)

    def _metric(self) -> Metric | None:
        """The metric that is already known: of the record, chosen, or named by the address."""
        if self.instance.metric_id:
            own: Metric = self.instance.metric
            return own
        given = self.data.get(self.add_prefix("metric")) if self.is_bound else self.initial.get("metric")
        is_key = str(given or "").isdecimal() and len(str(given)) < 20
        return choices(Metric, self.programme).filter(pk=given).first() if is_key else None

    def _ask_only_for(self, kind: str) -> None:
        wanted = {"metric", "period", "version", *self.RAW.get(kind, ("value", "n"))}
        wanted |= {f"score_{score}" for score in self.SCORES.get(kind, ())}
        for name in [name for name in self.fields if name not in wanted]:
            del self.fields[name]
        self.loose &= wanted

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        metric, period = data.get("metric"), data.get("period")
        if metric is None:
            return data
        self._need_raw_counts(metric, data)
        same = Measurement.objects.of(self.programme).alive().filter(metric=metric, period=period)
        if period and same.exclude(pk=self.instance.pk).exists():
            self.add_error("period", _("This period has a measurement already. Edit that one."))
        return data

    def _need_raw_counts(self, metric: Metric, data: dict[str, Any]) -> None:
        scores = self.SCORES.get(metric.kind)
        if scores:
            if not any(data.get(f"score_{score}") for score in scores):
                self.add_error(f"score_{scores[0]}", _("Write how many gave each score; at least one of them."))
            return
        for name in self.RAW.get(metric.kind, ("value",)):
            if data.get(name) is None and name in self.fields:
                self.add_error(name, _("Write this number; the score is computed from it. Write 0 if there were none."))
        successes, n = data.get("successes"), data.get("n")
        if successes is not None and n is not None and successes > n:
            self.add_error("successes", _("There cannot be more successes than answers."))

    def values(self) -> dict[str, Any]:
        values = super().values()
        scores = self.SCORES.get(values["metric"].kind)
        values["counts"] = {str(s): self.cleaned_data.get(f"score_{s}") or 0 for s in scores} if scores else None
        return values
