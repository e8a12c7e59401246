"""One process of the bookings drill: threads, each with a database connection of its own, race for people.

Each thread books, moves, reassigns and cancels sessions among a few people and a few hours, so that most of
what it wants is taken. What it was answered goes to a file, a line each, before it goes on: that is what was
acknowledged. A line says first that an attempt began, so that one without an answer is seen.
"""

from __future__ import annotations

import json
import os
import random
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from callboard.drills._frame import say_ready
from callboard.lib import crash
from callboard.lib.errors import Conflict

HORIZON = 4 * 24 * 4  # quarters of an hour: four days
FIRST = datetime(2031, 5, 5, 6, 0, tzinfo=UTC)
LENGTHS = (2, 3, 4)  # quarters of an hour
REFUSED = frozenset({"double_booked", "not_now"})


class Racer:
    """One thread's sessions, and what it was told of them."""

    def __init__(self, task: dict[str, Any], number: int) -> None:
        self._task = task
        self._number = number
        self._chance = random.Random(f"{task['seed']}:{number}")  # noqa: S311 - repeatable, not secret
        self._mine: list[str] = []
        self._file = os.open(task["file"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def race(self, moment: float) -> None:
        """Until the moment (time.time)."""
        attempt = 0
        while time.time() < moment:
            attempt += 1
            self._try(f"{os.getpid()}.{self._number}.{attempt}")

    def _try(self, name: str) -> None:
        what = self._choose()
        self._write({"n": name, "what": what})
        from callboard.lib.tenancy import organization_scope

        answer: dict[str, Any]
        try:
            with organization_scope(self._task["organization"]):
                answer = getattr(self, f"_{what}")()
            crash.point("bookings.committed")
            answer["said"] = "done"
        except Conflict as conflict:
            said = "refused" if conflict.code in REFUSED else f"error:{conflict.code}"
            answer = {"said": said, "why": conflict.code}
        except Exception as error:
            answer = {"said": f"error:{type(error).__name__}", "why": str(error)[:200]}
        self._write({"n": name, "what": what, **answer})

    def _choose(self) -> str:
        if not self._mine or self._chance.random() < 0.6:
            return "book"
        return self._chance.choice(("move", "move", "reassign", "cancel"))

    def _time(self) -> tuple[datetime, datetime]:
        begins = FIRST + timedelta(minutes=15 * self._chance.randrange(HORIZON))
        return begins, begins + timedelta(minutes=15 * self._chance.choice(LENGTHS))

    def _book(self) -> dict[str, Any]:
        from callboard.sessions.operations import Booking, book

        begins, ends = self._time()
        learners = self._chance.sample(self._task["learners"], self._chance.choice((1, 1, 2, 3)))
        instructor = self._chance.choice(self._task["instructors"])
        session = book(
            Booking(title="Race", starts_at=begins, ends_at=ends, instructor=instructor, learners=learners)
        )
        self._mine.append(session.key)
        return {"key": session.key, "starts": begins.isoformat(), "instructor": instructor}

    def _move(self) -> dict[str, Any]:
        from callboard.sessions.operations import move

        key = self._chance.choice(self._mine)
        begins, ends = self._time()
        move(key, begins, ends)
        return {"key": key, "starts": begins.isoformat()}

    def _reassign(self) -> dict[str, Any]:
        from callboard.sessions.operations import change_instructor

        key = self._chance.choice(self._mine)
        instructor = self._chance.choice(self._task["instructors"])
        change_instructor(key, instructor)
        return {"key": key, "instructor": instructor}

    def _cancel(self) -> dict[str, Any]:
        from callboard.sessions.operations import cancel

        key = self._chance.choice(self._mine)
        cancel(key, "race")
        return {"key": key}

    def _write(self, line: dict[str, Any]) -> None:
        os.write(self._file, (json.dumps(line) + "\n").encode())


def main() -> None:
    """Race as the task (a JSON file, the first argument) says."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "callboard.config.settings")
    import django

    django.setup()
    with open(sys.argv[1]) as handle:  # noqa: PTH123
        task = json.load(handle)
    racers = [Racer(task, number) for number in range(task["threads"])]
    say_ready()
    threads = [threading.Thread(target=racer.race, args=(task["until"],)) for racer in racers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main()
