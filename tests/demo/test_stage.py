"""The school written into a database, and what the engine then makes of the day so far."""

from __future__ import annotations

from collections import Counter

import pytest
from django.conf import settings

from callboard.cases.models import Case
from callboard.demo.play.script import MINUTE
from callboard.demo.stage import build as stage
from callboard.demo.stage import history
from callboard.demo.stage.day import LIVE, OPENINGS, SMALL, WatchedScripts, opened, school_of
from callboard.lib import clock
from callboard.lib.tenancy import organization_scope
from callboard.live.log.postgres import PostgresLog
from callboard.live.runner import leases
from callboard.live.runner.owner import Owner
from callboard.live.runner.role import engine_role
from callboard.people.access import access_of_key, access_of_login
from callboard.people.models import Guardianship, Person, User
from callboard.sessions.models import Room, RoomStatus, Session, SessionStatus
from callboard.sessions.ports import MemoryProvider, providers
from tests.demo.conftest import START


def quiet(_text: str) -> None:
    """Nobody reads the steps."""


def judged(until_idle: int = 40) -> None:
    """Let the engine take all that the log has."""
    with engine_role(settings.ENGINE_DATABASE_URL):
        leases.make_missing()
        owner = Owner(PostgresLog())
        for _ in range(until_idle):
            if owner.step() > 0:
                return
    raise AssertionError("the engine did not catch up")


@pytest.mark.parametrize("size", ["small", "school"])
def test_a_day_has_its_sessions_live_and_its_first_faults(size: str) -> None:
    lessons, day = opened(school_of(size, 1), size, 1, START)
    live = sum(script.starts <= START < script.ends for script in day.scripts.values())
    assert LIVE[size] <= live <= LIVE[size] * 1.35
    assert {lesson.key for lesson in lessons} == set(day.scripts)
    staged = {due.kind for fault in day.faults for due in fault.dues}
    wanted = {opening.kind for opening in OPENINGS}
    assert staged >= (set(SMALL) if size == "small" else wanted)
    assert WatchedScripts.read(day.kept()) == day


@pytest.mark.parametrize("seed", range(2, 8))
def test_every_seed_gives_a_small_day_in_which_something_is_wrong(seed: int) -> None:
    _, day = opened(school_of("small", seed), "small", seed, START)
    assert len(day.faults) >= 4


@pytest.mark.parametrize("minute", range(30))
def test_a_recorder_that_stands_still_when_the_day_opens_is_told_to_stand_since_then(minute: int) -> None:
    now = START + minute * MINUTE + 38_500
    _, day = opened(school_of("small", 3), "small", 3, now)
    troubled = {fault.session or "" for fault in day.faults}
    told = history.until(day.scripts.values(), now - 2 * 60 * MINUTE, now, closely=troubled)
    shown: dict[str, list[tuple[float, int]]] = {}
    for each in told:
        if each.kind == "recording.progress":
            shown.setdefault(each.data["recorder"], []).append((each.data["seconds"], each.at))
    takes = [take for key in troubled for take in day.scripts[key].takes if take.stuck is not None]
    for take in takes:
        most = max(seconds for seconds, _ in shown[take.recorder])
        assert min(at for seconds, at in shown[take.recorder] if seconds == most) == take.stuck


@pytest.mark.django_db(transaction=True)
def test_the_school_stands_and_its_cases_are_those_of_its_faults() -> None:
    providers.register("meridian", MemoryProvider())
    built = stage.build(school_of("small", 3), "small", 3, quiet)
    now = clock.now()
    told = stage.catch_up(settings.INGEST_DATABASE_URL, built)
    assert told > 100
    judged()
    with organization_scope(built.organization):
        statuses = Counter(Session.objects.values_list("status", flat=True))
        assert statuses[SessionStatus.LIVE] >= LIVE["small"] - 2
        assert Room.objects.filter(status=RoomStatus.READY).count() == Session.objects.count()
        assert not Session.objects.filter(created_at__gt=now).exists()
        raised = {(case.kind, case.session.key if case.session else "") for case in Case.objects.all()}
    demanded = {
        (due.kind, due.session or fault.session or "") for fault in built.day.faults for due in fault.dues
    }
    assert raised
    assert raised <= demanded
    missing = {
        (due.kind, due.session or fault.session or "")
        for fault in built.day.faults
        for due in fault.dues
        if due.latest < built.day.played_until - 1_000
    } - raised
    assert missing == set()


@pytest.mark.django_db(transaction=True)
def test_what_begins_only_later_is_booked_once_it_answers_and_leads_to_no_case() -> None:
    school = school_of("small", 3)
    built = stage.build(school, "small", 3, quiet)
    lessons, _ = opened(school, "small", 3, built.day.began)
    late = {each.key for each in built.later}
    with organization_scope(built.organization):
        at_first = set(Session.objects.values_list("key", flat=True))
    assert late
    assert at_first == set(built.day.scripts) == {each.key for each in lessons} - late
    assert min(each.starts for each in built.later) > built.day.began + stage.AT_FIRST
    stage.catch_up(settings.INGEST_DATABASE_URL, built)
    stage.book_later(built)
    judged()
    with organization_scope(built.organization):
        assert set(Session.objects.values_list("key", flat=True)) == {each.key for each in lessons}
        ready = Room.objects.filter(session__key__in=late, status=RoomStatus.READY)
        assert ready.count() == len(late)
        assert not Case.objects.filter(session__key__in=late).exists()


@pytest.mark.django_db(transaction=True)
def test_everybody_can_come_in_as_who_they_are() -> None:
    built = stage.build(school_of("small", 3), "small", 3, quiet)
    for role, email in built.entrances.logins.items():
        access = access_of_login(User.objects.get(email=email).pk)
        assert access.organization == built.organization
        assert access.role == ("coordinator" if role.startswith("colleague") else role)
    assert access_of_key(built.entrances.api_key).may("cases.act")
    assert access_of_key(built.entrances.events_key).scopes == {"events.write"}
    with organization_scope(built.organization):
        guardian = Person.objects.get(email=built.entrances.logins["guardian"])
        student = Person.objects.get(email=built.entrances.logins["student"])
        assert Guardianship.objects.filter(guardian=guardian, student=student).exists()
