"""The desk's pages without scripts: who sees which, what their forms do, what the export holds."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from django.test import Client

from callboard.cases import operations
from callboard.cases.models import Case, CaseReading, Incident
from callboard.lib import tenancy
from tests.web import cast
from tests.web.test_pages import queries_of, school, signed_in

__all__ = ["school"]

PAGES = ["/incidents/", "/mentions/", "/hand-over/", "/touches/", "/queue/?q=marta", "/queue/?status=over"]


@pytest.mark.parametrize("path", PAGES)
def test_coordinators_see_the_desk_and_instructors_do_not(school: cast.School, path: str) -> None:
    assert signed_in(school, "Nora").get(path).status_code == 200
    assert signed_in(school, "Marta").get(path).status_code == 403


def test_the_audit_is_for_admins(school: cast.School) -> None:
    assert signed_in(school, "Nora").get("/settings/audit/").status_code == 403
    case = school.cases["stranger English B2"].pk
    signed_in(school, "Nora").get(f"/cases/{case}/")
    with tenancy.organization_scope(school.organization.pk):
        assert CaseReading.objects.get().member == school.members["Nora"]
    aisha = signed_in(school, "Aisha")
    rows = aisha.get(f"/settings/audit/?kind=read&case=C-{case}").context["rows"]
    assert [(row.who, row.what, row.ref) for row in rows] == [("Nora Lindqvist", "Looked at", f"C-{case}")]
    answer = aisha.get("/settings/audit/?format=csv&kind=claimed")
    lines = list(csv.DictReader(io.StringIO(answer.content.decode())))
    assert {line["what"] for line in lines} == {"claimed"}
    assert {line["name"] for line in lines} == {"Nora Lindqvist", "Tomás Pereira"}
    assert "Marta" not in answer.content.decode()


def test_touches_are_told_by_kind_and_week(school: cast.School) -> None:
    nora = signed_in(school, "Nora")
    case = school.cases["stranger English B2"]
    nora.post(f"/cases/{case.pk}/note/", {"text": "Looked"})
    told = nora.get("/touches/").context["touches"]
    row = next(each for each in told.kinds if each.title == "Stranger in the room")
    assert row.touches >= 1
    assert len(row.weeks) == len(told.recent) == 6
    assert row.weeks[-1]


@pytest.fixture
def incident(school: cast.School) -> Incident:
    with tenancy.organization_scope(school.organization.pk):
        keys = [session.key for session in school.sessions.values()]
        moment = school.now - timedelta(minutes=5)
        case = school.cases["stranger English B2"]
        Case.objects.filter(pk__in=[case.pk, school.cases["overrun Piano grade 4"].pk]).update(
            kind="room_empty", raised_at=moment
        )
        return operations.raise_incident("node:eu-1", "room_empty", keys, moment)


def test_an_incident_counts_as_one_and_holds_its_cases(school: cast.School, incident: Incident) -> None:
    nora = signed_in(school, "Nora")
    board = nora.get("/queue/").context["board"]
    strips = [strip for _key, _title, strips, _count in board.groups for strip in strips]
    assert [strip.key for strip in strips if strip.incident] == [f"i{incident.pk}"]
    assert "Everyone has left" not in [strip.title for strip in strips if not strip.incident]
    found = nora.get("/queue/?kind=room_empty").context["board"]
    assert sum(count for _key, _title, _strips, count in found.groups) >= 2


def test_what_is_done_to_an_incident_without_scripts_leads_back_to_it(
    school: cast.School, incident: Incident
) -> None:
    nora = signed_in(school, "Nora")
    answer = nora.post(f"/incidents/{incident.pk}/claim/")
    assert answer.headers["Location"] == f"/incidents/{incident.pk}/"
    view = nora.get(f"/incidents/{incident.pk}/").context["incident"]
    assert view.mine
    assert nora.get("/incidents/999/").status_code == 404
    assert signed_in(school, "Tomás").post(f"/incidents/{incident.pk}/claim/").status_code == 409


def many(client: Client, name: str, *cases: int, **more: str) -> str:
    form = {"cases": ",".join(map(str, cases)), **more}
    answer = client.post(f"/queue/many/{name}/", form, headers={"HX-Request": "true"})
    return answer.headers.get("HX-Trigger", answer.content.decode())


def test_many_at_once_say_what_was_done_and_what_refused(school: cast.School) -> None:
    nora = signed_in(school, "Nora")
    mine, theirs = school.cases["stranger English B2"].pk, school.cases["room_empty Algebra 8"].pk
    told = many(nora, "claim", mine, theirs)
    assert "Claimed 1 case. 1 refused: Tom" in told
    assert "/queue/undo/" in told
    assert many(nora, "claim") == "Some of this cannot be right."


def test_a_filter_is_saved_listed_and_forgotten(school: cast.School) -> None:
    nora = signed_in(school, "Nora")
    answer = nora.post("/queue/filters/", {"name": "Strangers", "kind": "stranger", "shared": "1"})
    assert answer.headers["Location"] == "/queue/?kind=stranger"
    page = signed_in(school, "Tomás").get("/queue/?kind=stranger")
    assert page.context["heading"] == "Strangers"
    assert page.context["looking"].saved
    nora.post(f"/queue/filters/{page.context['looking'].saved}/remove/")
    assert "Strangers" not in nora.get("/queue/").content.decode()


def test_the_number_of_queries_does_not_grow_with_an_incidents_cases(
    school: cast.School, incident: Incident
) -> None:
    client = signed_in(school, "Nora")
    paths = ["/queue/", f"/incidents/{incident.pk}/", "/incidents/", "/hand-over/"]
    before = [queries_of(client, path) for path in paths]
    with tenancy.organization_scope(school.organization.pk):
        for number in range(6):
            case = school.case("room_empty", "now", "Algebra 8", ago=30 + number, participant=f"x{number}")
            Case.objects.filter(pk=case.pk).update(incident=incident)
    assert [queries_of(client, path) for path in paths] == before
