from __future__ import annotations

from typing import Any

import django.db.models.deletion
import pgtrigger
from django.db import migrations, models


def give_streams(apps: Any, schema_editor: Any) -> None:
    """To the programmes there are; that they have one is no change of theirs, so no history tells of it."""
    programme, stream = apps.get_model("roadmap", "Programme"), apps.get_model("live", "Stream")
    with pgtrigger.ignore():
        for found in programme.objects.filter(stream=None):
            programme.objects.filter(pk=found.pk).update(stream=stream.objects.create())


class Migration(migrations.Migration):
    dependencies = [
        ("live", "0001_initial"),
        ("roadmap", "0007_polls"),
    ]

    operations = [
        migrations.AddField(
            model_name="programme",
            name="stream",
            field=models.OneToOneField(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="programme",
                to="live.stream",
            ),
        ),
        migrations.RunPython(give_streams, migrations.RunPython.noop),
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.AlterField(
            model_name="programme",
            name="stream",
            field=models.OneToOneField(
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="programme",
                to="live.stream",
            ),
        ),
    ]
