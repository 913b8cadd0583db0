from django.utils.translation import gettext_lazy as _

from .step import Step

STEP = Step(
    number=4,
    slug="today",
    name=_("Find out where we start"),
    short=_("Where we start"),
    why=_(
        "Call customers yourself. A few key questions show what they want, miss and feel now, and what "
        "management would otherwise only read about."
    ),
    kinds=("persona", "key_question", "customer_call", "insight"),
)
