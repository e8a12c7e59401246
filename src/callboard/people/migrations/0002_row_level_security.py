"""Every tenant's table under row-level security, forced on its owner too."""

from django.db import migrations

from callboard.lib.tenancy import CURRENT_ORGANIZATION, CURRENT_USER, SecureTable

ORGANIZATIONS = f"""
ALTER TABLE callboard_people_organization ENABLE ROW LEVEL SECURITY;
ALTER TABLE callboard_people_organization FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON callboard_people_organization
    USING (id = {CURRENT_ORGANIZATION}) WITH CHECK (id = {CURRENT_ORGANIZATION});
CREATE POLICY membership ON callboard_people_organization FOR SELECT
    USING (EXISTS (SELECT FROM callboard_people_member AS member
                   WHERE member.organization_id = callboard_people_organization.id
                     AND member.user_id = {CURRENT_USER}));
CREATE POLICY sweep ON callboard_people_organization FOR SELECT
    USING (current_setting('app.sweep', true) = 'on');
"""
"""Whose rows a login may list before it has chosen one; `sweep` is for periodic jobs, that then enter each."""

BEFORE_ENTERING = f"""
CREATE POLICY own_login ON callboard_people_member FOR SELECT
    USING (user_id = {CURRENT_USER});
CREATE POLICY presented ON callboard_people_apikey FOR SELECT
    USING (key_hash = nullif(current_setting('app.api_key', true), ''));
CREATE POLICY presented ON callboard_people_invitation FOR SELECT
    USING (token_hash = nullif(current_setting('app.invitation', true), ''));
"""
"""The one row that a key or an invitation opens, to whoever presents its hash."""


class Migration(migrations.Migration):
    dependencies = [("callboard_people", "0001_initial")]

    operations = [
        SecureTable("Person"),
        SecureTable("Instructor"),
        SecureTable("Student"),
        SecureTable("Guardianship"),
        SecureTable("Member"),
        SecureTable("Consent"),
        SecureTable("Invitation"),
        SecureTable("ApiKey"),
        migrations.RunSQL(ORGANIZATIONS, migrations.RunSQL.noop),
        migrations.RunSQL(BEFORE_ENTERING, migrations.RunSQL.noop),
    ]
