"""Working hours, routes, escalation; incidents held as one; mentions, hand-overs, filters, readings, touches."""

import django.db.models.deletion
from django.db import migrations, models

import callboard.lib.clock
import callboard.lib.tenancy


class Migration(migrations.Migration):
    dependencies = [
        ("callboard_cases", "0004_case_days"),
        ("callboard_people", "0003_cache"),
        ("callboard_sessions", "0004_servers_and_links"),
    ]

    operations = [
        migrations.AddField(
            model_name="case",
            name="apart_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="case",
            name="escalated_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="case",
            name="minutes",
            field=models.JSONField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="caseentry",
            name="batch",
            field=models.CharField(blank=True, max_length=40),
        ),
        migrations.AddField(
            model_name="incident",
            name="claimed_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="incident",
            name="closed_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="incident",
            name="owner",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="callboard_people.member",
            ),
        ),
        migrations.AddField(
            model_name="queue",
            name="escalate_member",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="callboard_people.member",
            ),
        ),
        migrations.AddField(
            model_name="queue",
            name="escalate_to",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="callboard_cases.queue",
            ),
        ),
        migrations.AddField(
            model_name="queue",
            name="hours",
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name="queue",
            name="stand_in",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="callboard_cases.queue",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(fields=["organization", "over_at"], name="case_by_end"),
        ),
        migrations.AddIndex(
            model_name="caseentry",
            index=models.Index(
                condition=models.Q(("actor__isnull", False)),
                fields=["organization", "at"],
                name="entry_by_person",
            ),
        ),
        migrations.AddIndex(
            model_name="caseentry",
            index=models.Index(
                condition=models.Q(("batch", ""), _negated=True),
                fields=["organization", "batch"],
                name="entry_batch",
            ),
        ),
        migrations.AddIndex(
            model_name="incident",
            index=models.Index(fields=["organization", "raised_at"], name="incident_by_time"),
        ),
        migrations.CreateModel(
            name="CaseReading",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(default=callboard.lib.clock.now)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="callboard_cases.case",
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
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
            ],
            options={
                "indexes": [
                    models.Index(fields=["organization", "at"], name="reading_by_time"),
                    models.Index(fields=["organization", "case", "member", "at"], name="reading_of_case"),
                ],
            },
        ),
        migrations.CreateModel(
            name="HandOver",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(default=callboard.lib.clock.now)),
                ("text", models.TextField(blank=True)),
                ("cases", models.JSONField(default=list)),
                ("batch", models.CharField(blank=True, max_length=40)),
                (
                    "giver",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
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
                    "taker",
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
                "indexes": [models.Index(fields=["organization", "at"], name="hand_over_by_time")],
            },
        ),
        migrations.CreateModel(
            name="Mention",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("note", "You were mentioned"),
                            ("escalation", "Nobody took it in time"),
                            ("handed", "Handed over to you"),
                        ],
                        default="note",
                        max_length=16,
                    ),
                ),
                ("at", models.DateTimeField(default=callboard.lib.clock.now)),
                ("read_at", models.DateTimeField(blank=True, null=True)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="callboard_cases.case",
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="callboard_cases.caseentry",
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
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
            ],
            options={
                "indexes": [models.Index(fields=["organization", "member", "at"], name="mention_by_member")],
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "entry", "member"), name="mention_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Route",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("kinds", models.JSONField(default=list)),
                ("subjects", models.JSONField(default=list)),
                ("severities", models.JSONField(default=list)),
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
                    "queue",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="routes",
                        to="callboard_cases.queue",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="SavedFilter",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=60)),
                ("query", models.JSONField(default=dict)),
                ("shared", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField(default=callboard.lib.clock.now)),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
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
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "member", "name"), name="saved_filter_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="TouchDay",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField()),
                ("kind", models.CharField(blank=True, max_length=40)),
                ("touches", models.PositiveIntegerField(default=0)),
                ("cases", models.PositiveIntegerField(default=0)),
                ("sessions", models.PositiveIntegerField(default=0)),
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
                    models.UniqueConstraint(fields=("organization", "day", "kind"), name="touch_day_once")
                ],
            },
        ),
        callboard.lib.tenancy.SecureTable(
            model="Route",
        ),
        callboard.lib.tenancy.SecureTable(
            model="Mention",
        ),
        callboard.lib.tenancy.SecureTable(
            model="CaseReading",
        ),
        callboard.lib.tenancy.SecureTable(
            model="SavedFilter",
        ),
        callboard.lib.tenancy.SecureTable(
            model="HandOver",
        ),
        callboard.lib.tenancy.SecureTable(
            model="TouchDay",
        ),
        callboard.lib.tenancy.SecureReference(
            model="Queue",
            field="stand_in",
        ),
        callboard.lib.tenancy.SecureReference(
            model="Queue",
            field="escalate_to",
        ),
        callboard.lib.tenancy.SecureReference(
            model="Queue",
            field="escalate_member",
        ),
        callboard.lib.tenancy.SecureReference(
            model="Incident",
            field="owner",
        ),
    ]
