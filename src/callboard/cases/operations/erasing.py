"""What people wrote in cases about someone who is erased. Needs the organization's scope.

What is about them goes wholly: whoever wrote of them alone need not have named them. In cases of others, and
in notes at the end of a shift, their names go and the rest stays.
"""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Q

from callboard.cases.models import Case, CaseEntry, HandOver
from callboard.lib.redaction import GONE
from callboard.people.erasing import Subject
from callboard.sessions.models import Participant


def take_out_of_words(subject: Subject, session: int | None, others: Collection[str]) -> int:
    """In the cases of one session that they were in, or (None) in those about them without a session."""
    theirs = Q(person_id__in=subject.people) | Q(participant__in=[*subject.keys, *subject.keys.values()])
    cases = Case.objects.filter(session_id=session) if session else Case.objects.filter(theirs, session=None)
    about = set(cases.filter(theirs).values_list("pk", flat=True))
    those = set(cases.values_list("pk", flat=True))
    near, count = subject.near(others), 0
    for entry in CaseEntry.objects.filter(case_id__in=those).exclude(text=""):
        count += _put(entry, GONE if entry.case_id in about else near.text(entry.text))
    return count


def take_out_of_notes(subject: Subject) -> int:
    """Of notes that were left at the end of a shift: where one tells of a case in a session of theirs."""
    theirs = Participant.objects.filter(person_id__in=subject.people).values("session_id")
    cases = Case.objects.filter(Q(session_id__in=theirs) | Q(person_id__in=subject.people))
    those, near, count = set(cases.values_list("pk", flat=True)), subject.near(), 0
    for note in HandOver.objects.exclude(text="").order_by("pk").iterator():
        if those & {each for each in note.cases if isinstance(each, int)}:
            count += _put(note, near.text(note.text))
    return count


def _put(row: CaseEntry | HandOver, text: str) -> int:
    if row.text == text:
        return 0
    row.text = text
    row.save(update_fields=["text"])
    return 1
