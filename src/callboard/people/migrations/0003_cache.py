"""The cache, shared by all processes: it counts attempts to sign in. Holds no tenant's rows."""

from django.db import migrations

CACHE = """
CREATE TABLE callboard_cache (
    cache_key varchar(255) PRIMARY KEY,
    value text NOT NULL,
    expires timestamp with time zone NOT NULL
);
CREATE INDEX callboard_cache_expires ON callboard_cache (expires);
"""


class Migration(migrations.Migration):
    dependencies = [("callboard_people", "0002_row_level_security")]

    operations = [migrations.RunSQL(CACHE, "DROP TABLE callboard_cache")]
