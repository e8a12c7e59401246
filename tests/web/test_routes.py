"""Routes on the settings pages: said in sentences, put in order, taken away and put back, and tried."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from callboard.cases import operations
from callboard.cases.models import Queue
from callboard.cases.operations.routes import told
from callboard.lib.tenancy import organization_scope
from tests.web import cast
from tests.web.test_rules import admin, school, signed_in, text_of

__all__ = ["admin", "school"]

pytestmark = pytest.mark.django_db

PAGE = "/settings/queues/routes/"
BAD = {"queue": "infra", "kinds": ["bad_connection"], "subjects": "Maths\n", "severities": ["soon"]}


@pytest.fixture(autouse=True)
def infra(school: cast.School) -> None:
    with organization_scope(school.organization.pk):
        operations.save_queue("infra", name="Infrastructure", deadlines={"soon": [5, 25]})


def kinds_of(school: cast.School) -> list[list[str]]:
    with organization_scope(school.organization.pk):
        return [route["kinds"] for route in told()]


def act(client: Client, path: str) -> Any:
    return client.post(path, headers={"HX-Request": "true"})


def test_a_route_is_said_in_a_sentence(admin: Client) -> None:
    assert "There is no route" in text_of(admin.get(PAGE))
    assert admin.post(f"{PAGE}new/", BAD).status_code == 302
    assert "Bad connection (soon) of Maths: to Infrastructure, to be claimed within 5 min." in text_of(
        admin.get(PAGE)
    )
    assert "1 comes before the kinds" in text_of(admin.get("/settings/queues/"))


def test_routes_are_put_in_order_taken_away_and_put_back(school: cast.School, admin: Client) -> None:
    for kind in ("dropped", "overrun"):
        admin.post(f"{PAGE}new/", {"queue": "infra", "kinds": [kind]})
    second = admin.get(PAGE).context["rows"][1]
    assert act(admin, f"{PAGE}{second.pk}/up/").status_code == 204
    assert kinds_of(school) == [["overrun"], ["dropped"]]
    first = admin.get(PAGE).context["rows"][0]
    answer = act(admin, f"{PAGE}{first.pk}/remove/")
    assert kinds_of(school) == [["dropped"]]
    assert act(admin, json.loads(answer["HX-Trigger"])["callboard:done"]["undo"]).status_code == 204
    assert kinds_of(school) == [["overrun"], ["dropped"]]


def test_what_somebody_else_has_changed_is_not_undone_or_moved(school: cast.School, admin: Client) -> None:
    admin.post(f"{PAGE}new/", BAD)
    row = admin.get(PAGE).context["rows"][0]
    undo = json.loads(act(admin, f"{PAGE}{row.pk}/remove/")["HX-Trigger"])["callboard:done"]["undo"]
    admin.post(f"{PAGE}new/", {"queue": "infra", "kinds": ["overrun"]})
    assert act(admin, undo).status_code == 409
    assert act(admin, f"{PAGE}{row.pk}/remove/").status_code == 409
    assert kinds_of(school) == [["overrun"]]


def test_a_route_is_changed_in_its_place(school: cast.School, admin: Client) -> None:
    admin.post(f"{PAGE}new/", BAD)
    admin.post(f"{PAGE}new/", {"queue": "infra", "kinds": ["overrun"]})
    row = admin.get(PAGE).context["rows"][0]
    assert "Maths" in admin.get(row.href).content.decode()
    assert admin.post(row.href, {**BAD, "kinds": ["dropped"], "regions": "eu"}).status_code == 302
    assert kinds_of(school) == [["dropped"], ["overrun"]]


def test_a_route_that_fits_everything_is_refused_in_words(school: cast.School, admin: Client) -> None:
    answer = admin.post(f"{PAGE}new/", {"queue": "infra"})
    assert answer.status_code == 422
    assert "would leave nothing for the others" in text_of(answer)
    assert kinds_of(school) == []


def test_an_example_says_where_it_would_go_and_why(school: cast.School, admin: Client) -> None:
    admin.post(f"{PAGE}new/", BAD)
    asked = f"{PAGE}?kind=bad_connection&severity=soon"
    assert "To Infrastructure (by route 1): to be claimed within 5 min" in text_of(
        admin.get(f"{asked}&subject=Maths")
    )
    with organization_scope(school.organization.pk):
        usual = Queue.objects.get(is_default=True).name
    assert f"To {usual} (no route fits" in text_of(admin.get(f"{asked}&subject=Music"))


def test_a_coordinator_reads_and_changes_nothing(school: cast.School) -> None:
    nora = signed_in(school, "Nora")
    assert nora.get(PAGE).status_code == 200
    assert nora.post(f"{PAGE}new/", BAD).status_code == 403
