"""Recordings through the API: by role and consent, each hearing noted, and the policy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from callboard.lib import clock
from callboard.lib.store import Store
from callboard.lib.tenancy import organization_scope
from callboard.people.models import ConsentKind
from callboard.people.operations import give_consent, withdraw_consent
from callboard.sessions.models import Recording
from callboard.sessions.operations import note_recording
from tests.api.conftest import Caller, School, is_problem, key_of, login_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def recording(school: School, tmp_path: Path, settings: Any) -> Recording:
    """Of Joan's lesson with Marta, who both agree; its file is kept."""
    settings.RECORDINGS = str(tmp_path)
    Store(str(tmp_path)).put("recordings/a.webm", b"0123456789")
    with organization_scope(school.organization.pk):
        for person in (school.marta, school.joan):
            give_consent(person, ConsentKind.RECORDING)
        note_recording("s-1", "rec_a", status="stopped", started_at=clock.now(), file_at=clock.now(),
                       file_seconds=60.0, file_silent=False, seconds=61.0)  # fmt: skip
        Recording.objects.update(location="recordings/a.webm")
        return Recording.objects.get()


def test_a_recording_is_listed_with_what_was_measured(key: Caller, recording: Recording) -> None:
    (item,) = key.get("/sessions/s-1/recordings").json()["items"]
    assert (item["id"], item["own"], item["playable"]) == (recording.pk, True, True)
    assert (item["seconds"], item["file_seconds"], item["silent"]) == (61.0, 60.0, False)
    assert item["kept_until"] is not None


def test_a_link_is_made_and_noted(key: Caller, alice: Caller, recording: Recording) -> None:
    made = alice.post(f"/recordings/{recording.pk}/playback").json()
    assert made["url"].startswith("http://testserver/recordings/")
    key.post(f"/recordings/{recording.pk}/playback")
    views = key.get(f"/recordings/{recording.pk}/views").json()["items"]
    assert [view["key"] for view in views] == ["Tests", None]
    assert views[1]["member"] is not None


def test_the_instructor_and_the_learner_hear_it_and_others_do_not(
    school: School, recording: Recording
) -> None:
    place = f"/recordings/{recording.pk}/playback"
    marta = login_of(school.organization, "marta", "instructor", school.marta)
    joan = login_of(school.organization, "joan", "student", school.joan)
    iris = login_of(school.organization, "iris", "student", school.iris)
    assert marta.post(place).status_code == 200
    assert joan.post(place).status_code == 200
    is_problem(iris.post(place), 404, "recording_not_found")
    assert [one["id"] for one in joan.get("/sessions/s-1/recordings").json()["items"]] == [recording.pk]
    is_problem(key_of(school.organization, "cases.read").post(place), 404, "recording_not_found")


def test_a_consent_that_was_withdrawn_closes_it_to_everyone(
    school: School, key: Caller, recording: Recording
) -> None:
    with organization_scope(school.organization.pk):
        withdraw_consent(school.joan, ConsentKind.RECORDING)
    is_problem(key.post(f"/recordings/{recording.pk}/playback"), 409, "consent_missing")


def test_what_is_gone_or_never_came_says_so(school: School, key: Caller, recording: Recording) -> None:
    with organization_scope(school.organization.pk):
        Recording.objects.update(deleted_at=clock.now())
        note_recording("s-1", "EG_1", status="stopped", started_at=clock.now())
        other = Recording.objects.get(recorder="EG_1").pk
    is_problem(key.post(f"/recordings/{recording.pk}/playback"), 409, "deleted")
    is_problem(key.post(f"/recordings/{other}/playback"), 409, "no_file")


def test_the_policy_is_read_and_changed_in_versions(school: School, key: Caller, alice: Caller) -> None:
    assert key.get("/recording-policy").json() == {
        "own": "spare", "screen": False, "kept_days": 365, "version": 0,
    }  # fmt: skip
    changed = key.send("PUT", "/recording-policy", {"own": "beside", "kept_days": 30}).json()
    assert changed == {"own": "beside", "screen": False, "kept_days": 30, "version": 1}
    assert key.send("PUT", "/recording-policy", {"kept_days": 0}).json()["version"] == 2
    is_problem(key.send("PUT", "/recording-policy", {"own": "maybe"}), 422, "invalid")
    is_problem(alice.send("PUT", "/recording-policy", {"own": "off"}), 403, "forbidden")
