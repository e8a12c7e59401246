"""A roll-up of how soon cases were noticed and claimed by day, and an index to count them by."""

import django.db.models.deletion
from django.db import migrations, models

import callboard.lib.tenancy


class Migration(migrations.Migration):
    dependencies = [("callboard_cases", "0003_case_by_cause")]

    operations = [
        migrations.CreateModel(
            name="CaseDay",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField()),
                ("kind", models.CharField(max_length=40)),
                ("kept", models.PositiveIntegerField(default=0)),
                ("late", models.PositiveIntegerField(default=0)),
                ("missed", models.PositiveIntegerField(default=0)),
                (
                    "organization",
                    models.ForeignKey(
                        default=callboard.lib.tenancy.current_organization,
                        editable=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="callboard_people.organization",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "day", "kind"), name="case_day_once")
                ],
            },
        ),
        callboard.lib.tenancy.SecureTable("CaseDay"),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(fields=["organization", "raised_at"], name="case_by_day"),
        ),
    ]
