from django.utils.translation import gettext_lazy as _

from .step import Step

STEP = Step(
    number=8,
    slug="actions",
    name=_("Choose key actions"),
    short=_("Key actions"),
    why=_(
        "Every gap needs something that closes it. Sort the actions into four buckets, and give each an owner"
        " and a date before you leave the room."
    ),
    kinds=("action",),
)
