"""A queue with more cases than are drawn at once: counted whole, told in parts, as they lie."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from callboard.cases.models import Case
from callboard.lib import tenancy
from callboard.people.models import Organization
from callboard.web.reads import queue as reads
from tests.web import cast

pytestmark = pytest.mark.django_db

STRIP = re.compile(r'<li class="strip[^"]*" id="case-(i?\d+)"')


@pytest.fixture
def long(organization: Organization, monkeypatch: pytest.MonkeyPatch) -> cast.School:
    """Nine cases more that are nobody's; three are drawn at once."""
    monkeypatch.setattr(reads, "SHOWN", 3)
    monkeypatch.setattr(reads, "STEP", 4)
    with tenancy.organization_scope(organization.pk):
        school = cast.busy_school(organization)
        for number in range(9):
            school.case(
                "stranger", "watch", "Algebra 8", participant=f"guest-{number}", claim_in=-900 + number * 60
            )
    return school


def shown(school: cast.School, path: str) -> tuple[list[str], list[str], str]:
    """The strips that are drawn, all that stand, and the page."""
    client = Client()
    client.force_login(school.members["Nora"].user)
    page = client.get(path).content.decode()
    known = re.search(r'data-all="([^"]*)"', page)
    assert known is not None
    groups = page.split('id="cleared"')[0]
    return STRIP.findall(groups), known[1].split(), page


def test_the_most_urgent_are_drawn_and_all_are_counted(long: cast.School) -> None:
    drawn, standing, page = shown(long, "/queue/")
    assert drawn == standing[:3]
    assert "Show 4 more" in page
    with tenancy.organization_scope(long.organization.pk):
        nobodys = Case.objects.filter(over_at=None, owner=None).exclude(status="snoozed").count()
    counted = re.search(r'id="head-nobody"><h2>[^<]*</h2><span class="count">(\d+)', page)
    assert counted is not None
    assert int(counted[1]) == nobodys > 3


def test_more_are_drawn_when_asked_for_and_the_strips_keep_it(long: cast.School) -> None:
    drawn, standing, page = shown(long, "/queue/?shown=7")
    assert drawn == standing[:7]
    assert f'href="/queue/?shown=7&amp;case={drawn[0]}"' in page
    drawn, standing, page = shown(long, "/queue/?shown=999999")
    assert drawn == standing
    assert 'id="more"' not in page


def test_the_selected_case_is_drawn_wherever_it_lies(long: cast.School) -> None:
    _drawn, standing, _page = shown(long, "/queue/")
    last = [key for key in standing if not key.startswith("i")][-1]
    drawn, _standing, _page = shown(long, f"/queue/?case={last}")
    assert drawn == [*standing[:3], last]
