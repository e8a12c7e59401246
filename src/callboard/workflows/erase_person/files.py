"""Files of someone who is erased. A file goes before the row that names it, so that none is forgotten; where
one may be put at any moment, the word that none is kept goes before the file.
"""

from __future__ import annotations

from collections.abc import Iterable

from callboard.lib import crash
from callboard.lib.store import documents, recordings
from callboard.lib.tenancy import organization_scope
from callboard.people.erasing import Subject
from callboard.people.operations import takeouts
from callboard.sessions import recording_files
from callboard.sessions.operations import erasing, recorders
from callboard.workflows import keep_recordings, take_out


def delete(names: Iterable[str]) -> None:
    for name in names:
        documents().delete(name)
        crash.point("erase_person.file_deleted")


def delete_copies(organization: int, copies: Iterable[int]) -> int:
    """All that was ever made of these copies, also by a job that was killed before it said so."""
    wanted = {f"{copy}" for copy in copies}
    if not wanted:
        return 0
    lie = [name for name, _size in documents().names(f"copies/{organization}")]
    theirs = [name for name in lie if name.rpartition("/")[2].partition("-")[0] in wanted]
    delete(theirs)
    return len(theirs)


def delete_takeouts(organization: int) -> int:
    """Files of all that the organization has, which hold them too. One that is being made is given up."""
    with organization_scope(organization):
        standing = takeouts.takeouts_standing()
    return take_out.drop(organization, standing)


def delete_recordings(subject: Subject) -> int:
    """Their recordings' files, and what our own recorder left of them in parts; what comes later is not kept
    either.
    """
    organization, count = subject.organization, 0
    with organization_scope(organization):
        parts = erasing.recorders_of(subject)
    for session, recorder in parts:
        with organization_scope(organization):
            recorders.renounce(session, recorder)
    while True:
        with organization_scope(organization):
            found = erasing.recordings_to_go(subject)
        if not found:
            break
        for recording in found:
            keep_recordings.drop(organization, recording.pk, "erase_person.file_deleted")
            count += 1
    for session, recorder in parts:
        for name, _size in recordings().names(recording_files.parts_folder(organization, session, recorder)):
            recordings().delete(name)
    return count
