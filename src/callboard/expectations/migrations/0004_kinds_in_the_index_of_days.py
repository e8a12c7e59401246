"""Kind and status beside when a promise falls due, so that a day is counted by the index alone."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("callboard_expectations", "0003_why_waived")]

    operations = [
        migrations.RemoveIndex(model_name="expectation", name="expectation_by_day"),
        migrations.AddIndex(
            model_name="expectation",
            index=models.Index(
                fields=["organization", "due_at"], include=("kind", "status"), name="expectation_by_day"
            ),
        ),
    ]
