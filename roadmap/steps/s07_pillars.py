from django.utils.translation import gettext_lazy as _

from .step import Step

STEP = Step(
    number=7,
    slug="pillars",
    name=_("Write the pillars"),
    short=_("Pillars"),
    why=_(
        "The vision settles into pillars: what we never do and what we always do. A good pillar tells a new "
        "colleague how to act tomorrow."
    ),
    kinds=("pillar", "promise"),
)
