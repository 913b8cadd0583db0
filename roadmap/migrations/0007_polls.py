from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("journeys", "0001_initial"),
        ("roadmap", "0006_openings"),
        ("workshops", "0004_deadlines"),
    ]

    operations = [
        migrations.AddField(
            model_name="opening",
            name="poll",
            field=models.CharField(
                blank=True,
                choices=[
                    ("severity", "severity of the gaps, 1 to 5"),
                    ("support", "support for the pillars, 1 to 5"),
                    ("dots", "three dots for the pillars"),
                ],
                default="",
                editable=False,
                max_length=8,
            ),
        ),
        migrations.AddConstraint(
            model_name="opening",
            constraint=models.CheckConstraint(
                condition=models.Q(("poll__in", ["severity", "support", "dots", ""])), name="roadmap_opening_poll_known"
            ),
        ),
    ]
