from django.utils.translation import gettext_lazy as _

from .step import Step

STEP = Step(
    number=2,
    slug="interviews",
    name=_("Interview"),
    short=_("Interviews"),
    why=_(
        "What customers wish and what staff are proud of is heard only by asking. Write down their own words;"
        " they are the evidence everything later leans on."
    ),
    kinds=("interview",),
)
