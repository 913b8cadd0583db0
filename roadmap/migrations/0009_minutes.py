import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("roadmap", "0008_programme_stream"),
        ("workspaces", "0004_invitations"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="export",
            name="roadmap_export_parts_known",
        ),
        migrations.AddField(
            model_name="export",
            name="opening",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="roadmap.opening",
            ),
        ),
        migrations.AlterField(
            model_name="export",
            name="parts",
            field=models.CharField(
                choices=[
                    ("full", "the whole plan"),
                    ("summary", "management summary"),
                    ("step", "one step"),
                    ("poster", "poster of the pillars, A3"),
                    ("poster_a2", "poster of the pillars, A2"),
                    ("cards", "pocket cards, ten to a sheet"),
                    ("minutes", "minutes of a workshop"),
                ],
                default="full",
                max_length=16,
                verbose_name="what to print",
            ),
        ),
        migrations.AddConstraint(
            model_name="export",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("parts__in", ["full", "summary", "step", "poster", "poster_a2", "cards", "minutes"])
                ),
                name="roadmap_export_parts_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="export",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("opening__isnull", False), ("parts", "minutes")),
                    models.Q(models.Q(("parts", "minutes"), _negated=True), ("opening__isnull", True)),
                    _connector="OR",
                ),
                name="roadmap_export_minutes_of_a_workshop",
            ),
        ),
    ]
