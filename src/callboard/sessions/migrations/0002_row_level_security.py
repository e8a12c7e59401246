"""Every tenant's table under row-level security, forced on its owner too."""

from django.db import migrations

from callboard.lib.tenancy import SecureTable


class Migration(migrations.Migration):
    dependencies = [
        ("callboard_sessions", "0001_initial"),
        ("callboard_people", "0002_row_level_security"),
    ]

    operations = [
        SecureTable("Session"),
        SecureTable("Participant"),
        SecureTable("Room"),
        SecureTable("Recording"),
    ]
