"""A roll-up of promises by day, and indexes to count and to list what was not kept by its day."""

import django.db.models.deletion
from django.db import migrations, models

import callboard.lib.tenancy


class Migration(migrations.Migration):
    dependencies = [("callboard_expectations", "0002_row_level_security")]

    operations = [
        migrations.CreateModel(
            name="PromiseDay",
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
                    models.UniqueConstraint(fields=("organization", "day", "kind"), name="promise_day_once")
                ],
            },
        ),
        callboard.lib.tenancy.SecureTable("PromiseDay"),
        migrations.AddIndex(
            model_name="expectation",
            index=models.Index(fields=["organization", "due_at"], name="expectation_by_day"),
        ),
        migrations.AddIndex(
            model_name="expectation",
            index=models.Index(
                condition=models.Q(("status__in", ["late", "missed"])),
                fields=["organization", "kind", "due_at"],
                name="expectation_not_kept",
            ),
        ),
    ]
