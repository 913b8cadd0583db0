from django.utils.translation import gettext_lazy as _

from .step import Step

STEP = Step(
    number=1,
    slug="sources",
    name=_("Collect what we already say"),
    short=_("What we say"),
    why=_(
        "Vision, mission, brand and strategy already promise something to the customer. Collect the sentences"
        " before you write new ones: the vision has to grow from them."
    ),
    kinds=("source", "finding"),
)
