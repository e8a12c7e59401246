"""What was said of consents, word by word; whose day of age is known; links to the page of consents."""

import django.db.models.deletion
from django.db import migrations, models

import callboard.lib.clock
import callboard.lib.tenancy
from callboard.lib.tenancy import SecureTable


class Migration(migrations.Migration):
    dependencies = [
        ("callboard_people", "0003_imports"),
    ]

    operations = [
        migrations.AddField(
            model_name="student",
            name="of_age_on",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.CreateModel(
            name="ConsentLink",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("generation", models.PositiveIntegerField(default=1)),
                ("created_at", models.DateTimeField(default=callboard.lib.clock.now, editable=False)),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
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
                    models.OneToOneField(
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
            name="ConsentWord",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("recording", "being recorded"),
                            ("transcript", "a transcript of what they say"),
                            ("model", "language models reading the transcript"),
                        ],
                        max_length=16,
                    ),
                ),
                (
                    "said",
                    models.CharField(
                        choices=[
                            ("given", "agreed"),
                            ("refused", "did not agree"),
                            ("withdrawn", "withdrew it"),
                        ],
                        max_length=16,
                    ),
                ),
                ("said_at", models.DateTimeField(default=callboard.lib.clock.now)),
                ("noted_at", models.DateTimeField(default=callboard.lib.clock.now)),
                (
                    "way",
                    models.CharField(
                        choices=[
                            ("link", "by their link"),
                            ("sign_in", "signed in"),
                            ("paper", "on paper"),
                            ("noted", "noted by the school"),
                        ],
                        default="noted",
                        max_length=16,
                    ),
                ),
                ("reference", models.CharField(blank=True, max_length=200)),
                ("proof", models.CharField(blank=True, max_length=300)),
                ("proof_type", models.CharField(blank=True, max_length=40)),
                (
                    "noted_by",
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
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="consent_words",
                        to="callboard_people.person",
                    ),
                ),
                (
                    "said_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="callboard_people.person",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["organization", "person", "kind", "noted_at"], name="consent_last_word"
                    )
                ],
            },
        ),
        SecureTable("ConsentWord", referable=False),
        SecureTable("ConsentLink", referable=False),
    ]
