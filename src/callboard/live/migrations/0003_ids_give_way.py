"""Ids in the log give way to others when a person is erased: by the engine's role, and nothing else of a line."""

from django.db import migrations

GIVE_WAY = """
CREATE FUNCTION callboard_live_renamed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.seq, OLD.organization_id, OLD.partition, OLD.session, OLD.kind, OLD.at, OLD.received_at, OLD.mark)
        IS DISTINCT FROM
        (NEW.seq, NEW.organization_id, NEW.partition, NEW.session, NEW.kind, NEW.at, NEW.received_at, NEW.mark)
        OR NOT EXISTS (SELECT FROM callboard_people_erasure
                       WHERE organization_id = OLD.organization_id AND status = 'running') THEN
        RAISE EXCEPTION 'the log is append-only' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER renamed BEFORE UPDATE ON callboard_live_event
    FOR EACH ROW EXECUTE FUNCTION callboard_live_renamed();
GRANT UPDATE (event_id, participant, data) ON callboard_live_event TO callboard_engine;
"""
"""The engine may put another id in a line while somebody is being erased, and the trigger holds it to that."""

NO_MORE = """
REVOKE UPDATE (event_id, participant, data) ON callboard_live_event FROM callboard_engine;
DROP TRIGGER renamed ON callboard_live_event;
DROP FUNCTION callboard_live_renamed();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("callboard_live", "0002_incidents_of_backtests"),
        ("callboard_people", "0007_erasures"),
    ]

    operations = [migrations.RunSQL(GIVE_WAY, NO_MORE)]
