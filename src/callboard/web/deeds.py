"""What a person does to a case on a page, handed to the cases' operations."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from callboard.cases import operations, queries
from callboard.lib import clock
from callboard.lib.errors import Invalid
from callboard.people.access import Access
from callboard.web import words
from callboard.workflows.actions import kinds

LONGEST_SNOOZE_MIN = 7 * 24 * 60


def do(access: Access, case: int, name: str, form: Mapping[str, str]) -> int | None:
    """Answers the id of the history's entry that can be undone, where there is one."""
    done = operations.act(access, case, name, **parameters(name, form))
    entry = queries.undoable(access, done)
    return entry.pk if entry is not None and name != "note" else None


def undo(access: Access, case: int, entry: int) -> None:
    operations.undo(access, case, entry)


def told(name: str, many: operations.Many) -> str:
    """What is said once it was done to many: how many, and of those that refused why the first did."""
    text = ngettext("%(done)s %(n)s case.", "%(done)s %(n)s cases.", len(many.done)) % {
        "done": said(name), "n": len(many.done),
    }  # fmt: skip
    if not many.failed:
        return text
    count = len(many.failed)
    return text + " " + ngettext("%(n)s refused: %(why)s", "%(n)s refused, the first: %(why)s", count) % {
        "n": count, "why": many.failed[0].words,
    }  # fmt: skip


def said(name: str) -> str:
    """What is said once it is done."""
    spoken = {
        "claim": _("Claimed"),
        "release": _("Gave back"),
        "snooze": _("Snoozed"),
        "resolve": _("Resolved"),
        "assign": _("Handed over"),
        "note": _("Kept the note on"),
        "move": _("Sent on"),
    }
    return spoken.get(name) or _("%(action)s: asked for") % {"action": words.action(name).text}


def parameters(name: str, form: Mapping[str, str]) -> dict[str, Any]:
    if name == "snooze":
        minutes = number(form.get("minutes", ""))
        if not 1 <= minutes <= LONGEST_SNOOZE_MIN:
            raise Invalid(fields={"minutes": _("A time within the next seven days.")})
        return {"until": clock.now() + timedelta(minutes=minutes)}
    if name == "assign":
        return {"member_id": number(form.get("member", ""))}
    if name == "resolve":
        return {"outcome": form.get("outcome", ""), "text": form.get("note", "").strip()}
    if name == "note":
        return {"text": form.get("text", "")}
    if name == "move":
        return {"queue": form.get("queue", "")}
    if name == "claim":
        return {"override": bool(form.get("override"))}
    known = kinds.kind(name)
    return {each.name: form[each.name] for each in known.fields if form.get(each.name)} if known else {}


def number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 19 else 0
