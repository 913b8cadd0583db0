import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("roadmap", "0002_exports_of_every_kind"),
        ("workspaces", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="PutAway",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField()),
                ("standing", models.CharField(max_length=200)),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="workspaces.member"
                    ),
                ),
                (
                    "programme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="roadmap.programme"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("programme", "member", "number"), name="roadmap_putaway_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("number__isnull", True), models.Q(("number__gte", 1), ("number__lte", 12)), _connector="OR"
                        ),
                        name="roadmap_putaway_number_on_scale",
                    ),
                ],
            },
        ),
    ]
