"""Every tenant's table under row-level security, forced on its owner too."""

from django.db import migrations

from callboard.lib.tenancy import SecureTable

EVENT_LOG = """
REVOKE UPDATE, DELETE, TRUNCATE ON callboard_live_event FROM callboard_app;
GRANT INSERT ON callboard_live_event TO callboard_ingest;
CREATE POLICY engine ON callboard_live_event FOR SELECT TO callboard_engine USING (true);
"""
"""The log is append-only. Ingest may only insert; the engine reads the partitions of all organizations."""


class Migration(migrations.Migration):
    dependencies = [
        ("callboard_live", "0001_initial"),
        ("callboard_people", "0002_row_level_security"),
        ("callboard_sessions", "0002_row_level_security"),
    ]

    operations = [
        SecureTable("Event", referable=False),
        SecureTable("LivePolicy"),
        SecureTable("LiveState"),
        SecureTable("Attendance"),
        migrations.RunSQL(EVENT_LOG, migrations.RunSQL.noop),
    ]
