"""The steps of an erasure, in order, and who does each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings

from callboard.cases.operations import erasing as cases
from callboard.lib import crash
from callboard.lib.backups import erasures as ledger
from callboard.lib.tenancy import organization_scope
from callboard.live.operations import renaming
from callboard.people import queries
from callboard.people.erasing import Subject
from callboard.people.erasure_models import Erasure
from callboard.people.models import Person
from callboard.people.operations import erased_files, erased_logins
from callboard.people.operations import erasures as people
from callboard.sessions.operations import erasing as sessions
from callboard.workflows.erase_person import everywhere, files, traces

Do = Callable[[Subject, Erasure], int]


@dataclass(frozen=True)
class Step:
    """`do` answers how much it did. `in_one`: in one transaction with the word that it is done; the others
    work on files, or in transactions of their own.
    """

    name: str
    do: Do
    in_one: bool = True


def _write_down(subject: Subject, erasure: Erasure) -> int:
    if erasure.again:
        return 0  # it stands there
    with organization_scope(subject.organization):
        organization = queries.organization()
        rows = Person.objects.in_bulk(subject.people)
    entry = ledger.Entry(
        reference=erasure.reference,
        at=erasure.asked_at,
        organization=ledger.Row(organization.pk, organization.created_at),
        people=tuple(ledger.Row(each, rows[each].created_at) for each in subject.people),
        kept_recordings=erasure.kept_recordings,
    )
    ledger.keep(entry)
    return len(entry.people)


def _ways_in(subject: Subject, _erasure: Erasure) -> int:
    return erased_logins.blank_logins(subject) + people.drop_ways_in(subject) + sessions.drop_ways_in(subject)


def _to_come(subject: Subject, _erasure: Erasure) -> int:
    with organization_scope(subject.organization):
        return sessions.leave_sessions(subject)


def _consents(subject: Subject, _erasure: Erasure) -> int:
    with organization_scope(subject.organization):
        names = people.consent_files(subject)
    files.delete(names)
    crash.point("erase_person.between_files_and_rows")
    with organization_scope(subject.organization):
        return people.drop_consents(subject) + len(names)


def _copies(subject: Subject, _erasure: Erasure) -> int:
    with organization_scope(subject.organization):
        copies = people.copies_of(subject)
    count = files.delete_copies(subject.organization, copies) + files.delete_takeouts(subject.organization)
    crash.point("erase_person.between_files_and_rows")
    with organization_scope(subject.organization):
        return count + people.drop_history(subject)


def _log(subject: Subject, _erasure: Erasure) -> int:
    if not settings.ENGINE_DATABASE_URL:
        raise RuntimeError("the log is changed in the engine's role: set CALLBOARD_ENGINE_DATABASE_URL")
    return renaming.rename(settings.ENGINE_DATABASE_URL, subject.organization, subject.keys)


def _imports(subject: Subject, erasure: Erasure) -> int:
    return erased_files.drop_files(subject, nobody_works=erasure.again)


def _words(subject: Subject, _erasure: Erasure) -> int:
    count = sessions.take_out_of_words(subject) + cases.take_out_of_words(subject, None, ())
    for session, others in sessions.sessions_of(subject):
        count += cases.take_out_of_words(subject, session.pk, others)
    return count + cases.take_out_of_notes(subject)


STEPS: tuple[Step, ...] = (
    # name               who does it
    Step("written_down", _write_down, in_one=False),
    Step("ways_in", _ways_in),
    Step("to_come", _to_come, in_one=False),
    Step("family", lambda subject, _erasure: people.drop_family(subject)),
    Step("consents", _consents, in_one=False),
    Step("copies", _copies, in_one=False),
    Step("recordings", lambda subject, _erasure: files.delete_recordings(subject), in_one=False),
    Step("log", _log, in_one=False),
    Step("words", _words),
    Step("imports", _imports),
    Step("jobs", lambda subject, _erasure: traces.drop_jobs(subject)),
    Step("caches", lambda subject, _erasure: traces.drop_cached(subject)),
    Step("everywhere", lambda subject, _erasure: everywhere.sweep(subject), in_one=False),
)
