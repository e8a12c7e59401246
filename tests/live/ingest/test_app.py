"""What `POST /api/v1/events` promises to those who send evidence."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import msgspec
import psycopg
import pytest

from callboard.lib import clock
from callboard.lib.tenancy import organization_scope
from callboard.live.ingest import PATH, IngestApp, limits
from callboard.people.models import ApiKey
from tests.live.ingest.conftest import Caller, make_key, make_session

pytestmark = pytest.mark.django_db(transaction=True)


def event(number: int, **other: Any) -> dict[str, Any]:
    at = clock.now().isoformat().replace("+00:00", "Z")
    return {"id": f"e-{number}", "session": "s-17", "kind": "room.ready", "at": at, **other}


def logged(admin: psycopg.Connection[Any], *columns: str) -> list[Any]:
    chosen = ", ".join(columns or ("event_id",))
    return admin.execute(f"SELECT {chosen} FROM callboard_live_event ORDER BY seq".encode()).fetchall()


def test_events_are_in_the_log_when_202_is_said(caller: Caller, admin_connection: Any) -> None:
    response = caller.send([event(1), event(2, kind="participant.joined", participant="ana")])
    assert response.status_code == 202
    assert response.json() == {"accepted": 2, "duplicate": 0, "rejected": []}
    assert logged(admin_connection, "event_id", "session", "kind", "participant", "data", "mark") == [
        ("e-1", "s-17", "room.ready", None, "{}", ""),
        ("e-2", "s-17", "participant.joined", "ana", "{}", ""),
    ]


def test_lines_of_json_are_taken_like_an_array(caller: Caller, admin_connection: Any) -> None:
    body = b"\n".join(msgspec.json.encode(event(number)) for number in range(3)) + b"\n"
    assert caller.send(body).json()["accepted"] == 3
    assert len(logged(admin_connection)) == 3


def test_times_are_kept_to_the_microsecond(caller: Caller, admin_connection: Any) -> None:
    at = (clock.now() - timedelta(hours=1)).replace(microsecond=123_457)
    local = at.astimezone().isoformat()
    caller.send([event(1, at=local)])
    assert logged(admin_connection, "at")[0][0] == at


def test_an_event_that_comes_again_is_counted_and_has_no_effect(
    caller: Caller, admin_connection: Any
) -> None:
    async def story(client: httpx.AsyncClient) -> list[Any]:
        first = await client.post(PATH, json=[event(1), event(1), event(2)])
        return [first.json(), (await client.post(PATH, json=[event(2), event(3)])).json()]

    first, second = caller.run(story)
    assert (first["accepted"], first["duplicate"]) == (2, 1)
    assert (second["accepted"], second["duplicate"]) == (1, 1)
    assert len(logged(admin_connection)) == 3


def test_the_bad_are_named_by_position_and_the_good_are_kept(caller: Caller, admin_connection: Any) -> None:
    bad = [
        event(0),
        {"id": "e-1", "kind": "room.ready"},
        event(2, kind="room.exploded"),
        event(3, kind="participant.joined"),
        event(4, kind="session.planned", data={"starts_at": "x"}),
        event(5, session="s-of-another"),
        event(6, at="2026-03-02T16:01:12"),
        event(7, kind="connection.report", participant="ana", data={"loss": 2}),
        "not an object",
        event(9, id="e\0"),
        event(10, kind="session.cancelled"),
        event(11),
    ]
    answer = caller.send(bad).json()
    assert answer["accepted"] == 2
    assert [(one["index"], one["id"], one["code"]) for one in answer["rejected"]] == [
        (1, "e-1", "missing"),
        (2, "e-2", "kind_unknown"),
        (3, "e-3", "participant_missing"),
        (4, "e-4", "reserved_kind"),
        (5, "e-5", "unknown_session"),
        (6, "e-6", "invalid"),
        (7, "e-7", "data_invalid"),
        (8, None, "not_an_object"),
        (9, None, "invalid"),
        (10, "e-10", "reserved_kind"),
    ]
    assert all(one["message"] for one in answer["rejected"])
    assert logged(admin_connection) == [("e-0",), ("e-11",)]


def test_one_bad_line_does_not_spoil_its_neighbours(caller: Caller, admin_connection: Any) -> None:
    body = msgspec.json.encode(event(1)) + b"\n{broken\n" + msgspec.json.encode(event(2))
    answer = caller.send(body).json()
    assert (answer["accepted"], answer["rejected"][0]["code"]) == (2, "not_json")


def test_words_never_reach_the_log(caller: Caller, admin_connection: Any) -> None:
    at = clock.now()
    data = {"ends_at": (at + timedelta(seconds=4)).isoformat(), "text": "My name is Ana", "note": "secret"}
    caller.send(
        [
            event(1, kind="speech", participant="ana", data=data),
            event(2, kind="participant.left", participant="ana", data={"reason": "she had to go"}),
            event(3, kind="engagement", participant="ana", data={"tool": "chat", "text": "hello there"}),
            event(4, data={"title": "Ana's lesson"}),
        ]
    )
    rows = [data for (data,) in logged(admin_connection, "data")]
    assert [msgspec.json.decode(row) for row in rows][1:] == [{}, {"tool": "chat"}, {}]
    assert list(msgspec.json.decode(rows[0])) == ["ends_at"]


def test_times_far_off_are_kept_and_marked(caller: Caller, admin_connection: Any) -> None:
    now = datetime.now(UTC)
    moments = [now + timedelta(seconds=90), now - timedelta(hours=25), now + timedelta(seconds=30), now]
    caller.send([event(number, at=moment.isoformat()) for number, moment in enumerate(moments)])
    assert [mark for (mark,) in logged(admin_connection, "mark")] == ["future", "past", "", ""]


def test_a_poll_of_the_provider_needs_no_session(caller: Caller, admin_connection: Any) -> None:
    poll = event(1, kind="provider.polled", session="-", data={"provider": "simulator"})
    assert caller.send([poll]).json()["accepted"] == 1


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({"authorization": "Bearer cb_nobody"}, 401, "unauthorized"),
        ({"authorization": "Basic x"}, 401, "unauthorized"),
        ({"content-encoding": "gzip"}, 415, "encoding_unsupported"),
        ({"content-length": str(limits.MAX_BODY_BYTES + 1)}, 413, "too_large"),
    ],
)
def test_a_request_that_cannot_be_taken_says_why(
    caller: Caller, headers: dict[str, str], status: int, code: str
) -> None:
    response = caller.send(b"[]", headers=headers)
    assert (response.status_code, response.json()["code"]) == (status, code)
    assert response.headers["content-type"] == "application/problem+json"


def test_a_key_without_the_scope_is_refused(caller: Caller, organization: Any) -> None:
    caller.key = make_key(organization.pk, "cases.read")
    response = caller.send([event(1)])
    assert (response.status_code, response.json()["permission"]) == (403, "events.write")


def test_a_body_that_is_no_json_is_refused_whole(caller: Caller) -> None:
    for body in (b"[{]", b"hello\nworld", b"\xff\xfe"):
        response = caller.send(body)
        assert (response.status_code, response.json()["code"]) == (400, "not_json")


def test_too_many_events_are_refused(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_EVENTS", 2)
    response = caller.send([event(number) for number in range(3)])
    assert (response.status_code, response.json()["code"]) == (413, "too_many_events")


def test_an_unannounced_body_is_cut_off_at_the_limit(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_BODY_BYTES", 1_000)

    async def endless() -> Any:
        for _ in range(100):
            yield b" " * 100

    async def story(client: httpx.AsyncClient) -> httpx.Response:
        return await client.post(PATH, content=endless())

    assert caller.run(story).status_code == 413


def test_a_full_line_is_answered_with_429_and_when_to_come_again(
    caller: Caller, monkeypatch: pytest.MonkeyPatch, admin_connection: Any
) -> None:
    monkeypatch.setattr(limits, "QUEUE_ROWS", 5)

    async def story(client: httpx.AsyncClient) -> list[httpx.Response]:
        requests = [
            client.post(PATH, json=[event(10 * request + number) for number in range(4)])
            for request in range(6)
        ]
        return list(await asyncio.gather(*requests))

    admin_connection.execute("BEGIN")
    admin_connection.execute("LOCK TABLE callboard_live_event IN ACCESS EXCLUSIVE MODE")

    async def held(client: httpx.AsyncClient) -> list[httpx.Response]:
        waiting = asyncio.create_task(story(client))
        await asyncio.sleep(0.5)
        admin_connection.execute("COMMIT")
        return await waiting

    responses = caller.run(held)
    refused = [response for response in responses if response.status_code == 429]
    accepted = [response for response in responses if response.status_code == 202]
    assert refused
    assert accepted
    assert all(response.headers["retry-after"] == "1" for response in refused)
    assert len(logged(admin_connection)) == 4 * len(accepted)


def test_what_could_not_be_committed_is_never_acknowledged(caller: Caller, admin_connection: Any) -> None:
    admin_connection.execute("REVOKE INSERT ON callboard_live_event FROM callboard_ingest")
    try:
        response = caller.send([event(1)])
    finally:
        admin_connection.execute("GRANT INSERT ON callboard_live_event TO callboard_ingest")
    assert response.status_code == 503
    assert (response.json()["code"], response.headers["retry-after"]) == ("not_committed", "1")
    assert caller.send([event(1)]).json() == {"accepted": 1, "duplicate": 0, "rejected": []}


def test_a_lost_connection_is_made_anew(caller: Caller, admin_connection: Any) -> None:
    async def story(client: httpx.AsyncClient) -> list[int]:
        statuses = [(await client.post(PATH, json=[event(1)])).status_code]
        admin_connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'callboard_ingest' "
            "AND datname = current_database()"
        )
        statuses += [(await client.post(PATH, json=[event(2)])).status_code for _ in range(2)]
        return statuses

    statuses = caller.run(story)
    assert statuses[0] == 202
    assert statuses[-1] == 202


def test_requests_at_once_are_all_committed_and_told_apart(caller: Caller, admin_connection: Any) -> None:
    async def story(client: httpx.AsyncClient) -> list[int]:
        requests = [client.post(PATH, json=[event(number), event(number + 500)]) for number in range(40)]
        return [response.json()["accepted"] for response in await asyncio.gather(*requests)]

    assert caller.run(story) == [2] * 40
    assert len(logged(admin_connection)) == 80


def test_a_session_of_another_organization_does_not_exist_here(
    caller: Caller, other_organization: Any
) -> None:
    make_session(other_organization.pk, "s-99")
    answer = caller.send([event(1, session="s-99")]).json()
    assert answer["rejected"][0]["code"] == "unknown_session"


def test_a_revoked_key_opens_nothing_once_it_is_asked_for_again(
    caller: Caller, organization: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "KEY_CACHED_S", 0.0)

    app = IngestApp(caller.url)  # one process, that remembers the key
    assert caller.send([event(1)], app=app).status_code == 202
    with organization_scope(organization.pk):
        ApiKey.objects.update(revoked_at=clock.now())
    assert caller.send([event(2)], app=app).status_code == 401
