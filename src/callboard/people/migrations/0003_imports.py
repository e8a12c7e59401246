"""Files that are brought in, and what another system calls a person."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import callboard.lib.clock
import callboard.lib.tenancy
from callboard.lib.tenancy import SecureTable


class Migration(migrations.Migration):
    dependencies = [("callboard_people", "0002_setting_changes")]

    operations = [
        migrations.AddField(
            model_name="person",
            name="external_id",
            field=models.CharField(blank=True, default="", max_length=100),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            model_name="person",
            constraint=models.UniqueConstraint(
                condition=models.Q(("external_id", ""), _negated=True),
                fields=("organization", "external_id"),
                name="person_external_id_once",
            ),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(fields=["organization", "email"], name="person_by_email"),
        ),
        migrations.CreateModel(
            name="Import",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=40)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("fetching", "Being fetched"),
                            ("new", "To be checked"),
                            ("checking", "Being checked"),
                            ("checked", "Checked"),
                            ("writing", "Being brought in"),
                            ("done", "Brought in"),
                            ("failed", "Failed"),
                            ("discarded", "Discarded"),
                        ],
                        default="new",
                        max_length=16,
                    ),
                ),
                ("file_name", models.CharField(max_length=200)),
                ("url", models.CharField(blank=True, max_length=500)),
                ("size", models.PositiveIntegerField()),
                ("content", models.BinaryField(null=True)),
                ("choices", models.JSONField(default=dict)),
                ("shown", models.JSONField(default=dict)),
                ("found", models.JSONField(default=dict)),
                ("faults", models.JSONField(default=list)),
                ("fault_count", models.PositiveIntegerField(default=0)),
                ("skip", models.BooleanField(default=False)),
                ("step", models.CharField(blank=True, max_length=40)),
                ("done_rows", models.PositiveIntegerField(default=0)),
                ("total_rows", models.PositiveIntegerField(default=0)),
                ("problem", models.CharField(blank=True, max_length=500)),
                ("created_at", models.DateTimeField(default=callboard.lib.clock.now, editable=False)),
                ("checked_at", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "asked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
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
                "indexes": [models.Index(fields=["organization", "-created_at"], name="import_newest")],
            },
        ),
        SecureTable("Import"),
    ]
