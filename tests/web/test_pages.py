"""Each role sees its own pages and nobody else's; a page costs a number of queries that does not grow."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from callboard.cases.models import Case
from callboard.lib import tenancy
from callboard.live.models import Event
from tests.web import cast

STAFF_PAGES = [
    "/queue/",
    "/wall/",
    "/wall/cells/",
    "/sessions/",
    "/sessions/s-algebra-8/",
    "/people/",
    "/settings/",
]


@pytest.fixture
def school(db: None) -> cast.School:
    organization = cast.new_organization()
    with tenancy.organization_scope(organization.pk):
        return cast.busy_school(organization)


def signed_in(school: cast.School, name: str) -> Client:
    client = Client()
    client.force_login(school.members[name].user)
    return client


@pytest.mark.parametrize("path", [*STAFF_PAGES, "/today/", "/cases/1/"])
def test_nobody_sees_a_page_without_signing_in(school: cast.School, path: str) -> None:
    answer = Client().get(path)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/account/login/")


@pytest.mark.parametrize("path", [each for each in STAFF_PAGES if each != "/sessions/s-algebra-8/"])
@pytest.mark.parametrize("name", ["Marta", "Paula", "Joan"])
def test_boards_are_not_for_instructors_guardians_and_students(
    school: cast.School, path: str, name: str
) -> None:
    assert signed_in(school, name).get(path).status_code == 403


@pytest.mark.parametrize("path", STAFF_PAGES)
def test_a_coordinator_sees_every_board(school: cast.School, path: str) -> None:
    assert signed_in(school, "Nora").get(path).status_code == 200


@pytest.mark.parametrize(
    ("name", "home"), [("Nora", "/queue/"), ("Marta", "/today/"), ("Joan", "/today/"), ("Paula", "/family/")]
)
def test_each_role_lands_at_home(school: cast.School, name: str, home: str) -> None:
    assert signed_in(school, name).get("/").headers["Location"] == home


def test_an_instructor_sees_their_own_session_and_no_others(school: cast.School) -> None:
    client = signed_in(school, "Marta")
    assert client.get("/sessions/s-algebra-8/").status_code == 200
    assert client.get("/sessions/s-chemistry-10/").status_code == 404


def test_a_guardian_sees_their_own_childs_session_in_plain_words(school: cast.School) -> None:
    client = signed_in(school, "Paula")
    page = client.get("/family/").content.decode()
    assert "Joan" in page
    assert "Algebra 8" in page
    for term in ("case", "Case", "severity", "Instructor not in", "queue"):
        assert f">{term}<" not in page
    assert client.get("/sessions/s-algebra-8/").status_code == 200
    assert client.get("/sessions/s-chemistry-10/").status_code == 404


def test_another_schools_case_is_not_found(school: cast.School) -> None:
    other = cast.new_organization("birch", "Birch")
    with tenancy.organization_scope(other.pk):
        stranger = cast.School(other, school.now)
        stranger.members["Eve"] = _coordinator("Eve Other")
    case = school.cases["instructor_missing Algebra 8"].pk
    assert signed_in(stranger, "Eve").get(f"/cases/{case}/").status_code == 404
    assert signed_in(stranger, "Eve").post(f"/cases/{case}/claim/").status_code == 404


def _coordinator(name: str) -> Any:
    from callboard.people.models import Member, User

    user = User.objects.create_user("eve@birch.example", cast.PASSWORD, name=name)
    return Member.objects.create(user=user, role="coordinator")


def test_the_queue_groups_cases_by_whose_they_are_soonest_deadline_first(school: cast.School) -> None:
    board = signed_in(school, "Nora").get("/queue/").context["board"]
    groups = {key: [strip.title for strip in strips] for key, _title, strips, _count in board.groups}
    assert groups["nobody"][:2] == ["Learner not in", "Instructor not in"]
    assert groups["yours"] == ["Dropped, not back", "Still running"]
    assert groups["others"] == ["Everyone has left", "Recording too short"]
    assert (board.sums.now, board.sums.soon, board.sums.watch, board.sums.others) == (2, 4, 3, 2)


def test_a_strip_says_who_where_they_are_and_by_when(school: cast.School) -> None:
    board = signed_in(school, "Nora").get("/queue/").context["board"]
    strip = next(each for each in board.groups[0][2] if each.title == "Instructor not in")
    assert strip.who == "Marta Vidal"
    assert strip.where.startswith("Athens ")
    assert strip.due.close
    assert strip.due.tail == "to claim"
    assert strip.marks[:3] == ("kept", "kept", "missed")


def test_a_case_says_what_was_expected_beside_what_was_seen(school: cast.School) -> None:
    case = school.cases["instructor_missing Algebra 8"].pk
    view = signed_in(school, "Nora").get(f"/cases/{case}/").context["case"]
    assert view.why.startswith("Marta Vidal was due in by ")
    wrong = [row for row in view.ledger if row.state == "wrong"]
    assert [(row.expected, row.seen) for row in wrong] == [("Instructor in", "Not seen")]
    assert [who.name for who in view.people if who.wrong] == ["Marta Vidal"]
    assert view.rule == "Instructor in by +2 min"


def test_a_case_shows_its_evidence_and_leads_to_why_it_was_raised(school: cast.School) -> None:
    with tenancy.organization_scope(school.organization.pk):
        case = school.cases["instructor_missing Algebra 8"]
        Event.objects.create(
            organization=school.organization, partition=0, session="s-algebra-8", event_id="e-1",
            kind="participant.left", participant="p-marta", at=school.now,
        )  # fmt: skip
        Case.objects.filter(pk=case.pk).update(evidence=["e-1"])
    page = signed_in(school, "Nora").get(f"/cases/{case.pk}/")
    assert [proof.id for proof in page.context["case"].proofs] == ["e-1"]
    assert f'href="/cases/{case.pk}/why/"' in page.content.decode()


def test_claiming_without_scripts_leads_back_to_the_case(school: cast.School) -> None:
    case = school.cases["instructor_missing Algebra 8"].pk
    answer = signed_in(school, "Nora").post(f"/cases/{case}/claim/")
    assert answer.headers["Location"] == f"/cases/{case}/"
    with tenancy.organization_scope(school.organization.pk):
        assert type(school.cases["stranger English B2"]).objects.get(pk=case).owner == school.members["Nora"]


def test_claiming_what_another_has_is_refused_in_words(school: cast.School) -> None:
    case = school.cases["room_empty Algebra 8"].pk
    answer = signed_in(school, "Nora").post(f"/cases/{case}/claim/", headers={"HX-Request": "true"})
    assert answer.status_code == 409
    assert answer.content.decode() == "Tomás Pereira has this case already."


def queries_of(client: Client, path: str) -> int:
    client.get(path)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(path).status_code == 200
    return len(captured)


@pytest.mark.parametrize("path", ["/queue/", "/wall/", "/sessions/"])
def test_the_number_of_queries_does_not_grow_with_the_rows(school: cast.School, path: str) -> None:
    client = signed_in(school, "Nora")
    before = queries_of(client, path)
    with tenancy.organization_scope(school.organization.pk):
        for number in range(12):
            names = [f"Teacher{number} Long", f"Learner{number} Short"]
            for name in names:
                school.person(name, "Europe/Paris")
            first = [name.split()[0] for name in names]
            session = school.session(f"Extra {number}", -5, 60, first)
            school.usual(session, "kkkddddd")
            school.case("room_empty", "now", f"Extra {number}", ago=30 + number)
    assert queries_of(client, path) == before


def test_find_knows_people_and_sessions_by_a_few_letters(school: cast.School) -> None:
    page = signed_in(school, "Nora").get("/find/?q=chem").content.decode()
    assert "Chemistry 10" in page
    page = signed_in(school, "Nora").get("/find/?q=mart").content.decode()
    assert "Marta Vidal" in page
    assert "Chemistry 10" not in page


def test_the_wall_tells_each_session_once_and_its_cases_beside_it(school: cast.School) -> None:
    wall = signed_in(school, "Nora").get("/wall/cells/").json()
    rows = {row[0]: row for row in wall["rows"]}
    assert len(wall["rows"]) == len(rows) == 5
    algebra = rows["s-algebra-8"]
    assert (wall["names"][algebra[1]], wall["names"][algebra[6]]) == ("Algebra 8", "Simulator eu-1")
    assert algebra[4:6] == [3, 1]
    cases = [case for case in wall["cases"] if case[1] == "s-algebra-8"]
    assert [case[2:6] for case in cases] == [
        ["now", "hollow", "Everyone has left", ""],
        ["now", "solid", "Instructor not in", "Marta"],
    ]


def test_the_wall_tells_what_became_of_some_sessions_alone(school: cast.School) -> None:
    asked = "s-algebra-8,s-biology-11,s-nothing"
    wall = signed_in(school, "Nora").get(f"/wall/cells/?keys={asked}").json()
    assert [row[0] for row in wall["rows"]] == ["s-algebra-8"]
    assert wall["gone"] == ["s-biology-11", "s-nothing"]
    assert {case[1] for case in wall["cases"]} == {"s-algebra-8"}
    assert "coming" not in wall


def test_the_walls_data_comes_compressed(school: cast.School) -> None:
    answer = signed_in(school, "Nora").get("/wall/cells/", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"


def test_one_keeps_ones_own_zone_and_look(school: cast.School) -> None:
    client = signed_in(school, "Nora")
    client.post("/you/", {"zone": "Asia/Tokyo", "shortcuts": "on"})
    assert "Tokyo" in client.get("/queue/").content.decode()
    client.post("/you/", {"theme": "dark"})
    assert '<html lang="en" class="dark">' in client.get("/queue/").content.decode()


def test_a_hashed_file_is_kept_for_good_and_an_unknown_one_is_not_found(client: Client) -> None:
    answer = client.get("/static/callboard/mark.svg")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "image/svg+xml"
    again = client.get("/static/callboard/mark.svg", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    assert client.get("/static/nothing.css").status_code == 404
    assert client.get("/static/../config/settings.py").status_code in (400, 404)
