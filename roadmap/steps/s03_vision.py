from django.utils.translation import gettext_lazy as _

from .step import Step

STEP = Step(
    number=3,
    slug="vision",
    name=_("Distil the vision"),
    short=_("Vision"),
    why=_(
        "One sentence says where we are going: “In {year} our customers…”. It is more than a year away and "
        "before flying cars, and a colleague remembers it."
    ),
    kinds=("vision", "vision_element", "vision_check", "vision_candidate"),
)
