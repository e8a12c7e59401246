"""Booking, moving and calling off what a file wants; each row that cannot be is told why, and by what."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from callboard.lib import clock
from callboard.lib.errors import CallboardError, Conflict
from callboard.people.imports import Findings, Progress
from callboard.people.models import Organization, Person
from callboard.people.roster.rows import Problem
from callboard.sessions import queries, rules
from callboard.sessions.models import Participant, ParticipantRole, Series, Session, SessionStatus
from callboard.sessions.operations import booking, changing, checks
from callboard.sessions.operations.timetables.finding import Directory
from callboard.sessions.queries import Clash
from callboard.sessions.timetables.wanted import Wanted

SHOWN = 50
AT_ONCE = 1_000
OVER = frozenset((SessionStatus.LIVE.value, SessionStatus.ENDED.value))


@dataclass(frozen=True)
class Obstacle:
    """Why a row cannot be: in words already, since it names what is in the way."""

    line: int
    column: str
    value: str
    text: str


@dataclass
class Settled:
    findings: Findings
    problems: list[Problem] = field(default_factory=list)
    obstacles: list[Obstacle] = field(default_factory=list)


class _TakenBack(Exception):
    """Ends the savepoint of a dry run."""


def settle(
    wanted: Sequence[Wanted],
    wrong: int,
    progress: Progress,
    *,
    write: bool,
    skip: bool,
    told: dict[str, str] | None = None,
) -> Settled:
    """Do what the file wants, and take it back unless it is to be written and nothing is wrong (or `skip`).

    `wrong`: so many problems were found before. Needs the open transaction in the organization's scope.
    """
    work = _Work(progress, told or {})
    try:
        with transaction.atomic():
            work.run(wanted)
            if not write or (not skip and (wrong or work.done.problems or work.done.obstacles)):
                raise _TakenBack
    except _TakenBack:
        pass
    return work.done


class _Work:
    def __init__(self, progress: Progress, told: dict[str, str]) -> None:
        self._progress, self._told = progress, told
        self._zone = ZoneInfo(Organization.objects.get().zone)
        self._now = clock.now()
        self.counts = dict.fromkeys(("added", "changed", "same", "moved", "cancelled", "ignored"), 0)
        self.samples: dict[str, list[dict[str, object]]] = {"added": [], "changed": [], "left": []}
        self.done = Settled(Findings(self.counts, [], self.samples))
        self._heard: list[Session] = []

    def run(self, wanted: Sequence[Wanted]) -> None:
        self._progress("comparing", 0, 0)
        words = {word for each in wanted if not each.cancelled for word in (each.instructor, *each.learners)}
        directory = Directory(words, self._told)
        standing = _standing([each.key for each in wanted])
        new: list[tuple[Wanted, rules.Booking]] = []
        seen: dict[str, int] = {}
        for each in wanted:
            if each.key in seen:
                self.done.problems.append(Problem(each.line, "id", "twice", "", seen[each.key]))
                continue
            seen[each.key] = each.line
            there = standing.get(each.key)
            if each.cancelled:
                self._call_off(each, there)
                continue
            people = self._people(each, directory)
            if people is None:
                continue
            if there is not None:
                self._change(each, there, people)
            elif each.ends_at <= self._now:
                self.counts["ignored"] += 1
            else:
                new.append((each, _booking(each, people)))
        self._book(new)
        Session.objects.bulk_update(self._heard, ["filed_at", "filed_until"], batch_size=AT_ONCE)
        self.counts["changed"] = self.counts["moved"] + self.counts["cancelled"]
        wrong = {each.line for each in self.done.problems} | {each.line for each in self.done.obstacles}
        self.counts["left_out"] = len(wrong)

    def _people(self, each: Wanted, directory: Directory) -> list[int] | None:
        """The instructor and the learners; None where somebody is not found, and that is noted."""
        instructor = directory.instructor(each.instructor)
        wrong = []
        if isinstance(instructor, str):
            wrong.append(Problem(each.line, "instructor", instructor, each.instructor[:100]))
        learners = []
        for word in each.learners:
            found = directory.learner(word)
            if isinstance(found, str):
                wrong.append(Problem(each.line, "learners", found, word[:100]))
            elif not isinstance(instructor, str) and found.pk == instructor.pk:
                wrong.append(Problem(each.line, "learners", "both", word[:100]))
            else:
                learners.append(found.pk)
        if wrong or isinstance(instructor, str):
            self.done.problems += [each for each in wrong if each not in self.done.problems]
            return None
        return list(dict.fromkeys([instructor.pk, *learners]))

    def _call_off(self, each: Wanted, there: Session | None) -> None:
        """Whoever the file says is in it: nobody is needed for that."""
        if there is None:
            self.counts["ignored"] += 1
        elif self._over(there) or there.status == SessionStatus.CANCELLED:
            self.counts["same"] += 1
        elif self._try(each, "state", lambda: changing.cancel(each.key, each.reason)):
            self.counts["cancelled"] += 1
            self._changed(each, _("called off"))

    def _over(self, there: Session) -> bool:
        return there.status in OVER or there.ends_at <= self._now

    def _change(self, each: Wanted, there: Session, people: list[int]) -> None:
        roster: list[Participant] = getattr(there, "active_participants", [])
        teaches = next((row.person_id for row in roster if row.role == ParticipantRole.INSTRUCTOR), None)
        moved = (there.starts_at, there.ends_at) != (each.starts_at, each.ends_at)
        if self._over(there):
            self.counts["same"] += 1
        elif there.status == SessionStatus.CANCELLED:
            self.counts["same"] += 1
            self._left(each, _("It was called off here."))
        elif moved and _no_news(each, there):
            self.counts["same"] += 1
            said = {"when": self._told_at(there.starts_at), "end": self._hour(there.ends_at)}
            self._left(each, _("It was moved here, to %(when)s until %(end)s.") % said)
        elif moved:
            if self._try(each, "starts_at", lambda: changing.move(each.key, each.starts_at, each.ends_at)):
                self.counts["moved"] += 1
                before, after = self._told_at(there.starts_at), self._told_at(each.starts_at)
                self._changed(each, f"{before} → {after}")
                self._hear(each, there)
        else:
            self.counts["same"] += 1
            self._hear(each, there)
            if teaches != people[0]:
                self._left(each, _("Someone else teaches it here."))
            elif {row.person_id for row in roster} != set(people):
                self._left(each, _("Its learners differ here; a file does not change them."))

    def _hear(self, each: Wanted, there: Session) -> None:
        """Keep what the file says, so that the next one tells its own changes from those made here."""
        if (there.filed_at, there.filed_until) != (each.starts_at, each.ends_at):
            there.filed_at, there.filed_until = each.starts_at, each.ends_at
            self._heard.append(there)

    def _book(self, new: list[tuple[Wanted, rules.Booking]]) -> None:
        """What can be, all at once; who is taken is said for each of the others."""
        buffers = checks.buffers_of({one.instructor for _each, one in new})
        slots = [
            rules.Slot(person, *rules.keeps_busy(
                one.starts_at, one.ends_at, buffers.get(person, 0) if person == one.instructor else 0
            ), place)
            for place, (_each, one) in enumerate(new)
            for person in one.people
        ]  # fmt: skip
        taken: dict[int, list[Clash | rules.Slot]] = {}
        wishes = [(slot.person, slot.begins, slot.ends) for slot in slots]
        for clash in queries.clashes(wishes, most=2_000):
            taken.setdefault(slots[clash.wanted].booking, []).append(clash)
        free = [slot for slot in slots if slot.booking not in taken]
        while (pair := rules.overlap_within(free)) is not None:
            first, second = sorted(pair, key=lambda each: each.booking)
            taken.setdefault(second.booking, []).append(
                rules.Slot(second.person, first.begins, first.ends, first.booking)
            )
            free = [slot for slot in free if slot.booking != second.booking]
        self._say_taken(new, taken)
        chosen = [pair for place, pair in enumerate(new) if place not in taken]
        self._series(chosen)
        self._progress("writing", 0, len(chosen))
        try:
            with transaction.atomic():
                booked = booking.book_many([one for _each, one in chosen])
                Session.objects.filter(pk__in=[each.pk for each in booked]).update(
                    filed_at=F("starts_at"), filed_until=F("ends_at")
                )
        except CallboardError as error:
            line = chosen[0][0].line if chosen else 0
            self.done.obstacles.append(Obstacle(line, "", "", _words(error)))
            return
        self.counts["added"] += len(chosen)
        self.counts["sessions_added"] = len(chosen)
        self.samples["added"] += [
            {"line": each.line, "name": each.title, "about": self._told_at(each.starts_at)}
            for each, _one in chosen[:SHOWN]
        ]

    def _series(self, chosen: list[tuple[Wanted, rules.Booking]]) -> None:
        titles = {each.series: each.title for each, _one in chosen if each.series}
        known = set(Series.objects.filter(key__in=titles).values_list("key", flat=True))
        Series.objects.bulk_create(
            [Series(key=key, title=title) for key, title in titles.items() if key not in known]
        )

    def _say_taken(
        self, new: list[tuple[Wanted, rules.Booking]], taken: dict[int, list[Clash | rules.Slot]]
    ) -> None:
        ways = [each for some in taken.values() for each in some]
        names = Person.objects.in_bulk({each.person for each in ways})
        titles = {
            row.key: row.title
            for row in queries.by_keys({w.session for w in ways if isinstance(w, Clash)}).values()
        }
        for place, some in taken.items():
            wanted, one = new[place]
            for way in some:
                said = {"from": self._told_at(way.begins), "to": self._hour(way.ends)}
                if isinstance(way, Clash):
                    words = _("Taken from %(from)s to %(to)s by “%(title)s”.")
                    text = words % {**said, "title": titles.get(way.session, "")}
                else:
                    other = new[way.booking][0]
                    words = _("Taken from %(from)s to %(to)s by row %(row)d, “%(title)s”.")
                    text = words % {**said, "title": other.title, "row": other.line}
                column = "instructor" if way.person == one.instructor else "learners"
                self.done.obstacles.append(Obstacle(wanted.line, column, names[way.person].name, text))

    def _try(self, each: Wanted, column: str, change: Callable[[], object]) -> bool:
        try:
            with transaction.atomic():
                change()
        except Conflict as error:
            self.done.obstacles.append(Obstacle(each.line, column, each.title[:100], self._clash(error)))
            return False
        except CallboardError as error:
            self.done.obstacles.append(Obstacle(each.line, column, each.title[:100], _words(error)))
            return False
        return True

    def _clash(self, error: Conflict) -> str:
        """Who is taken, by what and when."""
        first = next(iter(error.details.get("clashes", [])), None)
        if first is None:
            return str(error)
        session = queries.by_keys([first["session"]]).get(first["session"])
        person = Person.objects.get(pk=first["person_id"])
        return _("%(name)s is taken from %(from)s to %(to)s by “%(title)s”.") % {
            "name": person.name,
            "from": self._told_at(datetime.fromisoformat(first["busy_from"])),
            "to": self._hour(datetime.fromisoformat(first["busy_to"])),
            "title": session.title if session else "",
        }

    def _changed(self, each: Wanted, how: str) -> None:
        if len(self.samples["changed"]) < SHOWN:
            self.samples["changed"].append({"line": each.line, "name": each.title, "fields": [[how, "", ""]]})

    def _left(self, each: Wanted, why: str) -> None:
        if len(self.samples["left"]) < SHOWN:
            self.samples["left"].append({"line": each.line, "name": each.title, "about": why})

    def _told_at(self, moment: datetime) -> str:
        return f"{moment.astimezone(self._zone):%Y-%m-%d %H:%M}"

    def _hour(self, moment: datetime) -> str:
        return f"{moment.astimezone(self._zone):%H:%M}"


def _no_news(each: Wanted, there: Session) -> bool:
    """Whether the file says what one said before, so that the session was moved here since.

    Where none has been heard yet, what it was moved from is taken for that.
    """
    if there.filed_at is None:
        return there.moved_from == each.starts_at
    return (there.filed_at, there.filed_until) == (each.starts_at, each.ends_at)


def _standing(keys: list[str]) -> dict[str, Session]:
    rows = queries.with_participants(Session.objects.filter(key__in=keys))
    return {row.key: row for row in rows}


def _booking(each: Wanted, people: list[int]) -> rules.Booking:
    room = rules.room_at(each.url) if each.url else None
    return rules.Booking(
        title=each.title,
        starts_at=each.starts_at,
        ends_at=each.ends_at,
        instructor=people[0],
        learners=people[1:],
        subject=each.subject,
        level=each.level,
        recording_wanted=each.recording,
        provider=rules.LINK if room else queries.usual_provider(),
        room=room,
        series=each.series or None,
        key=each.key,
    )


def _words(error: CallboardError) -> str:
    return "; ".join(str(text) for text in getattr(error, "fields", {}).values()) or str(error)
