"""The log's lines of a session that is kept no longer go with it: begun with, a week after it was announced."""

from django.db import migrations

KEPT = """
CREATE OR REPLACE FUNCTION callboard_live_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.kind = 'connection.report' AND OLD.received_at < now() - interval '14 days' THEN
        RETURN OLD;
    END IF;
    IF EXISTS (SELECT FROM callboard_people_departure
               WHERE organization_id = OLD.organization_id AND status = 'running') THEN
        RETURN OLD;
    END IF;
    {}
    RAISE EXCEPTION 'the log is append-only' USING ERRCODE = 'restrict_violation';
END $$;
"""
KEPT_NO_LONGER = """IF EXISTS (SELECT FROM callboard_sessions_announced
               WHERE organization_id = OLD.organization_id AND kind = 'sessions' AND key = OLD.session
               AND begun_at IS NOT NULL) THEN
        RETURN OLD;
    END IF;"""


class Migration(migrations.Migration):
    dependencies = [
        ("callboard_live", "0004_lines_of_who_goes"),
        ("callboard_sessions", "0005_retention"),
    ]

    operations = [migrations.RunSQL(KEPT.format(KEPT_NO_LONGER), KEPT.format(""))]
