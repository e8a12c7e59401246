"""People who are being erased, and what of them is still sought."""

import django.db.models.deletion
from django.db import migrations, models

import callboard.lib.clock
import callboard.lib.tenancy
import callboard.people.erasure_models
from callboard.lib.tenancy import SecureTable


class Migration(migrations.Migration):
    dependencies = [
        ("callboard_people", "0006_words_of_files"),
    ]

    operations = [
        migrations.CreateModel(
            name="Erasure",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "reference",
                    models.CharField(default=callboard.people.erasure_models.reference, max_length=40),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[("running", "Being erased"), ("done", "Erased")],
                        default="running",
                        max_length=8,
                    ),
                ),
                (
                    "kept_recordings",
                    models.CharField(
                        choices=[
                            ("none", "All recordings of their sessions are deleted"),
                            ("groups", "Recordings of groups stay, those of them alone are deleted"),
                        ],
                        default="none",
                        max_length=8,
                    ),
                ),
                ("sought", models.JSONField(default=dict)),
                ("counts", models.JSONField(default=dict)),
                ("late", models.PositiveIntegerField(default=0)),
                ("problem", models.CharField(blank=True, max_length=100)),
                ("again", models.BooleanField(default=False)),
                ("asked_at", models.DateTimeField(default=callboard.lib.clock.now)),
                ("done_at", models.DateTimeField(blank=True, null=True)),
                (
                    "asked_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="callboard_people.member",
                    ),
                ),
                (
                    "by_key",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="callboard_people.apikey",
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
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="callboard_people.person",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["organization", "-asked_at"], name="erasure_newest")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "reference"), name="erasure_reference_once"
                    )
                ],
            },
        ),
        SecureTable("erasure"),
    ]
