from django.utils.translation import gettext_lazy as _

from .step import Step

STEP = Step(
    number=6,
    slug="gaps",
    name=_("Find the gaps"),
    short=_("Gaps"),
    why=_(
        "A gap is the difference between the vision and the customer's today. Be ruthless: if it does not "
        "hurt, it is no gap."
    ),
    kinds=("gap",),
)
