"""For how long what is kept, what is to be deleted when, and what must not be."""

import datetime

import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

import callboard.lib.clock
import callboard.lib.tenancy
from callboard.lib.tenancy import SecureTable


class Migration(migrations.Migration):
    dependencies = [
        ("callboard_people", "0008_leaving"),
        ("callboard_sessions", "0004_filed"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Announced",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=16)),
                ("ref", models.BigIntegerField()),
                ("key", models.CharField(blank=True, max_length=40)),
                ("moment", models.DateTimeField()),
                ("size", models.PositiveIntegerField(default=1)),
                ("announced_at", models.DateTimeField(default=callboard.lib.clock.now)),
                ("due_at", models.DateTimeField()),
                ("begun_at", models.DateTimeField(blank=True, null=True)),
                ("lines", models.PositiveIntegerField(default=0)),
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
                    models.Index(fields=["organization", "kind", "due_at", "id"], name="announced_by_time"),
                    models.Index(
                        condition=models.Q(("begun_at__isnull", False)),
                        fields=["organization", "key"],
                        name="announced_begun",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "kind", "ref"), name="announced_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("begun_at", None),
                            (
                                "begun_at__gte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("announced_at"), "+", models.Value(datetime.timedelta(days=7))
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="announced_a_week_before",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AnnouncedFirst",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=16)),
                ("version", models.PositiveIntegerField()),
                ("at", models.DateTimeField(default=callboard.lib.clock.now)),
                ("seen_at", models.DateTimeField(blank=True, null=True)),
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
                    "seen_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="callboard_people.member",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "kind", "version"), name="announced_first_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DeletedDay",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField()),
                ("kind", models.CharField(max_length=16)),
                ("items", models.PositiveIntegerField(default=0)),
                ("rows", models.JSONField(default=dict)),
                ("until", models.DateTimeField()),
                ("noted", models.PositiveIntegerField(default=0)),
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
                    models.UniqueConstraint(fields=("organization", "day", "kind"), name="deleted_day_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Hold",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "scope",
                    models.CharField(
                        choices=[
                            ("organization", "Everything"),
                            ("person", "A person"),
                            ("session", "A session"),
                        ],
                        max_length=16,
                    ),
                ),
                ("reason", models.CharField(max_length=500)),
                ("until", models.DateTimeField(blank=True, null=True)),
                ("placed_at", models.DateTimeField(default=callboard.lib.clock.now)),
                ("lifted_at", models.DateTimeField(blank=True, null=True)),
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
                    "lifted_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="callboard_people.member",
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
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="callboard_people.person",
                    ),
                ),
                (
                    "placed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="callboard_people.member",
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="callboard_sessions.session",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["organization", "-placed_at"], name="hold_newest")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("person", None), ("scope", "organization"), ("session", None)),
                            models.Q(("person__isnull", False), ("scope", "person"), ("session", None)),
                            models.Q(("person", None), ("scope", "session"), ("session__isnull", False)),
                            _connector="OR",
                        ),
                        name="hold_of_one_thing",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RetentionPolicy",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField()),
                ("values", models.JSONField(default=dict)),
                ("created_at", models.DateTimeField(default=callboard.lib.clock.now, editable=False)),
                (
                    "created_by",
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
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "version"), name="retention_policy_version"
                    )
                ],
            },
        ),
        SecureTable("RetentionPolicy"),
        SecureTable("Announced"),
        SecureTable("AnnouncedFirst"),
        SecureTable("DeletedDay"),
        SecureTable("Hold"),
    ]
