"""A new case looks for the last one of its cause."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("callboard_cases", "0002_row_level_security")]

    operations = [
        migrations.AddIndex(
            model_name="case",
            index=models.Index(fields=["organization", "cause"], name="case_by_cause"),
        ),
    ]
