"""One of the last day's changes to a person's record is taken back, by the story that it belongs to."""

from __future__ import annotations

from callboard.people.access import Access
from callboard.people.operations import editing
from callboard.people.records import ChangeKind, PersonChange
from callboard.workflows import archive_person, merge_people


def take_back(access: Access, person_id: int, change_id: int) -> PersonChange:
    """Needs an open transaction in the organization's scope. Raises NotFound, Forbidden, Conflict
    (`not_undoable`, `undone_already`, `too_late`, `changed_since`, `has_sessions`, `merged`).
    """
    access.require("people.manage")
    kind = PersonChange.objects.filter(pk=change_id, person=person_id).values_list("kind", flat=True).first()
    if kind == ChangeKind.MERGED:
        return merge_people.unmerge(access, person_id, change_id)
    if kind == ChangeKind.RESTORED:
        return archive_person.archive_again(access, person_id, change_id)
    return editing.undo_change(access, person_id, change_id)
