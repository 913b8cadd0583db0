from django.utils.translation import gettext_lazy as _

from .step import Step

STEP = Step(
    number=11,
    slug="metrics",
    name=_("Set the metrics"),
    short=_("Metrics"),
    why=_(
        "A metric says whether it works, and its contingency says what we do if it does not. Without both the"
        " plan dies after the workshop."
    ),
    kinds=("metric", "measurement", "contingency_task"),
)
