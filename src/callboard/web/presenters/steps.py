"""The first steps of an organization, each with what has been done of it and where it is done."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from callboard.web.reads import steps as reads


@dataclass(frozen=True)
class Step:
    """`found` is what there is of it, in words; `ways` are texts and addresses, the first the usual one."""

    key: str
    title: str
    text: str
    done: bool
    found: str
    ways: list[tuple[str, str]]


def steps() -> list[Step]:
    found = reads.steps()
    return [_rooms(found), _people(found), _consent(found), _session(found), _queue(found)]


def _rooms(found: reads.Steps) -> Step:
    if found.tested:
        said = ngettext("%(n)d place answers.", "%(n)d places answer.", found.tested) % {"n": found.tested}
    elif found.servers:
        said = _("Kept, and not yet tried with success.")
    else:
        said = ""
    return Step(
        "rooms",
        _("Connect where sessions meet"),
        _("LiveKit, BigBlueButton, or a link that you have already. Rooms are then made with each booking."),
        found.tested > 0,
        said,
        [(_("Providers"), reverse("web:servers"))],
    )


def _people(found: reads.Steps) -> Step:
    said = ""
    if found.instructors or found.students:
        teach = ngettext("%(n)d teaches", "%(n)d teach", found.instructors) % {"n": found.instructors}
        learn = ngettext("%(n)d learns", "%(n)d learn", found.students) % {"n": found.students}
        said = _("%(teach)s, %(learn)s.") % {"teach": teach, "learn": learn}
    return Step(
        "people",
        _("Bring your people in"),
        _("A roster as CSV or OneRoster, checked before anything is written; or one by one."),
        found.instructors > 0 and found.students > 0,
        said,
        [(_("Bring a file in"), reverse("web:imports")), (_("Add a person"), reverse("web:add_person"))],
    )


def _consent(found: reads.Steps) -> Step:
    said = ""
    if found.answered:
        said = ngettext(
            "Of %(n)d person it is known what they agree to.",
            "Of %(n)d people it is known what they agree to.",
            found.answered,
        ) % {"n": found.answered}
    elif found.asked:
        said = _("Asked; nobody has answered yet.")
    return Step(
        "consent",
        _("Ask for consent"),
        _(
            "Nothing is recorded until all who take part have agreed, or somebody for them. A person's page "
            "asks by mail, and notes what is on paper."
        ),
        found.asked,
        said,
        [(_("People"), reverse("web:people"))],
    )


def _session(found: reads.Steps) -> Step:
    said = ngettext("%(n)d session is booked.", "%(n)d sessions are booked.", found.booked)
    return Step(
        "session",
        _("Book the first session"),
        _("By hand, from a file, or from a calendar that you keep elsewhere."),
        found.booked > 0,
        said % {"n": found.booked} if found.booked else "",
        [(_("Book a session"), reverse("web:book")), (_("Bring a file in"), reverse("web:imports"))],
    )


def _queue(found: reads.Steps) -> Step:
    said = ngettext("%(n)d person works a queue.", "%(n)d people work a queue.", found.staffed)
    return Step(
        "queue",
        _("Say who works the queue"),
        _("What goes wrong stands in a queue. Until it has members, it is everybody's."),
        found.staffed > 0,
        said % {"n": found.staffed} if found.staffed else "",
        [(_("Queues"), reverse("web:settings_queues")), (_("Invite a colleague"), reverse("web:settings"))],
    )
