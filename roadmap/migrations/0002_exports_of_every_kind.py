from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("roadmap", "0001_initial"),
        ("workspaces", "0001_initial"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="export",
            name="roadmap_export_parts_known",
        ),
        migrations.AddField(
            model_name="export",
            name="delivery",
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddField(
            model_name="export",
            name="step",
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="step"),
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
                ],
                default="full",
                max_length=16,
                verbose_name="what to print",
            ),
        ),
        migrations.AddConstraint(
            model_name="export",
            constraint=models.CheckConstraint(
                condition=models.Q(("parts__in", ["full", "summary", "step", "poster", "poster_a2", "cards"])),
                name="roadmap_export_parts_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="export",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("parts", "step"), ("step__gte", 1), ("step__isnull", False), ("step__lte", 12)),
                    models.Q(models.Q(("parts", "step"), _negated=True), ("step__isnull", True)),
                    _connector="OR",
                ),
                name="roadmap_export_one_step_is_named",
            ),
        ),
        migrations.AddConstraint(
            model_name="export",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "running"), models.Q(("input_hash", ""), _negated=True)),
                fields=("programme", "input_hash"),
                name="roadmap_export_made_once_at_a_time",
            ),
        ),
    ]
