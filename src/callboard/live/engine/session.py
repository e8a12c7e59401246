"""One session in the engine: hands each event to the folds that it concerns, and the room's steps to the
others.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from callboard.live.engine.audibility import Audibility
from callboard.live.engine.connection import GOOD, NOTHING, Connection, judged
from callboard.live.engine.events import LogEvent, Plan
from callboard.live.engine.fold import NEVER, RANK, Fold, Item
from callboard.live.engine.moments import SECOND, seconds
from callboard.live.engine.needs import RECORDING_KINDS
from callboard.live.engine.outputs import Case, Output, Place
from callboard.live.engine.presence import Presence
from callboard.live.engine.promises import promises
from callboard.live.engine.recording import Recording, total_us
from callboard.live.engine.sightings import Stretches
from callboard.live.engine.talk import Talk
from callboard.live.engine.telling import Told, say_cases, say_promises, say_room
from callboard.live.engine.thresholds import OFF, Rules

RECORDING_STEPS: Final = frozenset({"live", "ended", "cancelled", "wanted", "rules"})
AUDIBILITY_STEPS: Final = frozenset({"live", "ended", "cancelled", "instructor", "out", "rules"})
PERSON_STEPS: Final = frozenset({"in", "out"})
EVERYONE_STEPS: Final = frozenset({"ended", "cancelled", "rules"})

USUAL_INTERVAL: Final = 10 * SECOND

_REPORT = RANK["connection.report"]
_SPEECH = RANK["speech"]


class Person:
    """What is kept of one identity: their connection, their speech, what they used, and how they answered."""

    __slots__ = ("asked", "connection", "correct", "speech", "talk", "tools")

    def __init__(self, connection: Fold[Connection]) -> None:
        self.connection = connection
        self.talk = Talk()
        self.speech: list[tuple[int, str, int]] = []
        self.tools: dict[str, int] = {}
        self.asked = 0
        self.correct = 0


class SessionMachine:
    """The folds of one session. `real` once more than the provider's polls came under its name."""

    __slots__ = (
        "audibility", "cases_alone", "floor", "fresh", "ids", "judges_links", "judges_recorders",
        "judges_voices", "kinds", "last_at", "name", "organization", "people", "presence", "provider",
        "provider_seen", "real", "recording", "ruled", "rules", "scheduled", "seen", "shaky_due",
        "since_prune", "steps", "told", "usual", "voices",
    )  # fmt: skip

    def __init__(
        self,
        organization: int,
        name: str,
        rules: Rules,
        kinds: frozenset[str] | None = None,
        cases_alone: bool = False,
    ) -> None:
        self.kinds = kinds
        self.cases_alone = cases_alone
        self.judges_links = kinds is None or "bad_connection" in kinds
        self.judges_voices = kinds is None or "inaudible" in kinds
        self.judges_recorders = kinds is None or bool(RECORDING_KINDS & kinds)
        self.organization = organization
        self.name = name
        self.usual = self.rules = rules  # before any plan, and those in force now
        self.ruled: list[tuple[int, Rules]] = []  # since when which were, where plans named other ones
        self.real = False
        self.ids: dict[str, int] = {}
        self.presence: Fold[Presence] = Fold(Presence(rules))
        self.recording: Fold[Recording] = Fold(Recording(rules))
        self.audibility: Fold[Audibility] = Fold(Audibility(rules))
        self.people: dict[str, Person] = {}
        self.voices: set[str] = set()
        self.steps: list[Item] = []
        self.seen = Stretches(rules.quiet_after)
        self.provider: str | None = None
        self.provider_seen: Stretches | None = None  # what its partition saw of that provider
        self.told = Told()
        self.scheduled = NEVER
        self.shaky_due = NEVER
        self.last_at = 0
        self.since_prune = 0
        self.floor = 0
        self.fresh: list[tuple[int, int | None]] | None = None  # live stretches to tell the overseer of

    # -- evidence

    def report(self, event: LogEvent, now: int, out: list[Output]) -> bool:
        """A connection report; whether it may have changed what falls due. Four fifths of all events are
        these.
        """
        who, event_id, at, data = event.participant, event.id, event.at, event.data
        assert who is not None
        fold = (self.people.get(who) or self.person(who)).connection
        level = data.audio_level
        interval = USUAL_INTERVAL if data.interval == 10.0 else seconds(data.interval)
        verdict = NOTHING
        if self.judges_links:
            verdict = judged(data, self.rules_at(at) if self.ruled else self.rules)
        stirs = False
        if verdict != NOTHING or level is not None:
            item = (at, _REPORT, event_id, 0, data.direction, verdict, interval, level)
            if verdict > GOOD or not fold.state.well or not fold.keep(item):
                fold.add(item)
                if fold.state.book is not None or fold.told:
                    fold.run(now)
                    self._connection_changed(fold, now, out)
                    stirs = True
        if level is not None and who in self.voices:
            voice = self.audibility
            due = voice.state.due
            voice.add((at, _REPORT, event_id, 0, "level", who, level, interval))
            if voice.state.due != due or voice.state.book.touched:
                self._heard(now, out)
                stirs = True
        return stirs

    def _connection_changed(self, fold: Fold[Connection], now: int, out: list[Output]) -> None:
        say_cases(self, fold, now, out)
        if fold.state.due != NEVER or self.shaky_due != NEVER:
            self.shaky_due = min(person.connection.state.due for person in self.people.values())

    def _heard(self, now: int, out: list[Output]) -> None:
        fold = self.audibility
        if fold.state.due <= now:
            fold.run(now)
        if fold.state.book.touched:
            say_cases(self, fold, now, out)

    def speech(self, event: LogEvent, now: int, out: list[Output]) -> bool:
        """Somebody spoke; whether it may have changed what falls due."""
        who, event_id, at = event.participant, event.id, event.at
        assert who is not None
        ends_at: int = event.data.ends_at
        person = self.people.get(who) or self.person(who)
        person.talk.add(at, ends_at)
        person.speech.append((at, event_id, ends_at))
        if who not in self.voices:
            return False
        due = self.audibility.state.due
        self.audibility.add((at, _SPEECH, event_id, 0, "speech", who, ends_at))
        self._heard(now, out)
        return self.audibility.state.due != due

    def track(self, event: LogEvent, now: int, out: list[Output]) -> None:
        if event.data.source == "microphone":
            item = (event.at, RANK[event.kind], event.id, 0, event.kind, event.participant)
            self.audibility.add(item)
            self._heard(now, out)

    def recorder(self, event: LogEvent, now: int, out: list[Output]) -> None:
        data = event.data
        silent = getattr(data, "silent", False)
        total = total_us(data.seconds)
        item = (event.at, RANK[event.kind], event.id, 0, event.kind, data.recorder, total, silent)
        fold = self.recording
        before = (fold.state.ran_at, fold.state.file_at)
        fold.add(item)
        fold.run(now)
        say_cases(self, fold, now, out)
        if (fold.state.ran_at, fold.state.file_at) != before:
            say_promises(self, now, out)

    def room(self, event: LogEvent, now: int, out: list[Output], rules: Rules | None = None) -> None:
        """A plan (with the rules that it names, where they are others), a cancellation, a join, a leave, or
        the room itself.
        """
        rank, kind, late = RANK[event.kind], event.kind, False
        if rules is not None:
            late = self.presence.add((event.at, rank, event.id, -1, "rules", None, rules))
        late = self.presence.add((event.at, rank, event.id, 0, kind, event.participant, event.data)) or late
        self.presence.run(now)
        self.hand_on(now, out, late)

    def activity(self, event: LogEvent) -> None:
        """What people did with the tools and the checks: for the boards alone."""
        who = event.participant
        assert who is not None
        person = self.person(who)
        if event.kind == "engagement":
            person.tools[event.data.tool] = person.tools.get(event.data.tool, 0) + 1
        elif event.kind == "check.answered":
            person.asked += 1
            person.correct += event.data.correct is True

    # -- what follows from the room

    def hand_on(self, now: int, out: list[Output], late: bool) -> None:
        """Gives the room's new steps to the other folds, and says what changed."""
        steps, done = self.presence.state.steps, self.steps
        fresh = steps[len(done) :]
        since: Item | None = None
        if late:
            since, fresh = _parting(done, steps)
        if fresh or since is not None:
            self.steps = steps.copy()
            self.note_rules()
            self._pass(fresh, since)
            if not self.cases_alone:
                self.fresh = self.live_stretches()
                self.provider_changes()
        say_cases(self, self.presence, now, out)
        if fresh or since is not None:
            self.run_others(now, out)
        say_room(self, now, out)
        say_promises(self, now, out)

    def _pass(self, steps: list[Item], since: Item | None) -> None:
        for code in steps if self.judges_voices else ():
            if code[4] == "instructor" and code[5] is not None and code[5] not in self.voices:
                self._listen_to(code[5])
        for fold, wanted in self._folds():
            mine = [step for step in steps if wanted(step)]
            if since is not None:
                fold.replace_steps(mine, since)
            else:
                for step in mine:
                    fold.add(step)

    def _folds(self) -> Iterator[tuple[Fold[Any], Any]]:
        if self.judges_recorders:
            yield self.recording, lambda step: step[4] in RECORDING_STEPS
        if self.judges_voices:
            yield self.audibility, lambda step: step[4] in AUDIBILITY_STEPS
        if self.judges_links:
            for who, person in self.people.items():
                yield person.connection, _concerning(who)

    def _listen_to(self, who: str) -> None:
        """They teach: what was kept of their voice counts from now on."""
        self.voices.add(who)
        person = self.people.get(who)
        if person is None:
            return
        items: list[Item] = [
            (item[0], _REPORT, item[2], 0, "level", who, item[7], item[6])
            for item in person.connection.log
            if item[1] == _REPORT and item[7] is not None
        ]
        items += [(at, _SPEECH, event_id, 0, "speech", who, ends) for at, event_id, ends in person.speech]
        if items:
            self.audibility.log = sorted([*self.audibility.log, *items])
            self.audibility.refold(0)

    def run_others(self, now: int, out: list[Output]) -> None:
        """Judges what falls due outside the room by now."""
        self.recording.run(now)
        say_cases(self, self.recording, now, out)
        self._heard(now, out)
        for person in self.people.values():
            fold = person.connection
            if fold.state.book is not None or fold.told:
                fold.run(now)
                self._connection_changed(fold, now, out)

    def advance(self, now: int, out: list[Output]) -> None:
        """Everything that has fallen due by now."""
        if self.presence.state.due <= now:
            self.presence.run(now)
            self.hand_on(now, out, late=False)
        self.run_others(now, out)
        say_promises(self, now, out)

    def next_due(self) -> int:
        due = self.shaky_due
        if self.presence.state.due < due:
            due = self.presence.state.due
        if self.recording.state.due < due:
            due = self.recording.state.due
        if self.audibility.state.due < due:
            due = self.audibility.state.due
        if self.told.promise_due < due:
            due = self.told.promise_due
        return due

    # -- reading

    def note_rules(self) -> None:
        """Which rules are in force, and since when, by the steps."""
        self.ruled = [(step[0], step[5]) for step in self.steps if step[4] == "rules"]
        self.rules = self.presence.state.rules
        self.seen.gap = self.rules.quiet_after

    def rules_at(self, at: int) -> Rules:
        """Those in force at a moment."""
        for since, rules in reversed(self.ruled):
            if since <= at:
                return rules
        return self.usual

    def person(self, who: str) -> Person:
        person = self.people.get(who)
        if person is None:
            fold = Fold(Connection(self.rules, who))
            person = self.people[who] = Person(fold)
            concerns = _concerning(who)
            for step in self.presence.state.steps if self.judges_links else ():
                if concerns(step):
                    fold.add(step)
        return person

    @property
    def plan(self) -> Plan | None:
        return self.presence.state.plan

    def place(self) -> Place:
        plan = self.plan
        if plan is None:
            return Place(instructor=self.presence.state.instructor)
        return Place(plan.node, plan.instructor, plan.region, plan.provider)

    def provider_changes(self) -> None:
        plan = self.plan
        self.provider = None if plan is None else plan.provider

    def live_stretches(self) -> list[tuple[int, int | None]]:
        found: list[tuple[int, int | None]] = []
        for step in self.steps:
            if step[4] == "live":
                if step[5]:
                    found.append((step[0], None))
                else:
                    found[-1] = (found[-1][0], step[0])
        return found

    def prune(self, floor: int) -> None:
        """Forgets raw evidence of before `floor`, and keeps what follows from it."""
        self.recording.prune(floor)
        self.audibility.prune(floor)
        for person in self.people.values():
            person.connection.prune(floor)
            person.speech = [one for one in person.speech if one[0] >= floor]
        self.floor = max(self.floor, *(fold.floor for fold in self.all_folds()))
        self.ids = {event_id: at for event_id, at in self.ids.items() if at > self.floor}

    def settle(self, now: int) -> None:
        """Works out anew what follows from the folds: when what falls due."""
        self.shaky_due = min((person.connection.state.due for person in self.people.values()), default=NEVER)
        if self.plan is not None:
            _, self.told.promise_due = promises(self.presence.state, self.recording.state, now)

    def is_settled(self, before: int) -> bool:
        """Over since before then, nobody in, and nothing left to fall due."""
        room = self.presence.state
        if self.next_due() != NEVER or room.inside:
            return False
        planned = 0 if room.plan is None else room.plan.ends_at
        return max(self.last_at, planned, max(self.ids.values(), default=0)) < before

    def all_folds(self) -> list[Fold[Any]]:
        folds: list[Fold[Any]] = [self.presence, self.recording, self.audibility]
        return folds + [person.connection for person in self.people.values()]

    def told_cases(self) -> dict[tuple[str, str | None, int], int | None]:
        """Every case that it has told of and not taken back, and its clearing."""
        return {key: cleared for fold in self.all_folds() for key, cleared in fold.told.items()}

    def all_cases(self) -> list[Case]:
        books = [fold.state.book for fold in self.all_folds()]
        return [case for book in books if book is not None for case in book.cases if case.severity != OFF]


def _concerning(who: str) -> Any:
    def concerns(step: Item) -> bool:
        return step[4] in EVERYONE_STEPS or (step[4] in PERSON_STEPS and step[5] == who)

    return concerns


def _parting(old: list[Item], new: list[Item]) -> tuple[Item | None, list[Item]]:
    """The first place where the two lists of steps differ, and the new ones from there on."""
    index = 0
    while index < len(old) and index < len(new) and old[index] == new[index]:
        index += 1
    if index == len(old) and index == len(new):
        return None, []
    parting = min(steps[index] for steps in (old, new) if index < len(steps))
    return parting, new[index:]
