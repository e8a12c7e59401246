"""How long things are kept, over the API."""

from __future__ import annotations

from datetime import timedelta

import pytest

from callboard.lib import clock
from callboard.lib.tenancy import organization_scope
from callboard.sessions.retention_models import Announced, DeletedDay
from tests.api.conftest import Caller, School, is_problem, key_of

pytestmark = pytest.mark.django_db

PLACE = "/organization/retention"


def test_days_are_read_and_decided_by_kind(key: Caller) -> None:
    told = key.get(PLACE).json()
    assert (told["days"]["recordings"], told["days"]["sessions"], told["version"]) == (365, None, 0)
    assert told["least"]["sessions"] == 60
    saved = key.send("PUT", PLACE, {"days": {"sessions": 730, "people": 400}}).json()
    assert (saved["days"]["sessions"], saved["days"]["people"], saved["version"]) == (730, 400, 1)
    assert key.send("PUT", PLACE, {"days": {"people": None}}).json()["days"]["people"] is None
    for days, field in (({"sessions": 100}, "sessions"), ({"dreams": 9}, "dreams"), ({"cases": 2}, "cases")):
        refused = key.send("PUT", PLACE, {"days": days})
        is_problem(refused, 422, "invalid")
        assert field in refused.json()["fields"]
    is_problem(key.send("PUT", "/recording-policy", {"kept_days": 0}), 422, "invalid")


def test_what_will_go_and_what_went_is_listed(school: School, key: Caller) -> None:
    now = clock.now()
    with organization_scope(school.organization.pk):
        for ref in (1, 2, 3):
            Announced.objects.create(kind="sessions", ref=ref, moment=now, due_at=now + timedelta(days=7))
        DeletedDay.objects.create(day=now.date(), kind="sessions", items=2, rows={"t": 9}, until=now)
    (due,) = key.get(f"{PLACE}/announced").json()["items"]
    assert (due["kind"], due["items"], due["rows"]) == ("sessions", 3, 3)
    first = key.get(f"{PLACE}/announced/sessions?limit=2").json()
    rest = key.get(f"{PLACE}/announced/sessions?limit=2&cursor={first['next']}").json()
    assert [each["ref"] for each in first["items"] + rest["items"]] == [1, 2, 3]
    is_problem(key.get(f"{PLACE}/announced/dreams"), 404, "kind_not_found")
    (went,) = key.get(f"{PLACE}/deleted").json()["items"]
    assert (went["items"], went["rows"]) == (2, {"t": 9})


def test_holds_are_placed_listed_and_lifted_and_keep_a_person_from_being_erased(
    school: School, key: Caller
) -> None:
    hold = key.post(
        "/organization/holds", {"scope": "person", "person": "joan", "reason": "A complaint."}
    ).json()
    assert (hold["person"], hold["until"], hold["lifted_at"]) == ("joan", None, None)
    is_problem(key.post("/people/joan/erasure", {"name": "Joan Serra"}), 409, "held")
    assert key.get("/organization/holds").json()["items"] == [hold]
    lifted = key.post(f"/organization/holds/{hold['id']}/lift", {}).json()
    assert lifted["lifted_at"] is not None
    is_problem(
        key.post("/organization/holds", {"scope": "session", "session": "no", "reason": "x"}),
        404,
        "session_not_found",
    )


def test_it_takes_a_scope_of_its_own(school: School) -> None:
    less = key_of(school.organization, "people.manage", "settings.manage")
    for path in (PLACE, f"{PLACE}/announced", f"{PLACE}/announced/sessions", f"{PLACE}/deleted",
                 "/organization/holds"):  # fmt: skip
        is_problem(less.get(path), 403, "forbidden")
    is_problem(less.send("PUT", PLACE, {"days": {}}), 403, "forbidden")
    is_problem(less.post("/organization/holds", {"scope": "organization", "reason": "x"}), 403, "forbidden")


def test_a_hold_until_a_moment_of_no_zone_is_refused(key: Caller) -> None:
    given = {"scope": "organization", "reason": "A court.", "until": "2090-01-01T00:00:00"}
    is_problem(key.post("/organization/holds", given), 422, "invalid")
