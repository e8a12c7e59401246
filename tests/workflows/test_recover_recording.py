"""A recording that does not run is restarted, then the spare is asked for, whatever the provider does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from callboard.lib import clock
from callboard.lib.clock import VirtualClock
from callboard.sessions import operations
from callboard.sessions.models import Room, Server, Session
from callboard.sessions.operations import note_recording
from callboard.sessions.operations.recorders import set_recording_policy
from callboard.sessions.ports import (
    LISTEN,
    RECORD,
    Leave,
    MemoryProvider,
    ProviderFailed,
    RecorderSeen,
    RoomInfo,
    RoomSeen,
    providers,
)
from callboard.sessions.recording_models import RecordingLease, RecordingWish
from callboard.workflows import recover_recording
from tests.sessions.conftest import START, Cast

pytestmark = pytest.mark.django_db

RunJobs = Callable[..., list[str]]


class Forgetful(MemoryProvider):
    """Takes every request, starts nothing unless told to, and can be made to refuse."""

    capabilities = MemoryProvider.capabilities | {LISTEN}

    def __init__(self) -> None:
        super().__init__()
        self.requests: list[str] = []
        self.refuses = False
        self.running: list[str] = []

    def start_recording(self, leave: Leave) -> str | None:
        if self.refuses:
            raise ProviderFailed("The provider does not record now.")
        if leave.request not in self.requests:
            self.requests.append(leave.request)
        return f"eg-{self.requests.index(leave.request)}"

    def look(self, external_id: str) -> RoomSeen:
        return RoomSeen(recorders=tuple(RecorderSeen(name, "running") for name in self.running))


@pytest.fixture
def provider() -> Iterator[Forgetful]:
    forgetful = Forgetful()
    providers.register_kind("tested", forgetful.capabilities, lambda _server: forgetful)
    yield forgetful
    providers._kinds.pop("tested")


@pytest.fixture
def time() -> Iterator[VirtualClock]:
    with clock.using(VirtualClock(START)) as virtual:
        assert isinstance(virtual, VirtualClock)
        yield virtual


@pytest.fixture
def live(cast: Cast, provider: Forgetful, time: VirtualClock, run_jobs: RunJobs) -> Session:
    server = Server.objects.create(slug="one", name="One", kind="tested")
    session = operations.book(cast.booking(provider="tested", recording_wanted=True, room=RoomInfo("r-1")))
    Room.objects.filter(session=session).update(server=server)
    operations.went_live(session.key, START)
    run_jobs()
    return session


@pytest.fixture
def passes(time: VirtualClock, run_jobs: RunJobs) -> Callable[[int], None]:
    """Seconds pass, and the sweep does its work each five of them."""

    def pass_(seconds: int) -> None:
        for _ in range(seconds // 5):
            time.advance(timedelta(seconds=5))
            recover_recording.sweep(0)
            run_jobs()

    return pass_


def asked() -> list[tuple[str, str]]:
    return list(RecordingWish.objects.order_by("pk").values_list("by", "why"))


def test_it_is_asked_for_when_the_session_goes_live_and_then_left_alone(
    live: Session, provider: Forgetful, passes: Callable[[int], None], time: VirtualClock
) -> None:
    passes(5)
    assert asked() == [("provider", "live")]
    assert RecordingWish.objects.get().recorder == "eg-0"
    note_recording(live.key, "eg-0", status="running", started_at=time.now())
    passes(120)
    assert len(provider.requests) == 1


def test_one_that_never_starts_is_restarted_and_the_spare_is_wanted_before_the_case(
    live: Session, provider: Forgetful, passes: Callable[[int], None], time: VirtualClock
) -> None:
    passes(45)
    assert [one for one in asked() if one != ("provider", "restart")] == [
        ("provider", "live"),
        ("own", "spare"),
    ]
    spare = RecordingWish.objects.get(by="own")
    assert (spare.wanted_at - START).total_seconds() <= 40
    assert spare.recorder.startswith("rec_")
    assert RecordingLease.objects.get().wish == spare.pk
    note_recording(live.key, spare.recorder, status="running", started_at=time.now())
    passes(60)
    assert RecordingWish.objects.filter(by="own").count() == 1


def test_what_the_provider_says_runs_is_believed_though_no_webhook_came(
    live: Session, provider: Forgetful, passes: Callable[[int], None]
) -> None:
    passes(5)
    provider.running = ["eg-0"]
    passes(60)
    assert asked() == [("provider", "live")]


def test_a_recorder_that_fails_in_mid_lesson_is_followed_within_half_a_minute(
    live: Session, provider: Forgetful, passes: Callable[[int], None], time: VirtualClock
) -> None:
    passes(5)
    note_recording(live.key, "eg-0", status="running", started_at=time.now())
    passes(600)
    note_recording(live.key, "eg-0", status="failed", stopped_at=time.now())
    failed = time.now()
    passes(15)
    assert asked() == [("provider", "live"), ("provider", "restart"), ("own", "spare")]
    assert (RecordingWish.objects.get(by="own").wanted_at - failed).total_seconds() <= 20


def test_a_provider_that_refuses_brings_the_spare_at_once_and_its_reason_is_kept(
    live: Session, provider: Forgetful, passes: Callable[[int], None]
) -> None:
    provider.refuses = True
    passes(10)
    assert ("own", "spare") in asked()
    refused = RecordingWish.objects.filter(by="provider")[0]
    assert refused.problem == "The provider does not record now."


def test_killed_between_asking_and_noting_it_asks_again_by_the_same_request(
    live: Session, provider: Forgetful, organization: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(name: str) -> None:
        if name == "recover_recording.asked":
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("callboard.lib.crash.point", dies)
        with pytest.raises(KeyboardInterrupt):
            recover_recording.look(organization.pk, live.key)
    recover_recording.look(organization.pk, live.key)
    assert len(provider.requests) == 1
    assert RecordingWish.objects.get().status == "running"


def test_nothing_is_asked_of_what_must_not_be_recorded_or_is_over(
    live: Session, provider: Forgetful, passes: Callable[[int], None], time: VirtualClock
) -> None:
    operations.ended(live.key, time.now())
    passes(30)
    assert asked() == []


def test_off_beside_and_back_by_policy(
    live: Session, passes: Callable[[int], None], time: VirtualClock
) -> None:
    set_recording_policy({"own": "off"})
    passes(90)
    assert not RecordingWish.objects.filter(by="own").exists()
    note_recording(live.key, "eg-0", status="running", started_at=time.now())
    set_recording_policy({"own": "beside", "screen": True})
    passes(5)
    beside = RecordingWish.objects.get(by="own")
    assert (beside.why, beside.screen) == ("beside", True)


def test_a_provider_without_a_recorder_leaves_it_to_ours(
    live: Session, provider: Forgetful, passes: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Forgetful, "capabilities", Forgetful.capabilities - {RECORD})
    passes(5)
    assert asked() == [("own", "live")]


def test_a_person_who_asks_gets_our_own_where_the_provider_has_no_recorder(
    live: Session,
    provider: Forgetful,
    organization: Any,
    run_jobs: RunJobs,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Forgetful, "capabilities", Forgetful.capabilities - {RECORD})
    for _ in range(2):
        operations.restart_recording(live.key)
        run_jobs()
    assert asked() == [("own", "person")]
