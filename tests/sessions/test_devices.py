"""Confirming a device by a code: once, in time, and not by guessing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection

from callboard.lib import clock
from callboard.lib.clock import VirtualClock
from callboard.lib.errors import Busy, Conflict
from callboard.people.models import Person
from callboard.sessions.operations import devices
from tests.sessions.conftest import START

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana(in_organization: Any) -> Person:
    return Person.objects.create(name="Ana", email="ana@example.org")


@pytest.fixture
def watch() -> Any:
    with clock.using(VirtualClock(START)) as virtual:
        yield virtual


def sent(person: Person, capture: Any) -> str:
    """The code of a mail that was just asked for."""
    with capture(execute=True):
        devices.send_code(person)
    return str(mail.outbox[-1].subject[:6])


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def test_the_code_that_was_mailed_confirms_a_device(
    ana: Person, watch: VirtualClock, django_capture_on_commit_callbacks: Any
) -> None:
    code = sent(ana, django_capture_on_commit_callbacks)
    assert not devices.knows(ana, "")
    token = devices.confirm(ana, code, "Chrome, Android").token
    assert devices.knows(ana, token)
    assert [each.label for each in devices.of_person(ana.pk)] == ["Chrome, Android"]
    assert devices.confirm(ana, code).token == "", "a code confirms one device"


def test_a_device_is_one_persons_and_good_until_it_is_revoked(
    ana: Person, watch: VirtualClock, django_capture_on_commit_callbacks: Any
) -> None:
    token = devices.confirm(ana, sent(ana, django_capture_on_commit_callbacks)).token
    ben = Person.objects.create(name="Ben", email="ben@example.org")
    assert not devices.knows(ben, token)
    watch.advance(timedelta(days=300))
    assert devices.knows(ana, token)
    assert devices.revoke(ana.pk) == 1
    assert not devices.knows(ana, token)


def test_five_wrong_tries_end_a_code(
    ana: Person, watch: VirtualClock, django_capture_on_commit_callbacks: Any
) -> None:
    code = sent(ana, django_capture_on_commit_callbacks)
    assert [devices.confirm(ana, wrong(code)).left for _ in range(5)] == [4, 3, 2, 1, 0]
    assert devices.confirm(ana, code) == devices.Tried()
    assert not devices.is_waiting(ana)


def test_a_code_is_good_for_ten_minutes(
    ana: Person, watch: VirtualClock, django_capture_on_commit_callbacks: Any
) -> None:
    code = sent(ana, django_capture_on_commit_callbacks)
    watch.advance(timedelta(minutes=10))
    assert devices.confirm(ana, code).token == ""


def test_a_fresh_code_ends_the_former(
    ana: Person, watch: VirtualClock, django_capture_on_commit_callbacks: Any
) -> None:
    former = sent(ana, django_capture_on_commit_callbacks)
    watch.advance(timedelta(minutes=1))
    fresh = sent(ana, django_capture_on_commit_callbacks)
    if former != fresh:
        assert devices.confirm(ana, former).token == ""
    assert devices.confirm(ana, fresh).token


def test_codes_cannot_be_asked_for_without_end(ana: Person, watch: VirtualClock) -> None:
    devices.send_code(ana)
    with pytest.raises(Busy) as refused:
        devices.send_code(ana)
    assert refused.value.retry_after == 30
    for _ in range(4):
        watch.advance(timedelta(minutes=1))
        devices.send_code(ana)
    watch.advance(timedelta(minutes=1))
    with pytest.raises(Busy) as refused:
        devices.send_code(ana)
    assert refused.value.retry_after == 55 * 60
    watch.advance(timedelta(minutes=56))
    assert devices.send_code(ana) == ("a…a@e…e.org",)


def test_whoever_has_no_address_gets_no_code(in_organization: Any) -> None:
    with pytest.raises(Conflict):
        devices.send_code(Person.objects.create(name="Chloe"))


def test_neither_code_nor_token_is_kept_in_the_clear(
    ana: Person, watch: VirtualClock, django_capture_on_commit_callbacks: Any
) -> None:
    code = sent(ana, django_capture_on_commit_callbacks)
    token = devices.confirm(ana, code).token
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT string_agg(code_hash, ' ') FROM callboard_sessions_devicecode) || ' ' ||"
            " (SELECT string_agg(token_hash, ' ') FROM callboard_sessions_confirmeddevice)"
        )
        (kept,) = cursor.fetchone()
    assert code not in kept.split()
    assert token not in kept
