from django.utils.translation import gettext_lazy as _

from .step import Step

STEP = Step(
    number=10,
    slug="sweet-spots",
    name=_("Pick the sweet spots"),
    short=_("Sweet spots"),
    why=_(
        "Some touchpoints weigh more than others. Where importance is high and experience low, little work "
        "changes most."
    ),
    kinds=("sweet_spot", "touchpoint_idea"),
)
