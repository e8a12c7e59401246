"""Whoever has to is asked whether somebody may be recorded, before the first session in which they would be.

1. A session is booked, moved, called off or given to someone else: of each of its people about whom nobody
   has ever said yes or no, an answer is expected a day before the first session that would be recorded (not
   sooner than an hour from now, not later than its start), and of no other session. Killed: the job runs
   again and comes to the same.
2. Each of those who speak for them is mailed their link, once, by a job of their own. They have no address:
   left to the case. A mail is not taken: that one is tried again for some hours, then left to the case.
   Killed between a mail and the end of its job: that one is mailed twice.
3. They answer, yes or no: kept, and its case clears.
4. Nobody has answered in time (`ExpectationMissed`): a case, which offers to ask again. The session takes
   place either way, unrecorded.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext
from procrastinate import RetryStrategy

from callboard.cases import operations as cases
from callboard.cases.models import Case
from callboard.cases.operations.changes import Clear, Raise
from callboard.cases.registry import Action, CaseKind, register_action, register_kind
from callboard.expectations import operations as expectations
from callboard.expectations import queries as promises
from callboard.expectations import registry
from callboard.expectations.facts import ExpectationMissed
from callboard.expectations.models import Expectation, ExpectationStatus
from callboard.expectations.policy import minutes
from callboard.lib import clock, facts, jobs, tenancy
from callboard.lib.errors import Conflict
from callboard.lib.tenancy import organization_scope
from callboard.people import operations as people_operations
from callboard.people import queries as people
from callboard.people.access import Access
from callboard.people.facts import ConsentGiven, ConsentRefused, ConsentWithdrawn
from callboard.people.models import ConsentKind, Person
from callboard.sessions import recording_queries
from callboard.sessions.facts import InstructorChanged, SessionCancelled, SessionMoved, SessionsBooked
from callboard.sessions.models import Session
from callboard.sessions.operations import letters

KIND = "consent_answered"
CASE = "consent_missing"
UNREACHABLE = "consent_unreachable"
"""Why it is a case, where nobody could be asked by mail when it became one."""
SOONEST = timedelta(hours=1)
"""How long they have to answer at least, where the session begins later than that."""
TRIES = 14
"""Of one letter, ever more slowly: the last some nine hours after the first."""

PROMISE = registry.Kind(KIND, lazy("Consent answered"), "asked", "start", -24 * 60, live=False)


@jobs.job(name="ask_consent.booked")
def booked(organization: int, fact: dict[str, Any]) -> None:
    told = facts.read(SessionsBooked, fact)
    _look_at_sessions(organization, told.sessions)


@jobs.job(name="ask_consent.moved")
def moved(organization: int, fact: dict[str, Any]) -> None:
    _look_at_sessions(organization, [facts.read(SessionMoved, fact).session])


@jobs.job(name="ask_consent.cancelled")
def cancelled(organization: int, fact: dict[str, Any]) -> None:
    _look_at_sessions(organization, [facts.read(SessionCancelled, fact).session])


@jobs.job(name="ask_consent.other_instructor")
def other_instructor(organization: int, fact: dict[str, Any]) -> None:
    _look_at_sessions(organization, [facts.read(InstructorChanged, fact).session])


@jobs.job(name="ask_consent.given")
def given(organization: int, fact: dict[str, Any]) -> None:
    told = facts.read(ConsentGiven, fact)
    _answered(organization, told.person, told.kind)


@jobs.job(name="ask_consent.refused")
def refused(organization: int, fact: dict[str, Any]) -> None:
    told = facts.read(ConsentRefused, fact)
    _answered(organization, told.person, told.kind)


@jobs.job(name="ask_consent.withdrawn")
def withdrawn(organization: int, fact: dict[str, Any]) -> None:
    """A no is an answer too."""
    told = facts.read(ConsentWithdrawn, fact)
    _answered(organization, told.person, told.kind)


def _look_at_sessions(organization: int, sessions: Collection[str]) -> None:
    with organization_scope(organization):
        _look(recording_queries.people_lacking_in(sessions))


def _answered(organization: int, person: int, kind: str) -> None:
    if kind != ConsentKind.RECORDING:
        return
    with organization_scope(organization):
        _kept(person)


def _kept(person: int) -> None:
    those = people.records_of([person])
    for each in those:
        expectations.keep(KIND, each)
    now = clock.now()
    standing = Case.objects.filter(kind=CASE, person_id__in=those, cleared_at=None).values_list(
        "occurrence", flat=True
    )
    cases.apply([Clear(occurrence, now) for occurrence in standing])


def _look(persons: Collection[int]) -> None:
    """What is expected of these people by now: see step 1."""
    if not persons:
        return
    waiting = people.unanswered(list(persons), ConsentKind.RECORDING)
    for person in set(persons) - set(waiting):
        _kept(person)
    missed = set(
        Expectation.objects.filter(
            kind=KIND, person_id__in=waiting, status=ExpectationStatus.MISSED
        ).values_list("person_id", flat=True)
    )
    firsts = recording_queries.first_to_be_recorded(waiting, clock.now())
    for person in waiting:
        first = None if person in missed else firsts.get(person)
        expectations.waive_asked(KIND, person, besides=[first.pk] if first else ())
        if first and expectations.promise(first, KIND, person, _due_at(first)):
            organization = tenancy.current_organization()
            if jobs.once(f"ask_consent:{organization}:{person}"):
                jobs.defer(ask, organization=organization, person=person)


def _due_at(session: Session) -> datetime:
    before = timedelta(minutes=minutes(PROMISE, promises.policy(session.subject, session.key)))
    return max(session.starts_at + before, min(clock.now() + SOONEST, session.starts_at))


@jobs.job(name="ask_consent.ask")
def ask(organization: int, person: int) -> None:
    """Have whoever speaks for them written to. Nobody can be: the case will say so."""
    with organization_scope(organization):
        found = _to_ask(person)
        for speaker in people.speakers(found) if found else ():
            if speaker.email and jobs.once(f"ask_consent:{organization}:{person}:{speaker.pk}"):
                jobs.defer(write, organization=organization, person=person, speaker=speaker.pk)


@jobs.job(retry=RetryStrategy(max_attempts=TRIES, exponential_wait=2), name="ask_consent.write")
def write(organization: int, person: int, speaker: int) -> None:
    """Mail one of those who speak for them their link, unless somebody has answered meanwhile."""
    with organization_scope(organization):
        found = _to_ask(person)
        reader = (
            next((each for each in people.speakers(found) if each.pk == speaker), None) if found else None
        )
        letter = _letter(reader) if reader and reader.email else None
    if letter is not None:
        letters.hand_over(letter)


def _to_ask(person: int) -> Person | None:
    found = Person.objects.filter(pk=person, erased_at=None).first()
    return found if found and people.unanswered([person], ConsentKind.RECORDING) else None


def ask_by_mail(person: Person) -> tuple[str, ...]:
    """Mail them their link once the open transaction is committed; answers the addresses, masked.

    Raises Conflict (`no_address`).
    """
    written = _letters(people.became(person))
    if not written:
        raise Conflict(_("No mail address is known of anybody who speaks for them."), code="no_address")
    for letter in written:
        letters.hand_over_later(letter)
    return tuple(each for letter in written for each in letter.masked)


def _letters(person: Person) -> list[letters.Letter]:
    return [_letter(each) for each in people.speakers(person) if each.email]


def _letter(speaker: Person) -> letters.Letter:
    organization = people.organization()
    link = people_operations.consent_url(speaker)
    people_operations.consent_link_sent(speaker)
    for_others = [each for each in people.spoken_for(speaker.pk) if each.pk != speaker.pk]
    with translation.override(speaker.locale or organization.locale):
        about = _who(for_others)
        subject = _("May we record the sessions of %(who)s?") % {"who": about}
        if not for_others:
            subject = _("May we record your sessions?")
        text = _(
            "%(organization)s asks whether sessions may be recorded, written down, and read by a model.\n\n"
            "Nothing of that happens unless everyone in a session agrees; the sessions take place either "
            "way. Say yes or no here, and change your mind whenever you like:\n%(link)s\n\n"
            "The first time, the page sends you a code. The link is yours alone."
        ) % {"organization": organization.name, "link": link}
    return letters.Letter((speaker.email,), subject, text)


def _who(them: Collection[Person]) -> str:
    names = [each.name for each in them]
    more = len(names) - 2
    if more > 0:
        rest = ngettext("%(n)d more", "%(n)d more", more) % {"n": more}
        return _("%(first)s and %(last)s") % {"first": ", ".join(names[:2]), "last": rest}
    return (
        (_("%(first)s and %(last)s") % {"first": names[0], "last": names[1]})
        if len(names) == 2
        else "".join(names)
    )


@jobs.job(name="ask_consent.missed")
def missed(organization: int, fact: dict[str, Any]) -> None:
    """Nobody has answered in time."""
    told = facts.read(ExpectationMissed, fact)
    if told.kind != KIND or told.person is None:
        return
    with organization_scope(organization):
        person = people.became(Person.objects.get(pk=told.person))
        if not people.unanswered([person.pk], ConsentKind.RECORDING):
            _kept(person.pk)
            return
        kind = "consent_unanswered" if _letters_reach(person) else UNREACHABLE
        cases.raise_case(
            Raise(
                kind=CASE,
                severity="soon",
                session_key=told.session,
                participant=person.key,
                raised_at=told.due_at,
                noticed_at=clock.now(),
                why=f"Nobody has said whether {person.key} may be recorded.",
                details={"key": kind, "params": {}},
            )
        )


def _letters_reach(person: Person) -> bool:
    return any(each.email for each in people.speakers(person))


def _ask_again(_access: Access, case: Case, **_params: Any) -> Mapping[str, Any]:
    if case.person is None:
        raise Conflict(_("This case is about nobody whom we know."), code="not_available")
    return {"to": list(ask_by_mail(case.person))}


ASK_AGAIN = Action(
    name="ask_consent",
    label=lazy("Ask for consent again"),
    icon="mail",
    kinds=(CASE,),
    permission="cases.act",
    run=_ask_again,
    available=lambda case: case.person is not None and _letters_reach(case.person),
    at_a_glance=lambda case: case.details.get("key") != UNREACHABLE,
)


def register() -> None:
    """Called when Django is ready; calling it again changes nothing."""
    registry.register(PROMISE)
    register_kind(
        CaseKind(
            CASE,
            lazy("No answer about consent"),
            "soon",
            "shield-alert",
            ("fixed", "no_action", "cancelled", "other"),
            lazy("Whoever speaks for them has said yes or no before the first session"),
        )
    )
    register_action(ASK_AGAIN)
