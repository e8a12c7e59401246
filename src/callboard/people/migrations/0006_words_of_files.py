"""A way of its own for what a file says of consents, which was told by its name alone."""

from __future__ import annotations

from django.db import migrations, models

TABLE = "callboard_people_consentword"
KNOWN = f"""
ALTER TABLE {TABLE} NO FORCE ROW LEVEL SECURITY;
UPDATE {TABLE} SET way = 'file' WHERE way = 'noted' AND reference <> '';
ALTER TABLE {TABLE} FORCE ROW LEVEL SECURITY;
"""
"""The owner of the tables sees no organization's rows while row-level security is forced on it too."""
UNKNOWN = KNOWN.replace("way = 'file'", "way = 'noted'", 1).replace(
    "way = 'noted' AND reference <> ''", "way = 'file'"
)


class Migration(migrations.Migration):
    dependencies = [("callboard_people", "0005_changes_and_copies")]

    operations = [
        migrations.AlterField(
            model_name="consentword",
            name="way",
            field=models.CharField(
                choices=[
                    ("link", "by their link"),
                    ("sign_in", "signed in"),
                    ("paper", "on paper"),
                    ("file", "in a file that was brought in"),
                    ("noted", "noted by the school"),
                ],
                default="noted",
                max_length=16,
            ),
        ),
        migrations.RunSQL(KNOWN, UNKNOWN),
    ]
