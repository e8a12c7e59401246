"""The engine's role may delete from the log what retention names, and a trigger sees to it that it is no more."""

from django.db import migrations

FORWARDS = """
CREATE FUNCTION callboard_live_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.kind = 'connection.report' AND OLD.received_at < now() - interval '14 days' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'the log is append-only' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER kept BEFORE DELETE ON callboard_live_event
    FOR EACH ROW EXECUTE FUNCTION callboard_live_kept();
GRANT DELETE ON callboard_live_event TO callboard_engine;
"""

BACKWARDS = """
REVOKE DELETE ON callboard_live_event FROM callboard_engine;
DROP TRIGGER kept ON callboard_live_event;
DROP FUNCTION callboard_live_kept();
"""


class Migration(migrations.Migration):
    dependencies = [("callboard_live", "0004_fewer_indexes")]

    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
