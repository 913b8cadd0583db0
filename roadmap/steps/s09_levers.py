from django.utils.translation import gettext_lazy as _

from .step import Step

STEP = Step(
    number=9,
    slug="levers",
    name=_("Use what we have"),
    short=_("Levers"),
    why=_(
        "Before you buy anything new, look at what lies unused: features of systems, the culture, the "
        "channels inside the house."
    ),
    kinds=("lever",),
)
