"""Answers kept for requests that come twice."""

import django.db.models.deletion
from django.db import migrations, models

import callboard.lib.clock
import callboard.lib.tenancy
from callboard.lib.tables import CreateTables
from callboard.lib.tenancy import SecureTable


class Migration(migrations.Migration):
    initial = True
    replaces = [
        ("callboard_api", "0001_initial"),
        ("callboard_api", "0002_row_level_security"),
    ]

    dependencies = [
        ("callboard_people", "0001_tables"),
    ]

    operations = [
        CreateTables(
            migrations.CreateModel(
                name="IdempotentAnswer",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("asker", models.CharField(max_length=40)),
                    ("key", models.CharField(max_length=200)),
                    ("request_hash", models.CharField(max_length=64)),
                    ("status", models.PositiveSmallIntegerField()),
                    ("body", models.TextField(null=True)),
                    ("created_at", models.DateTimeField(default=callboard.lib.clock.now, editable=False)),
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
                    "indexes": [
                        models.Index(fields=["organization", "created_at"], name="idempotent_answer_by_age")
                    ],
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("organization", "asker", "key"), name="idempotent_answer_once"
                        )
                    ],
                },
            ),
        ),
        SecureTable("IdempotentAnswer"),
    ]
