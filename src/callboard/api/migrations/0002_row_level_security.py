"""Kept answers are a tenant's too."""

from django.db import migrations

from callboard.lib.tenancy import SecureTable


class Migration(migrations.Migration):
    dependencies = [
        ("callboard_api", "0001_initial"),
        ("callboard_people", "0002_row_level_security"),
    ]

    operations = [SecureTable("IdempotentAnswer")]
