"""Sessions, people, members, keys and the wall over the API."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from callboard.lib.tenancy import organization_scope
from callboard.people import operations as people
from callboard.people.models import Guardianship
from callboard.sessions.models import Server, Session
from tests.api.conftest import Caller, School, is_problem, login_of

pytestmark = pytest.mark.django_db


def booking(**more: Any) -> dict[str, Any]:
    return {
        "title": "Geometry",
        "starts_at": "2030-03-04T12:00:00Z",
        "ends_at": "2030-03-04T13:00:00Z",
        "instructor": "marta",
        "learners": ["joan"],
        **more,
    }


def test_a_session_is_booked_moved_and_called_off(school: School, key: Caller) -> None:
    made = key.post("/sessions", booking(key="s-2"))
    assert made.status_code == 201, made.content
    assert (made.json()["id"], made.json()["instructor"], made.json()["learners"]) == (
        "s-2",
        "marta",
        ["joan"],
    )
    moved = key.post(
        "/sessions/s-2/move", {"starts_at": "2030-03-04T14:00:00Z", "ends_at": "2030-03-04T15:00:00Z"}
    )
    assert moved.json()["starts_at"] == "2030-03-04T14:00:00Z"
    assert moved.json()["version"] > made.json()["version"]
    assert key.post("/sessions/s-2/cancel", {"reason": "Ill"}).json()["status"] == "cancelled"


def test_a_year_of_weeks_is_told_in_as_many_queries_as_two(school: School, key: Caller) -> None:
    reads: list[int] = []
    for weeks, hour in ((2, 8), (20, 16)):
        times = {"starts_at": f"2030-03-04T{hour:02}:00:00Z", "ends_at": f"2030-03-04T{hour + 1:02}:00:00Z"}
        with CaptureQueriesContext(connection) as sent:
            made = key.post("/sessions/weekly", booking(weeks=weeks, zone="UTC", **times))
        assert made.status_code == 201, made.content
        items = made.json()["items"]
        assert len(items) == weeks
        assert [each["starts_at"] for each in items] == sorted(each["starts_at"] for each in items)
        assert {(each["instructor"], *each["learners"]) for each in items} == {("marta", "joan")}
        reads.append(sum(each["sql"].startswith("SELECT") for each in sent))
    assert reads[1] - reads[0] < 18


def test_booking_with_an_id_that_is_there_books_nothing(school: School, key: Caller) -> None:
    again = key.post("/sessions", booking(key="s-1"))
    assert (again.status_code, again.json()["title"]) == (200, "Algebra")
    with organization_scope(school.organization.pk):
        assert Session.objects.count() == 1


def test_a_booking_that_names_no_provider_takes_the_organizations_first_server(
    school: School, key: Caller
) -> None:
    assert key.post("/sessions", booking(key="s-2")).json()["provider"] == "simulator"
    with organization_scope(school.organization.pk):
        Server.objects.create(slug="eu-1", name="Europe", kind="livekit")
    later = {"starts_at": "2030-03-05T12:00:00Z", "ends_at": "2030-03-05T13:00:00Z"}
    made = key.post("/sessions", booking(key="s-3", region="eu", **later)).json()
    assert (made["provider"], made["region"], made["series"]) == ("livekit", "eu", None)


def test_a_booking_with_a_link_happens_where_that_leads(school: School, key: Caller) -> None:
    said = key.post("/sessions", booking(key="s-2", link="https://meet.example.org/j/1")).json()
    assert (said["provider"], said["room"]["url"], said["status"]) == (
        "link", "https://meet.example.org/j/1", "ready",
    )  # fmt: skip


def test_a_booking_for_a_series_that_is_not_there_names_the_field(school: School, key: Caller) -> None:
    told = is_problem(key.post("/sessions", booking(series="srs_none")), 422, "invalid")
    assert "series" in told["fields"]


def test_booking_who_is_taken_says_who_and_by_what(school: School, key: Caller) -> None:
    taken = booking(starts_at="2030-03-04T10:30:00Z", ends_at="2030-03-04T11:30:00Z", learners=["iris"])
    told = is_problem(key.post("/sessions", taken), 409, "double_booked")
    assert (told["person"], told["session"]) == ("marta", "s-1")


def test_booking_someone_unknown_names_the_field(school: School, key: Caller) -> None:
    told = is_problem(key.post("/sessions", booking(learners=["nobody"])), 422, "invalid")
    assert "nobody" in told["fields"]["learners"]


def test_sessions_are_found_by_time_person_and_status(school: School, key: Caller) -> None:
    key.post("/sessions", booking(key="s-2", learners=["iris"]))

    def found(**query: Any) -> list[str]:
        return [item["id"] for item in key.get("/sessions", **query).json()["items"]]

    assert found() == ["s-1", "s-2"]
    assert found(person="iris") == ["s-2"]
    assert found(begins="2030-03-04T11:30:00Z") == ["s-2"]
    assert found(ends="2030-03-04T11:30:00Z") == ["s-1"]
    assert found(status="live") == []


def test_an_instructor_and_a_guardian_see_their_own_alone(school: School, key: Caller) -> None:
    key.post("/sessions", booking(key="s-2", learners=["iris"]))
    with organization_scope(school.organization.pk):
        guardian = people.create_person("Rosa Roca", key="rosa")
        people.add_guardian(guardian, school.iris)
    rosa = login_of(school.organization, "rosa", "guardian", guardian)
    assert [item["id"] for item in rosa.get("/sessions").json()["items"]] == ["s-2"]
    is_problem(rosa.get("/sessions/s-1"), 404, "session_not_found")
    assert rosa.get("/people/iris").json()["name"] == "Iris Roca"
    is_problem(rosa.get("/people/joan"), 404, "person_not_found")
    is_problem(rosa.get("/people"), 403, "forbidden")
    is_problem(rosa.post("/sessions", booking(key="s-3")), 403, "forbidden")
    is_problem(rosa.get("/sessions/s-2/events"), 403, "forbidden")
    marta = login_of(school.organization, "marta", "instructor", school.marta)
    assert [item["id"] for item in marta.get("/sessions").json()["items"]] == ["s-1", "s-2"]


def test_people_are_made_once_per_id(school: School, key: Caller) -> None:
    body = {"name": "Nil Puig", "key": "nil", "instructor": True, "skills": ["algebra:8"]}
    assert key.post("/people", body).status_code == 201
    again = key.post("/people", body)
    assert (again.status_code, again.json()["id"], again.json()["skills"]) == (200, "nil", ["algebra:8"])


def test_someone_who_learns_may_teach_too(school: School, key: Caller) -> None:
    again = key.post("/people", {"name": "X", "key": "joan", "instructor": True})
    assert (again.status_code, again.json()["name"]) == (200, "Joan Serra")
    assert (again.json()["instructor"], again.json()["student"]) == (True, True)


def test_consent_is_given_and_withdrawn(school: School, key: Caller) -> None:
    assert key.post("/people/joan/consents", {"kind": "recording"}).json()["consents"] == ["recording"]
    assert key.send("DELETE", "/people/joan/consents/recording").status_code == 204
    assert key.get("/people/joan").json()["consents"] == []
    is_problem(key.post("/people/joan/consents", {"kind": "nonsense"}), 422, "invalid")


def test_a_guardian_is_named_on_both_sides(school: School, key: Caller) -> None:
    key.post("/people", {"name": "Rosa Roca", "key": "rosa"})
    assert key.post("/people/iris/guardians", {"guardian": "rosa"}).json()["guardians"] == ["rosa"]
    assert key.get("/people/rosa").json()["wards"] == ["iris"]
    for _ in range(2):
        assert key.send("DELETE", "/people/iris/guardians/rosa").status_code == 204
    assert key.get("/people/iris").json()["guardians"] == []


def test_who_answers_for_whom_is_written_down_once_and_may_be_taken_back(school: School, key: Caller) -> None:
    key.post("/people", {"name": "Rosa Roca", "key": "rosa"})
    for relation in ("aunt", "aunt", "mother"):
        assert (
            key.post("/people/iris/guardians", {"guardian": "rosa", "relation": relation}).status_code == 200
        )
    changes = key.get("/people/iris/changes").json()["items"]
    assert [each["kind"] for each in changes] == ["linked", "unlinked", "linked"]
    assert key.post(f"/people/iris/changes/{changes[0]['id']}/undo", {}).status_code == 200
    assert key.get("/people/iris").json()["guardians"] == []


def test_who_answers_already_is_left_as_they_are_where_no_relation_is_said(
    school: School, key: Caller
) -> None:
    key.post("/people", {"name": "Rosa Roca", "key": "rosa"})
    for given in ({"relation": "aunt"}, {}, {"relation": None}, {"relation": " aunt "}):
        assert key.post("/people/iris/guardians", {"guardian": "rosa", **given}).status_code == 200
    assert [each["kind"] for each in key.get("/people/iris/changes").json()["items"]] == ["linked"]
    with organization_scope(school.organization.pk):
        assert Guardianship.objects.get(student__key="iris").relation == "aunt"


def test_people_are_found_by_name(school: School, key: Caller) -> None:
    found = key.get("/people", search="iris").json()
    assert [item["id"] for item in found["items"]] == ["iris"]
    assert (found["next"], found["total"]) == (None, 1)


def test_keys_are_made_told_once_and_revoked(school: School, key: Caller) -> None:
    made = key.post("/keys", {"name": "Night", "scopes": ["cases.read"]}).json()
    other = Caller(key.client, made["key"])
    assert other.get("/cases").status_code == 200
    assert all("key" not in item for item in key.get("/keys").json()["items"])
    assert key.send("DELETE", f"/keys/{made['id']}").status_code == 204
    is_problem(other.get("/cases"), 401, "unauthorized")


def test_someone_is_invited(school: School, key: Caller, alice: Caller) -> None:
    body = {"email": "new@example.org", "role": "guardian", "person": "iris"}
    made = alice.post("/invitations", body)
    assert made.status_code == 201
    assert made.json()["token"]
    (waiting,) = alice.get("/invitations").json()["items"]
    assert "token" not in waiting
    assert alice.send("DELETE", f"/invitations/{waiting['id']}").status_code == 204
    is_problem(alice.send("DELETE", f"/invitations/{waiting['id']}"), 404, "invitation_over")


def test_members_and_oneself_are_told(school: School, alice: Caller) -> None:
    me = alice.get("/me").json()
    assert (me["organization"], me["role"], me["name"]) == ("maple", "coordinator", "Alice")
    assert me["member"] in [member["id"] for member in alice.get("/members").json()["items"]]


def test_a_session_tells_its_promises_and_its_evidence(school: School, key: Caller) -> None:
    assert key.get("/sessions/s-1/expectations").status_code == 200
    assert key.get("/sessions/s-1/events").json()["next"] is None


def test_the_wall_shows_what_is_on_with_its_worst_case(school: School, key: Caller) -> None:
    assert key.get("/live").json()["items"] == []
    with organization_scope(school.organization.pk):
        Session.objects.update(status="live")
    (tile,) = key.get("/live").json()["items"]
    assert (tile["id"], tile["cases"], tile["worst"]) == ("s-1", 1, "now")
