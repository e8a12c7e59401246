"""Servers of providers; series, and the links that lead to them; devices that people have confirmed."""

import django.db.models.deletion
from django.db import migrations, models

import callboard.lib.clock
import callboard.lib.ids
import callboard.lib.tenancy
from callboard.lib.tenancy import SecureReference, SecureTable


class Migration(migrations.Migration):
    dependencies = [
        ("callboard_people", "0003_cache"),
        ("callboard_sessions", "0003_consents_missing"),
    ]

    operations = [
        migrations.AddField(
            model_name="room",
            name="former",
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name="room",
            name="generation",
            field=models.PositiveIntegerField(default=1),
        ),
        migrations.AddField(
            model_name="session",
            name="region",
            field=models.CharField(blank=True, max_length=40),
        ),
        migrations.CreateModel(
            name="ConfirmedDevice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("token_hash", models.CharField(max_length=64, unique=True)),
                ("label", models.CharField(blank=True, max_length=100)),
                ("confirmed_at", models.DateTimeField(default=callboard.lib.clock.now)),
                ("seen_at", models.DateTimeField(blank=True, null=True)),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
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
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Series",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(default=callboard.lib.ids.series_key, max_length=40)),
                ("title", models.CharField(max_length=200)),
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
        ),
        migrations.CreateModel(
            name="JoinLink",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("generation", models.PositiveIntegerField(default=1)),
                ("created_at", models.DateTimeField(default=callboard.lib.clock.now, editable=False)),
                ("replaced_at", models.DateTimeField(blank=True, null=True)),
                ("used_at", models.DateTimeField(blank=True, null=True)),
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
                (
                    "series",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="callboard_sessions.series",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="session",
            name="series",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="callboard_sessions.series",
            ),
        ),
        migrations.CreateModel(
            name="Server",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("slug", models.SlugField(max_length=40)),
                ("name", models.CharField(max_length=100)),
                ("kind", models.CharField(max_length=40)),
                ("region", models.CharField(blank=True, max_length=40)),
                ("zones", models.JSONField(default=list)),
                ("settings", models.JSONField(default=dict)),
                ("sealed", models.TextField(blank=True)),
                ("enabled", models.BooleanField(default=True)),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("created_at", models.DateTimeField(default=callboard.lib.clock.now, editable=False)),
                ("tested_at", models.DateTimeField(blank=True, null=True)),
                ("test_words", models.CharField(blank=True, max_length=300)),
                ("test_failed", models.BooleanField(default=False)),
                ("polled_at", models.DateTimeField(blank=True, null=True)),
                ("down_at", models.DateTimeField(blank=True, null=True)),
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
        ),
        migrations.AddField(
            model_name="room",
            name="server",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="callboard_sessions.server",
            ),
        ),
        migrations.CreateModel(
            name="DeviceCode",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code_hash", models.CharField(max_length=64)),
                ("created_at", models.DateTimeField(default=callboard.lib.clock.now, editable=False)),
                ("expires_at", models.DateTimeField()),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("used_at", models.DateTimeField(blank=True, null=True)),
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
                "indexes": [
                    models.Index(
                        fields=["organization", "person", "created_at"], name="callboard_s_organiz_d3be7c_idx"
                    )
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="series",
            constraint=models.UniqueConstraint(fields=("organization", "key"), name="series_key_once"),
        ),
        migrations.AddConstraint(
            model_name="joinlink",
            constraint=models.UniqueConstraint(
                condition=models.Q(("session", None)),
                fields=("organization", "person", "series"),
                name="join_link_once_a_series",
            ),
        ),
        migrations.AddConstraint(
            model_name="joinlink",
            constraint=models.UniqueConstraint(
                condition=models.Q(("series", None)),
                fields=("organization", "person", "session"),
                name="join_link_once_a_session",
            ),
        ),
        migrations.AddConstraint(
            model_name="joinlink",
            constraint=models.CheckConstraint(
                condition=models.Q(("series", None), ("session", None), _connector="XOR"),
                name="join_link_leads_somewhere",
            ),
        ),
        migrations.AddConstraint(
            model_name="server",
            constraint=models.UniqueConstraint(fields=("organization", "slug"), name="server_slug_once"),
        ),
        SecureTable("Server"),
        SecureTable("Series"),
        SecureTable("JoinLink", referable=False),
        SecureTable("ConfirmedDevice", referable=False),
        SecureTable("DeviceCode", referable=False),
        SecureReference("Session", "series"),
        SecureReference("Room", "server"),
    ]
