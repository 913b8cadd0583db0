from django.utils.translation import gettext_lazy as _

from .step import Step

STEP = Step(
    number=5,
    slug="journey",
    name=_("Map the journey"),
    short=_("Journey"),
    why=_(
        "The customer meets us at touchpoints. Put them on the journey, say which feeling each should leave, "
        "and score how it feels today."
    ),
    kinds=("journey", "stage", "touchpoint", "assessment", "stage_assessment", "ecosystem_part"),
)
