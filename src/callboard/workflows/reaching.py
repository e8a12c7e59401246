"""What the system does by itself when a case of a running session is raised, each line of it on the case.

1. `CasesRaised` names the cases; each of a kind listed in `STORIES` gets its story, as the organization's
   switches (sessions.rules.CARE) allow. Killed: run again; what was begun is begun once.
2. The instructor is missing: their link is mailed to them, a page of theirs that is open says so, and the
   coordinator is shown their number. A minute later, still missing: the case asks for cover, naming how many
   are free. (Who that is, a coordinator chooses: the action "let someone else teach".)
3. Someone's sound is bad, or the instructor cannot be heard: they are told in the room, with plain advice, at
   most once in five minutes.
4. A stranger is in: where the provider lets strangers wait at the door, they are put back there; elsewhere
   the case offers to remove them.
Each is a deed like a person's own: asked, then confirmed or failed on evidence. None is tried again behind
anybody's back: the case stays, and says what did not work.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from callboard.cases import operations as cases
from callboard.cases import registry
from callboard.cases.facts import CasesRaised
from callboard.cases.models import Case
from callboard.lib import clock, facts, jobs, pubsub, tenancy
from callboard.lib.tenancy import organization_scope
from callboard.people import queries as people
from callboard.people.models import Person
from callboard.sessions import covers, queries
from callboard.sessions.models import Deed
from callboard.sessions.ports import HOLD, MESSAGE, REMOVE, providers
from callboard.workflows.actions import asking

COVER_AFTER = timedelta(minutes=1)
ADVISED_AT_MOST_EVERY = timedelta(minutes=5)
GONE_BY = timedelta(minutes=10)
"""A case older than this, since the worker was away, gets no story any more."""


@jobs.job(name="reaching.cases_raised")
def cases_raised(organization: int, fact: dict[str, Any]) -> None:
    """A job for each: hundreds may be raised at once, and none of them is to be held for the others' sake."""
    told = facts.read(CasesRaised, fact)
    with organization_scope(organization):
        care = queries.care()
        standing = Case.objects.filter(
            pk__in=told.cases, over_at=None, noticed_at__gt=clock.now() - GONE_BY, session__isnull=False
        )
        wanted = [
            {"organization": organization, "case": pk}
            for pk, kind in standing.order_by("pk").values_list("pk", "kind")
            if kind in STORIES and care[STORIES[kind][0]]
        ]
        jobs.defer_many(begin, wanted)


@jobs.job(name="reaching.begin")
def begin(organization: int, case: int) -> None:
    """Begin the story of one, once for each time that it was raised."""
    with organization_scope(organization):
        row = Case.objects.filter(pk=case, over_at=None).select_related("session").first()
        if row is None or not jobs.once(f"reach:{case}:{row.occurrence}"[:250]):
            return
        STORIES[row.kind][1](row)


# -- a missing instructor


def _reach(case: Case) -> None:
    assert case.session is not None
    person = Person.objects.filter(key=case.participant).first()
    if person is None:
        return
    asking.by_itself(case.session, "reach_by_mail", case=case.pk, data={"person": person.key})
    pubsub.publish("session", key=case.session.key, status=case.session.status)
    cases.record(case.pk, "reach_on_page", data={"person": person.key})
    if person.phone:
        cases.record(case.pk, "reach_by_phone", data={"person": person.key})
    jobs.defer(
        ask_for_cover,
        at=clock.now() + COVER_AFTER,
        organization=tenancy.current_organization(),
        case=case.pk,
        occurrence=case.occurrence,
    )


@jobs.job(name="reaching.ask_for_cover")
def ask_for_cover(organization: int, case: int, occurrence: str) -> None:
    """Nobody came: the case says who could."""
    with organization_scope(organization):
        row = (
            Case.objects.filter(pk=case, occurrence=occurrence, over_at=None)
            .select_related("session")
            .first()
        )
        if row is None or row.session is None or not jobs.once(f"cover:{case}:{occurrence}"[:250]):
            return
        free = [one for one in covers.covers(row.session) if one.free and one.qualified]
        words = ngettext(
            "%(count)d qualified instructor is free.", "%(count)d qualified instructors are free.", len(free)
        )
        cases.record(
            case,
            "ask_for_cover",
            text=words % {"count": len(free)},
            data={"candidates": [one.key for one in free[:5]]},
        )


# -- bad sound


def _advise(case: Case) -> None:
    session, who = case.session, case.participant
    assert session is not None
    if not who or not providers.can(session.provider, MESSAGE):
        return
    since = clock.now() - ADVISED_AT_MOST_EVERY
    if Deed.objects.filter(session=session, name="advise", data__person=who, asked_at__gt=since).exists():
        return
    person = Person.objects.filter(key=who).first()
    with override((person.locale if person else "") or people.organization().locale):
        text = _ADVICE[case.kind]()
    asking.by_itself(session, "advise", case=case.pk, data={"person": who}, text=text)


_ADVICE: dict[str, Callable[[], str]] = {
    "bad_connection": lambda: _(
        "Your connection is poor, and the others hear you badly. Turn off your camera, close other programs, "
        "and come nearer to your Wi-Fi, or plug in a cable."
    ),
    "inaudible": lambda: _(
        "Nobody can hear you. Check that your microphone is plugged in and not switched off, and choose it "
        "in the settings of the classroom."
    ),
}


# -- a stranger


def _hold(case: Case) -> None:
    session = case.session
    assert session is not None
    can = providers.can(session.provider, HOLD) and providers.can(session.provider, REMOVE)
    if can and case.participant:
        asking.by_itself(session, "hold", case=case.pk, data={"person": case.participant})


STORIES: dict[str, tuple[str, Callable[[Case], None]]] = {
    "instructor_missing": ("reach_instructor", _reach),
    "bad_connection": ("tell_bad_audio", _advise),
    "inaudible": ("tell_bad_audio", _advise),
    "stranger": ("hold_strangers", _hold),
}
"""By kind of case: the switch that allows it, and what is done."""


def follow() -> None:
    """Called when Django is ready: let cases tell of the kinds that have a story."""
    registry.follow(*STORIES)
