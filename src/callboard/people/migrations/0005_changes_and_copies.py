"""Changes to people that can be taken back, doubles, the archive, and what a search looks in."""

import django.db.models.deletion
from django.db import migrations, models

import callboard.lib.clock
import callboard.lib.folding
import callboard.lib.tenancy
from callboard.lib.tenancy import SecureReference, SecureTable

ORGANIZATION = models.ForeignKey(
    default=callboard.lib.tenancy.current_organization,
    editable=False,
    on_delete=django.db.models.deletion.CASCADE,
    related_name="+",
    to="callboard_people.organization",
)


def _member(related_name: str = "+") -> models.ForeignKey:
    return models.ForeignKey(
        blank=True,
        null=True,
        on_delete=django.db.models.deletion.SET_NULL,
        related_name=related_name,
        to="callboard_people.member",
    )


def _id() -> models.BigAutoField:
    return models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


class Migration(migrations.Migration):
    dependencies = [("callboard_people", "0004_consent_words")]

    operations = [
        migrations.AddField("person", "archived_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField(
            "person",
            "merged_into",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="doubles",
                to="callboard_people.person",
            ),
        ),
        SecureReference("person", "merged_into"),
        migrations.AddField(
            "person",
            "folded",
            models.GeneratedField(
                db_persist=True,
                expression=callboard.lib.folding.Folded("name", "email", "external_id"),
                output_field=models.TextField(),
            ),
        ),
        migrations.CreateModel(
            name="PersonChange",
            fields=[
                ("id", _id()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("edited", "Changed"),
                            ("linked", "A guardian was linked"),
                            ("unlinked", "A guardian was unlinked"),
                            ("archived", "Archived"),
                            ("restored", "Restored"),
                            ("merged", "Merged with a double"),
                            ("distinct", "Said to be somebody else"),
                            ("copied", "A copy of their data was asked for"),
                            ("fetched", "A copy of their data was fetched"),
                        ],
                        max_length=16,
                    ),
                ),
                ("at", models.DateTimeField(default=callboard.lib.clock.now)),
                ("asker", models.CharField(blank=True, max_length=100)),
                ("before", models.JSONField(default=dict)),
                ("after", models.JSONField(default=dict)),
                ("undone_at", models.DateTimeField(blank=True, null=True)),
                ("member", _member()),
                ("organization", ORGANIZATION.clone()),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="changes",
                        to="callboard_people.person",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["organization", "person", "-at"], name="person_changes")],
            },
        ),
        migrations.CreateModel(
            name="PersonCopy",
            fields=[
                ("id", _id()),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("asked", "Being made"),
                            ("ready", "Ready"),
                            ("failed", "Could not be made"),
                            ("gone", "Deleted"),
                        ],
                        default="asked",
                        max_length=8,
                    ),
                ),
                ("asked_at", models.DateTimeField(default=callboard.lib.clock.now)),
                ("location", models.CharField(blank=True, max_length=300)),
                ("size", models.BigIntegerField(default=0)),
                ("ready_at", models.DateTimeField(blank=True, null=True)),
                ("until", models.DateTimeField(blank=True, null=True)),
                ("asked_by", _member()),
                ("organization", ORGANIZATION.clone()),
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
                "indexes": [
                    models.Index(fields=["organization", "person", "-asked_at"], name="person_copies")
                ],
            },
        ),
        SecureTable("PersonChange", referable=False),
        SecureTable("PersonCopy", referable=False),
    ]
