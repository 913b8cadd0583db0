from django.utils.translation import gettext_lazy as _

from .step import Step

STEP = Step(
    number=12,
    slug="rollout",
    name=_("Put it into practice"),
    short=_("Into practice"),
    why=_(
        "The plan lives when every team and every person knows what they do differently tomorrow: one thing "
        "at a time, and a pillar of one's own."
    ),
    kinds=("rollout_item", "personal_pillar", "readiness_statement"),
)
