"""A session's page offers what can be asked of it, asks it, and says what came of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from callboard.cases.models import Case
from callboard.lib.tenancy import organization_scope
from callboard.sessions import queries, rules
from callboard.sessions.models import Session
from callboard.workflows import deeds
from tests.web import cast
from tests.web.test_pages import school, signed_in

__all__ = ["school"]
pytestmark = pytest.mark.django_db

PLACE = "/sessions/s-chemistry-10/"


def act(client: Client, name: str, **form: str) -> tuple[int, str]:
    answer = client.post(f"{PLACE}acts/{name}/", form, headers={"HX-Request": "true"})
    return answer.status_code, answer.content.decode()


def test_a_session_is_extended_from_its_page_and_says_so(school: cast.School) -> None:
    nora, session = signed_in(school, "Nora"), school.sessions["Chemistry 10"]
    assert act(nora, "extend", minutes="10") == (204, "")
    with organization_scope(school.organization.pk):
        assert Session.objects.get(pk=session.pk).ends_at == session.ends_at + timedelta(minutes=10)
    page = nora.get(PLACE).content.decode()
    assert "Extend, by Nora" in page
    assert "Confirmed" in page


def test_the_fields_of_a_form_are_fetched_when_it_opens(school: cast.School) -> None:
    nora = signed_in(school, "Nora")
    assert f'data-ask="{PLACE}acts/reassign/"' in nora.get(PLACE).content.decode()
    fields = nora.get(f"{PLACE}acts/extend/")
    assert fields.status_code == 200
    assert 'id="ask-extend-minutes"' in fields.content.decode()


def test_what_cannot_be_meant_is_said_in_words(school: cast.School) -> None:
    nora = signed_in(school, "Nora")
    assert act(nora, "extend", minutes="9999") == (422, "Minutes: A whole number from 1 to 240.")
    assert act(nora, "message", text="hello")[0] == 409  # nobody could show it


def test_what_is_asked_waits_for_its_confirmation_and_failing_says_why(school: cast.School) -> None:
    nora, session = signed_in(school, "Nora"), school.sessions["Chemistry 10"]
    assert act(nora, "resend_link", person="p-tom")[0] == 204
    assert "Not yet confirmed, usually 5 s." in nora.get(PLACE).content.decode()
    with organization_scope(school.organization.pk):
        deed = deeds.write(session, "end_session", usual_s=5)
        deeds.fail(deed.pk, "The room did not end. LiveKit did not answer in 10 s. Nothing has changed.")
    assert "The room did not end. LiveKit did not answer" in nora.get(PLACE).content.decode()


def test_whoever_does_not_work_cases_is_offered_nothing(school: cast.School) -> None:
    marta = signed_in(school, "Marta")
    assert "What to do" not in marta.get("/sessions/s-algebra-8/").content.decode()
    assert act(marta, "extend", minutes="10")[0] == 403


def test_a_case_asks_in_a_form_what_its_action_wants_to_know(school: cast.School) -> None:
    with organization_scope(school.organization.pk):
        case = Case.objects.get(kind="instructor_missing")
    nora = signed_in(school, "Nora")
    page = nora.get(f"/cases/{case.pk}/").content.decode()
    assert f'id="reassign-{case.pk}"' in page
    assert f'data-sheet="reassign-{case.pk}"' in page
    assert f'data-ask="/cases/{case.pk}/reassign/"' in page
    assert "<select" not in page.split(f'id="reassign-{case.pk}"')[1].split("</dialog>")[0]
    fields = nora.get(f"/cases/{case.pk}/reassign/").content.decode()
    assert f'<select class="native-select" id="reassign-{case.pk}-' in fields
    assert nora.get("/cases/999999/reassign/").status_code == 404


def test_what_is_done_by_itself_is_switched_by_an_admin_alone(school: cast.School) -> None:
    place = "/settings/rooms/tell_bad_audio/"
    assert signed_in(school, "Nora").post(place, {"on": "0"}).status_code == 403
    aisha = signed_in(school, "Aisha")
    assert aisha.post(place, {"on": "0"}).status_code == 302
    with organization_scope(school.organization.pk):
        assert queries.care() == {**rules.CARE, "tell_bad_audio": False}
    assert "By itself" in aisha.get("/settings/providers/").content.decode()


def test_an_instructor_who_is_missing_reads_on_their_page_who_waits(school: cast.School) -> None:
    page = signed_in(school, "Marta").get("/today/").content.decode()
    assert "You are expected since" in page
