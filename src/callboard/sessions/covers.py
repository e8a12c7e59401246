"""Who could teach a session in place of its instructor: a simple list, to choose from by hand."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q

from callboard.people.models import Instructor
from callboard.sessions import queries, rules
from callboard.sessions.models import Participant, ParticipantRole, Session

READ_AT_MOST = 500


@dataclass(frozen=True)
class Cover:
    """`qualified`: has the skill, or has taught the subject; `taught`: sessions of it that they gave.

    `taken_by`: the key of a session that keeps them from it; empty where they are free.
    """

    person: int
    key: str
    name: str
    qualified: bool
    taught: int
    taken_by: str = ""

    @property
    def free(self) -> bool:
        return not self.taken_by


def covers(session: Session, most: int = 20) -> list[Cover]:
    """The qualified and free first, then by experience; who is on the roster is left out."""
    roster = {each.person_id for each in queries.participants(session)}
    rows = (
        Instructor.objects.filter(active=True, person__erased_at=None)
        .exclude(person_id__in=roster)
        .select_related("person")
        .order_by("person__name", "pk")
    )
    taught = _taught(session.subject)
    if session.subject:
        skilled = Q(skills__contains=[f"{session.subject}:{session.level}"])
        known = rows.filter(skilled | Q(skills__contains=[session.subject]) | Q(person_id__in=list(taught)))
        qualified = {each.person_id for each in known[:READ_AT_MOST]}
        chosen = [*known[:READ_AT_MOST], *rows.exclude(person_id__in=qualified)[:most]]
    else:
        chosen = list(rows[:READ_AT_MOST])
        qualified = {each.person_id for each in chosen}
    wishes = [
        (each.person_id, *rules.keeps_busy(session.starts_at, session.ends_at, each.buffer_minutes))
        for each in chosen
    ]
    taken = {
        clash.person: clash.session
        for clash in queries.clashes(wishes, besides=session.pk, most=4 * READ_AT_MOST)
    }
    found = [
        Cover(
            person=each.person_id,
            key=each.person.key,
            name=each.person.name,
            qualified=each.person_id in qualified,
            taught=taught.get(each.person_id, 0),
            taken_by=taken.get(each.person_id, ""),
        )
        for each in chosen
    ]
    found.sort(key=lambda one: (not one.free, not one.qualified, -one.taught))
    return found[:most]


def _taught(subject: str) -> dict[int, int]:
    if not subject:
        return {}
    return dict(
        Participant.objects.filter(
            role=ParticipantRole.INSTRUCTOR, active=True, session__subject=subject, session__status="ended"
        )
        .values("person_id")
        .annotate(count=Count("pk"))
        .values_list("person_id", "count")
    )
