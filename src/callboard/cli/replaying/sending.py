"""Sends files to a running Callboard: books what was planned through its API, and hands it the rest as
evidence.

1. Whoever is named becomes a person whose id is their identity, if they are not one yet. 2. The plan is
booked; a session without one is booked as it went. A later plan moves it. 3. Everything else goes to the
ingest API in batches, in order of arrival. Told to wait, it waits and sends again.

Times stay as they are in the file. With `--speed` they are moved so that the first event happens now, and the
rest follows that many times as fast.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import click
import httpx
import msgspec

from callboard.cli.failures import Failed
from callboard.cli.replaying.sources import BadLine, Source
from callboard.lib import clock
from callboard.live.engine.events import LogEvent, Plan, Speech
from callboard.live.engine.moments import HOUR, SECOND, micros, stamp

BATCH = 500
TRIES = 20
KEY_LENGTH = 40


@dataclass
class Sent:
    """What became of the events."""

    read: int = 0
    accepted: int = 0
    duplicate: int = 0
    rejected: int = 0
    sessions: dict[str, str] = field(default_factory=dict)


def send_all(sources: Iterable[Source], url: str, key: str, speed: float | None, as_json: bool) -> int:
    """Sends every file; raises Failed where the other side will not have it."""
    began = time.perf_counter()
    sent = Sent()
    base = url.rstrip("/")
    base = base if base.endswith("/v1") else base + ("/v1" if base.endswith("/api") else "/api/v1")
    with httpx.Client(base_url=base, headers={"Authorization": f"Bearer {key}"}, timeout=30) as client:
        for source in sources:
            Sender(client, sent, speed).send(source)
    answer = {
        "sessions": [{"session": name, "id": key} for name, key in sent.sessions.items()],
        "events": {
            "read": sent.read,
            "accepted": sent.accepted,
            "duplicate": sent.duplicate,
            "rejected": sent.rejected,
        },
        "elapsed_s": round(time.perf_counter() - began, 3),
    }
    if as_json:
        json.dump(answer, sys.stdout)
        sys.stdout.write("\n")
    else:
        click.echo(
            f"{len(sent.sessions)} sessions booked; {sent.accepted} events taken, {sent.duplicate} doubled, "
            f"{sent.rejected} refused."
        )
    return 0


class Sender:
    """One file on its way."""

    def __init__(self, client: httpx.Client, sent: Sent, speed: float | None) -> None:
        self.client = client
        self.sent = sent
        self.speed = speed
        self.people: set[str] = set()
        self.batch: list[dict[str, Any]] = []
        self.plans: dict[str, Plan] = {}
        self.shift = 0
        self.began: tuple[float, int] | None = None

    def send(self, source: Source) -> None:
        events = []
        for line in source.play():
            self.sent.read += 1
            if isinstance(line, BadLine):
                self.sent.rejected += 1
                click.echo(f"{source.path}:{line.line}: {line.code}: {line.message}", err=True)
            else:
                events.append(line)
        if self.speed is not None and events:
            first = min(event.at for event in events if event.kind != "session.planned")
            self.shift = micros(clock.now()) - first
        planned = {event.session for event in events if event.kind == "session.planned"}
        for name, plan in _as_they_went([event for event in events if event.session not in planned]).items():
            self._book(name, plan)
        for event in events:
            self._send_one(event)
        self._flush()

    def _send_one(self, event: LogEvent) -> None:
        match event.kind:
            case "session.planned":
                self._flush()
                self._book(event.session, event.data)
            case "session.cancelled":
                self._flush()
                self._call("POST", f"/sessions/{self.sent.sessions[event.session]}/cancel", {})
            case "clock":
                pass
            case _:
                self._wait(event.at)
                self.batch.append(self._wire(event))
                if len(self.batch) >= BATCH or (self.speed is not None and self._lags()):
                    self._flush()

    def _wait(self, at: int) -> None:
        if self.speed is None:
            return
        if self.began is None:
            self.began = (time.monotonic(), at)
        left = self.began[0] + (at - self.began[1]) / SECOND / self.speed - time.monotonic()
        if left > 0.2:
            self._flush()
            time.sleep(left)

    def _lags(self) -> bool:
        return len(self.batch) >= 20

    def _wire(self, event: LogEvent) -> dict[str, Any]:
        row: dict[str, Any] = {
            "id": event.id,
            "session": self.sent.sessions.get(event.session, event.session),
            "kind": event.kind,
            "at": stamp(event.at + self.shift),
        }
        if event.participant is not None:
            row["participant"] = event.participant
        if isinstance(event.data, Speech):
            row["data"] = {"ends_at": stamp(event.data.ends_at + self.shift)}
        elif event.data is not None:
            plain = msgspec.to_builtins(event.data)
            row["data"] = {name: value for name, value in plain.items() if value is not None}
        return row

    # -- plans

    def _book(self, name: str, plan: Plan) -> None:
        for who, teaches in [(plan.instructor, True), *((who, False) for who in plan.learners)]:
            if who is not None and who not in self.people:
                self.people.add(who)
                body = {"name": who, "key": who, "instructor": teaches, "student": not teaches}
                if plan.recording:
                    # A file whose plan is to be recorded was made where that had been agreed to.
                    body["consents"] = ["recording"]
                self._call("POST", "/people", body)
        old = self.plans.get(name)
        self.plans[name] = plan
        times = {"starts_at": stamp(plan.starts_at + self.shift), "ends_at": stamp(plan.ends_at + self.shift)}
        if old is None:
            body = {
                **times,
                "title": name[:200],
                "instructor": plan.instructor,
                "learners": list(plan.learners),
                "recording_wanted": plan.recording,
            }
            if plan.provider:
                body["provider"] = plan.provider
            if len(name) <= KEY_LENGTH:
                body["key"] = name
            self.sent.sessions[name] = self._call("POST", "/sessions", body)["id"]
            return
        booked = self.sent.sessions[name]
        if (old.starts_at, old.ends_at) != (plan.starts_at, plan.ends_at):
            self._call("POST", f"/sessions/{booked}/move", times)
        if old.instructor != plan.instructor:
            self._call("POST", f"/sessions/{booked}/instructor", {"instructor": plan.instructor})

    # -- talking to it

    def _flush(self) -> None:
        if not self.batch:
            return
        answer = self._call("POST", "/events", self.batch)
        self.sent.accepted += answer["accepted"]
        self.sent.duplicate += answer["duplicate"]
        self.sent.rejected += len(answer["rejected"])
        for one in answer["rejected"]:
            click.echo(f"event {one['id']}: {one['code']}: {one['message']}", err=True)
        self.batch = []

    def _call(self, method: str, path: str, body: object) -> Any:
        for _ in range(TRIES):
            try:
                answer = self.client.request(method, path, json=body)
            except httpx.HTTPError as error:
                raise Failed(f"{self.client.base_url}: {error}", code="unreachable") from None
            if answer.status_code not in {429, 503}:
                break
            time.sleep(min(float(answer.headers.get("Retry-After", "1")), 10))
        if answer.status_code >= 400:
            problem = answer.json() if "json" in answer.headers.get("Content-Type", "") else {}
            code = str(problem.get("code", answer.status_code))
            raise Failed(f"{method} {path}: {code}: {problem.get('detail', answer.reason_phrase)}", code=code)
        return answer.json() if answer.content else None


def _as_they_went(events: list[LogEvent]) -> dict[str, Plan]:
    """Plans for sessions that had none: from their first event to their last, with those who were in."""
    plans: dict[str, Plan] = {}
    roles: dict[str, dict[str, str]] = {}
    spans: dict[str, tuple[int, int]] = {}
    for event in events:
        if event.kind in {"clock", "provider.polled"}:
            continue
        first, last = spans.get(event.session, (event.at, event.at))
        spans[event.session] = (min(first, event.at), max(last, event.at))
        if event.kind == "participant.joined" and event.participant is not None:
            role = (event.data.role if event.data is not None else None) or "learner"
            roles.setdefault(event.session, {}).setdefault(event.participant, role)
    for name, (first, last) in spans.items():
        people = roles.get(name, {})
        teaching = [who for who, role in people.items() if role == "instructor"] or list(people)[:1]
        if teaching and len(people) > 1:
            learners = tuple(who for who in people if who != teaching[0])
            plans[name] = Plan(first, max(last, first + HOUR // 4), teaching[0], learners)
    return plans
