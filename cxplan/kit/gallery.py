"""Sample content for the page that shows every component."""

from typing import Any

from django import forms

from cxplan.kit.forms import PickOne, Reasoned

CHAIN = [
    {"mark": "vision", "count": 1, "name": "vision", "url": "#chain"},
    {"mark": "element", "count": 3, "name": "vision elements", "url": "#chain"},
    {"mark": "gap", "count": 8, "name": "gaps", "url": "#chain"},
    {"mark": "pillar", "count": 6, "name": "pillars", "url": "#chain"},
    {"mark": "action", "count": 15, "name": "actions", "url": "#chain"},
    {"mark": "metric", "count": 6, "name": "metrics", "url": "#chain", "hole": "2 gaps have none"},
    {"mark": "person", "count": 13, "name": "personal pillars", "url": "#chain"},
]
TRACE = [
    {"mark": "element", "text": "The customer always knows", "url": "#chain"},
    {"mark": "gap", "text": "Gap 3", "url": "#chain"},
    {"mark": "never", "text": "Pillar 1", "url": "#chain"},
    {"mark": "action", "text": "Action 7"},
    {"hole": "Link a metric", "url": "#chain"},
]
TOUCHPOINTS = [
    *("The power cut and its message", "Confirmation of contract", "The first bill", "A complaint and its refund"),
    *("Telling about a change of price", "A call to customer service", "Moving day", "Comparing prices on the web"),
]


WHY = {0: "experience 2.0, expected 4.3", 2: "no metric yet · experience 2.1, expected 4.0"}


def offered() -> list[tuple[Any, str]]:
    """The touchpoints as a picker offers them: with what speaks for each, the good candidates first."""
    return [
        (Reasoned(place, None, why=WHY.get(place, ""), is_good=place in WHY), name)
        for place, name in enumerate(TOUCHPOINTS)
    ]


class SampleForm(forms.Form):
    name = forms.CharField(label="Name of the metric", max_length=100)
    target = forms.DecimalField(label="Target", help_text="A level the customer would notice.")
    due = forms.DateField(label="Target date", widget=forms.DateInput(attrs={"type": "date"}))
    owner = forms.ChoiceField(label="Owner", choices=[("", "–"), ("1", "Teemu Rautjoki"), ("2", "Outi Lampela")])
    contingency = forms.CharField(label="If we miss it, we will", widget=forms.Textarea(attrs={"rows": 3}))
    kind = forms.ChoiceField(
        label="Direction", widget=forms.RadioSelect, choices=[("up", "The more the better"), ("down", "The less")]
    )
    touchpoints = forms.MultipleChoiceField(
        label="Touchpoints",
        widget=forms.CheckboxSelectMultiple,
        choices=offered,
        help_text="Where the customer would notice.",
    )
    spot = forms.ChoiceField(
        label="Touchpoint that hurts most",
        widget=PickOne,
        choices=lambda: [("", "None yet"), *offered()],
        required=False,
    )
    public = forms.BooleanField(label="Show it on the management page", required=False)


def context() -> dict[str, Any]:
    return {
        "form": SampleForm({"name": "Share of calls passed on", "target": "as small as can be", "kind": "down"}),
        "blank": SampleForm(auto_id="blank_%s"),
        "chain_links": CHAIN,
        "trace_links": TRACE,
        "changes": [
            (
                "Pillar",
                "We never send a text we would not understand ourselves at the kitchen table.",
                "We never send a text we would not read aloud to a customer.",
            )
        ],
        "checks": [
            {"text": "Every vision element has a gap", "done": True},
            {"text": "Every gap has a touchpoint and evidence", "done": True},
            {
                "text": "Two gaps have no metric: the adviser's power, the passed-on call",
                "done": False,
                "url": "#checks",
            },
        ],
        "happened": [
            {"who": "Noora Ilves", "text": "Gap 5 was sharpened: 19 days", "when": "12.3."},
            {"who": "Harri Vuolle", "text": "The mid-way gate was approved", "when": "13.3.", "url": "#feed"},
        ],
        "places": [("Suvantola Energy Ltd", "#crumbs"), ("Alongside 2031", "#crumbs"), ("6 Find the gaps", "#crumbs")],
        "swatches": ["canvas", "surface", "sunken", "ink", "brand", "inkwell", "marker", "focus"],
        "colours": ["yellow", "blue", "green", "pink", "lilac", "orange"],
        "marks": ["vision", "element", "gap", "pillar", "never", "always", "action", "sweet", "metric", "person"],
        "states": ["not_started", "in_progress", "done", "check_again", "planned", "met", "on_the_way", "missed"],
    }
