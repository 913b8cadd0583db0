from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("roadmap", "0004_gate_approved_at"),
    ]

    operations = [
        migrations.AddField(
            model_name="programme",
            name="is_example",
            field=models.BooleanField(default=False, editable=False),
        ),
    ]
