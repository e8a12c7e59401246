"""What was asked of rooms and people, and what the system does by itself in rooms."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import callboard.lib.clock
import callboard.lib.tenancy
from callboard.lib.tenancy import SecureTable


class Migration(migrations.Migration):
    dependencies = [
        ("callboard_people", "0003_cache"),
        ("callboard_sessions", "0005_moved_from"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Deed",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=40)),
                (
                    "state",
                    models.CharField(
                        choices=[("asked", "Asked"), ("confirmed", "Confirmed"), ("failed", "Failed")],
                        default="asked",
                        max_length=16,
                    ),
                ),
                ("entry", models.BigIntegerField(default=0)),
                ("asked_at", models.DateTimeField(default=callboard.lib.clock.now)),
                ("usual_s", models.PositiveIntegerField(default=0)),
                ("settled_at", models.DateTimeField(blank=True, null=True)),
                ("words", models.CharField(blank=True, max_length=300)),
                ("text", models.TextField(blank=True)),
                ("data", models.JSONField(default=dict)),
                ("evidence", models.JSONField(default=list)),
                (
                    "member",
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
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="callboard_sessions.session",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["organization", "session", "asked_at"], name="callboard_s_organiz_f61832_idx"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RoomPolicy",
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
                    models.UniqueConstraint(fields=("organization", "version"), name="room_policy_version")
                ],
            },
        ),
        SecureTable("Deed", referable=False),
        SecureTable("RoomPolicy", referable=False),
    ]
