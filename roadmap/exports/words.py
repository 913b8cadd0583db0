"""The names of what records are and how they stand, by their keys in the exchange format."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

Words = Mapping[str, "Promise | str"]

STEPS = (
    _("What we already say"),
    _("Interviews"),
    _("The vision"),
    _("Where we start"),
    _("The customer journey"),
    _("The gaps"),
    _("The pillars"),
    _("Key actions"),
    _("Use what we have"),
    _("Sweet spots"),
    _("Metrics"),
    _("Rollout"),
)
PARTS = (_("What we aim for"), _("Where we are now"), _("Plan of action"), _("Into practice"))
PART_STEPS = ((1, 2, 3), (4, 5, 6), (7, 8, 9, 10, 11), (12,))
PART_LEADS = (
    _("What we have already said, what people wish for, and the one sentence we made of it."),
    _("How dealing with us feels today, encounter by encounter, and how far that is from the vision."),
    _("What we will never do again, what we always do, and where we begin."),
    _("For whom, when and how – and what each of us does differently tomorrow."),
)

KINDS: Words = {
    "strategy": pgettext_lazy("kind", "strategy"),
    "brand": pgettext_lazy("kind", "brand"),
    "mission": pgettext_lazy("kind", "mission"),
    "vision": pgettext_lazy("kind", "vision"),
    "purpose": pgettext_lazy("kind", "purpose"),
    "survey": pgettext_lazy("kind", "survey"),
    "data": pgettext_lazy("kind", "data"),
    "customer": pgettext_lazy("kind", "customer"),
    "staff": pgettext_lazy("kind", "staff"),
    "history": pgettext_lazy("kind", "history"),
    "need": pgettext_lazy("kind", "need"),
    "pain": pgettext_lazy("kind", "pain"),
    "delight": pgettext_lazy("kind", "delight"),
    "technology": pgettext_lazy("kind", "technology"),
    "process": pgettext_lazy("kind", "process"),
    "guideline": pgettext_lazy("kind", "guideline"),
    "partner": pgettext_lazy("kind", "partner"),
    "team": pgettext_lazy("kind", "team"),
    "system": pgettext_lazy("kind", "system"),
    "culture": pgettext_lazy("kind", "culture"),
    "internal_communication": pgettext_lazy("kind", "internal communication"),
    "customer_call": pgettext_lazy("kind", "call"),
    "targeted_marketing": pgettext_lazy("kind", "targeted marketing"),
    "social_media": pgettext_lazy("kind", "social media"),
    "word_of_mouth": pgettext_lazy("kind", "word of mouth"),
    "comparison_site": pgettext_lazy("kind", "comparison site"),
    "letter": pgettext_lazy("kind", "letter"),
    "web": pgettext_lazy("kind", "web"),
    "chat": pgettext_lazy("kind", "chat"),
    "phone": pgettext_lazy("kind", "phone"),
    "email": pgettext_lazy("kind", "e-mail"),
    "home": pgettext_lazy("kind", "home"),
    "app": pgettext_lazy("kind", "app"),
    "sms": pgettext_lazy("kind", "text message"),
    "visit": pgettext_lazy("kind", "visit"),
    "meeting": pgettext_lazy("kind", "meeting"),
}
STATES: Words = {
    "met": _("Met"),
    "on_the_way": _("On the way"),
    "missed": _("Missed"),
    "unknown": _("Not measured yet"),
    "done": pgettext_lazy("status", "done"),
    "in_progress": pgettext_lazy("status", "under way"),
    "planned": pgettext_lazy("status", "planned"),
    "selected": pgettext_lazy("status", "selected"),
    "proposed": pgettext_lazy("status", "proposed"),
    "rejected": pgettext_lazy("status", "rejected"),
}
GLYPHS = {
    "met": "●", "on_the_way": "◐", "missed": "△", "unknown": "○", "done": "●", "in_progress": "◐", "planned": "○",
    "selected": "●", "proposed": "○", "rejected": "✕",
}  # fmt: skip
ANSWERS: Words = {"yes": _("Yes."), "no": _("No."), "partly": _("Partly.")}
VERDICTS: Words = {
    "yes": pgettext_lazy("verdict", "yes"),
    "no": pgettext_lazy("verdict", "no"),
    "partly": pgettext_lazy("verdict", "partly"),
    "as_expected": pgettext_lazy("verdict", "as expected"),
    "better": pgettext_lazy("verdict", "better"),
    "worse": pgettext_lazy("verdict", "worse"),
}
DEVELOPMENT: Words = {
    "excitement": pgettext_lazy("development stage", "excitement"),
    "confusion": pgettext_lazy("development stage", "confusion"),
    "awakening": pgettext_lazy("development stage", "awakening"),
    "change": pgettext_lazy("development stage", "change"),
}
BUCKETS: Words = {
    "acute": _("Acute now"),
    "product": _("Product development"),
    "service_design": _("Service design"),
    "communication": _("Communication and marketing"),
}
LEVERS: Words = {
    "system": _("System"),
    "culture": _("Culture"),
    "internal_communication": _("Internal communication"),
}
MARKS = (
    ("✕", "never", _("we never")),
    ("✓", "always", _("we always")),
    ("△", "gap", _("gap between vision and today")),
    ("★", "sweet", _("sweet spot: invested in first")),
    ("▮", "metric", _("metric")),
    ("●", "brand", pgettext_lazy("status", "done")),
    ("◐", "brand", pgettext_lazy("status", "under way")),
    ("○", "brand", pgettext_lazy("status", "planned")),
)
FORMULAS = (
    (_("Experience"), _("(effectiveness + ease) / 6 + emotion · 2/3, all on a scale of 1–5")),
    (_("Expectation gap"), _("experience − expectation")),
    (_("Priority"), _("importance · (5 − experience)")),
    (_("Evenness"), _("standard deviation of experience over the touchpoints of a journey")),
    (_("Journey experience"), _("mean of experience weighted by importance")),
    (_("NPS"), _("share of 9–10 − share of 0–6; interval: adjusted Wald, 95 per cent")),
    (_("CSAT, CES, shares"), _("CSAT: 4–5 of all; CES: 5–7 of all; interval: Wilson, 95 per cent")),
    (
        _("Told from chance"),
        _("the difference of two waves divided by the root of the sum of variances exceeds 1.96"),
    ),
)


def named(words: Words, key: str) -> str:
    """Return the name of a key; a key nobody knows is shown as it is, without its underscores."""
    return str(words[key]) if key in words else key.replace("_", " ")
