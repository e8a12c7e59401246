"""Every tenant's table under row-level security, forced on its owner too."""

from django.db import migrations

from callboard.lib.tenancy import SecureTable


class Migration(migrations.Migration):
    dependencies = [
        ("callboard_expectations", "0001_initial"),
        ("callboard_people", "0002_row_level_security"),
        ("callboard_sessions", "0002_row_level_security"),
    ]

    operations = [
        SecureTable("Expectation"),
        SecureTable("ExpectationPolicy"),
    ]
