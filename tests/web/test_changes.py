"""The audit of settings: who changed what from what to what, and no secret."""

from __future__ import annotations

import csv
import io

import pytest
from django.test import Client

from callboard.cases import operations
from callboard.lib.tenancy import organization_scope
from callboard.people.models import SettingChange
from tests.web import cast
from tests.web.test_rules import admin, school, signed_in, text_of

__all__ = ["admin", "school"]

pytestmark = pytest.mark.django_db

PAGE = "/settings/audit/settings/"


def differences(client: Client, what: str) -> list[tuple[str, str, str]]:
    rows = client.get(PAGE, {"what": what}).context["rows"]
    return [(each.label, each.before, each.after) for row in rows for each in row.differences]


def test_what_an_admin_changes_is_told_with_from_and_to(school: cast.School, admin: Client) -> None:
    form = {"name": "Harbour Tutors", "zone": "Europe/Lisbon", "locale": "en"}
    admin.post("/settings/organization/", form)
    admin.post("/settings/organization/", {**form, "zone": "Europe/Madrid"})
    assert ("Time zone", "Europe/Lisbon", "Europe/Madrid") in differences(admin, "organization")
    row = admin.get(PAGE).context["rows"][0]
    assert row.who.startswith("Aisha")


def test_members_and_keys_are_told_by_their_names(school: cast.School, admin: Client) -> None:
    nora = school.members["Nora"]
    admin.post(f"/settings/members/{nora.pk}/", {"role": "admin"})
    admin.post(f"/settings/members/{nora.pk}/", {"active": "0"})
    made = admin.post("/settings/keys/", {"name": "Importer", "scopes": ["sessions.read"], "expires": "365"})
    told = text_of(admin.get(PAGE))
    assert "Member Nora Lindqvist" in told
    assert ("Role", "Coordinator", "Admin") in differences(admin, "member")
    assert ("Let in", "yes", "no") in differences(admin, "member")
    assert "Key Importer made" in told
    token = made.context["token"]
    with organization_scope(school.organization.pk):
        for change in SettingChange.objects.all():
            assert token[4:] not in str(change.before) + str(change.after)
            assert "Lindqvist" not in str(change.__dict__)


def test_queues_routes_rules_and_promises_are_told_in_words(school: cast.School, admin: Client) -> None:
    with organization_scope(school.organization.pk):
        operations.save_queue("infra", name="Infrastructure")
    admin.post("/settings/queues/routes/new/", {"queue": "infra", "kinds": ["dropped"]})
    admin.post("/settings/rules/dropped/", {"on": "on", "dropped_after_s": "120", "time_left_s": "5",
                                            "severity": "now", "do": "keep"})  # fmt: skip
    admin.post("/settings/promises/learner_in/", {"learner_after_s": "10"})
    (route,) = differences(admin, "routes")
    assert route[2].startswith("1. Dropped, not back: to Infrastructure")
    rules = differences(admin, "rules")
    assert ("Dropped, not back, Not back after", "", "120 s") in rules
    assert ("Dropped, not back, Severity", "", "Now") in rules
    assert ("Learner in, On", "", "no") in differences(admin, "promises")


def test_the_export_holds_the_same(school: cast.School, admin: Client) -> None:
    admin.post("/settings/organization/", {"name": "=Harbour", "zone": "Europe/Madrid", "locale": "en"})
    answer = admin.get(PAGE, {"format": "csv", "what": "organization"})
    (line,) = csv.DictReader(io.StringIO(answer.content.decode()))
    assert (line["what"], '"name": "=Harbour"' in line["after"]) == ("organization", True)


def test_the_audit_of_settings_is_for_admins(school: cast.School) -> None:
    assert signed_in(school, "Nora").get(PAGE).status_code == 403
