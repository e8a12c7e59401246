"""For what a promise was waived."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("callboard_expectations", "0002_promises_by_subject_and_session")]

    operations = [
        migrations.AddField(
            "expectation",
            "why",
            models.CharField(blank=True, db_default="", default="", max_length=16),
        ),
    ]
