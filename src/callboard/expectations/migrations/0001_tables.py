"""Promises and how they were kept by day."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import callboard.lib.clock
import callboard.lib.tenancy
from callboard.lib.tables import CreateTables
from callboard.lib.tenancy import SecureTable


class Migration(migrations.Migration):
    initial = True
    replaces = [
        ("callboard_expectations", "0001_initial"),
        ("callboard_expectations", "0002_row_level_security"),
        ("callboard_expectations", "0003_promise_days"),
    ]

    dependencies = [
        ("callboard_people", "0001_tables"),
        ("callboard_sessions", "0001_tables"),
    ]

    operations = [
        CreateTables(
            migrations.CreateModel(
                name="Expectation",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                        "session",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="+",
                            to="callboard_sessions.session",
                        ),
                    ),
                    ("kind", models.CharField(max_length=40)),
                    (
                        "person",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="+",
                            to="callboard_people.person",
                        ),
                    ),
                    ("due_at", models.DateTimeField()),
                    (
                        "status",
                        models.CharField(
                            choices=[
                                ("due", "Due"),
                                ("met", "Kept"),
                                ("late", "Kept late"),
                                ("missed", "Missed"),
                                ("waived", "Waived"),
                            ],
                            default="due",
                            max_length=8,
                        ),
                    ),
                    ("met_at", models.DateTimeField(blank=True, null=True)),
                    ("evidence", models.JSONField(default=list)),
                    ("changed_at", models.DateTimeField(default=callboard.lib.clock.now)),
                ],
                options={
                    "indexes": [
                        models.Index(
                            condition=models.Q(("status", "due")),
                            fields=["organization", "due_at"],
                            name="expectation_due",
                        ),
                        models.Index(fields=["organization", "due_at"], name="expectation_by_day"),
                        models.Index(
                            condition=models.Q(("status__in", ["late", "missed"])),
                            fields=["organization", "kind", "due_at"],
                            name="expectation_not_kept",
                        ),
                    ],
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("organization", "session", "kind", "person"),
                            name="expectation_once",
                            nulls_distinct=False,
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="ExpectationPolicy",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                    ("version", models.PositiveIntegerField()),
                    ("values", models.JSONField(default=dict)),
                    (
                        "created_by",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.SET_NULL,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("created_at", models.DateTimeField(default=callboard.lib.clock.now, editable=False)),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("organization", "version"), name="expectation_policy_version"
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="PromiseDay",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                    ("day", models.DateField()),
                    ("kind", models.CharField(max_length=40)),
                    ("kept", models.PositiveIntegerField(default=0)),
                    ("late", models.PositiveIntegerField(default=0)),
                    ("missed", models.PositiveIntegerField(default=0)),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("organization", "day", "kind"), name="promise_day_once"
                        )
                    ],
                },
            ),
        ),
        SecureTable("Expectation"),
        SecureTable("ExpectationPolicy"),
        SecureTable("PromiseDay"),
    ]
