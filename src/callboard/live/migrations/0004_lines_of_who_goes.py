"""The log's lines of an organization that is deleted go with it: by the engine's role, and no other's lines."""

from django.db import migrations

KEPT = """
CREATE OR REPLACE FUNCTION callboard_live_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.kind = 'connection.report' AND OLD.received_at < now() - interval '14 days' THEN
        RETURN OLD;
    END IF;
    {}
    RAISE EXCEPTION 'the log is append-only' USING ERRCODE = 'restrict_violation';
END $$;
"""
GOING = """IF EXISTS (SELECT FROM callboard_people_departure
               WHERE organization_id = OLD.organization_id AND status = 'running') THEN
        RETURN OLD;
    END IF;"""


class Migration(migrations.Migration):
    dependencies = [
        ("callboard_live", "0003_ids_give_way"),
        ("callboard_people", "0008_leaving"),
    ]

    operations = [migrations.RunSQL(KEPT.format(GOING), KEPT.format(""))]
