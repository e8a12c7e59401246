"""Erasures as an admin sees them: what one would do, and how far those that were asked for are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from callboard.people.erasure_models import Erasure, ErasureStatus
from callboard.web import times
from callboard.web.viewer import Viewer
from callboard.workflows.erase_person import Preview
from callboard.workflows.erase_person.steps import STEPS

STEP_WORDS = {
    "written_down": lazy("written down, so that no backup brings them back"),
    "ways_in": lazy("sign-in, links and devices"),
    "to_come": lazy("sessions to come"),
    "family": lazy("family"),
    "consents": lazy("consents and their forms"),
    "copies": lazy("changes and copies"),
    "recordings": lazy("recordings"),
    "log": lazy("the evidence"),
    "words": lazy("notes about them"),
    "imports": lazy("files that were brought in"),
    "jobs": lazy("jobs"),
    "caches": lazy("attempts to sign in"),
    "everywhere": lazy("everything else that was written"),
}
"""By the names of the steps: what is at work, in words."""


@dataclass(frozen=True)
class Row:
    reference: str
    state: str
    detail: str
    asked: str
    running: bool


def rows(found: Iterable[Erasure], viewer: Viewer, now: datetime) -> list[Row]:
    return [_row(each, viewer, now) for each in found]


def _row(erasure: Erasure, viewer: Viewer, now: datetime) -> Row:
    at = times.when(erasure.asked_at, viewer.tz, now)
    who = _who(erasure)
    running = erasure.status == ErasureStatus.RUNNING
    return Row(
        erasure.reference,
        how_far(erasure),
        _detail(erasure, viewer, now),
        _("%(who)s, %(at)s") % {"who": who, "at": at} if who else at,
        running,
    )


def how_far(erasure: Erasure) -> str:
    """ "Erased", or which step is at work."""
    if erasure.status == ErasureStatus.DONE:
        return _("Erased")
    done = sum(step.name in erasure.counts for step in STEPS)
    return _("Being erased: step %(n)d of %(all)d") % {"n": min(done + 1, len(STEPS)), "all": len(STEPS)}


def _detail(erasure: Erasure, viewer: Viewer, now: datetime) -> str:
    if erasure.done_at is not None:
        return _("done %(at)s") % {"at": times.when(erasure.done_at, viewer.tz, now)}
    at_work = next((step.name for step in STEPS if step.name not in erasure.counts), "everywhere")
    if erasure.problem:
        return _("%(what)s: could not be done yet (%(problem)s), and is tried again") % {
            "what": STEP_WORDS[at_work],
            "problem": erasure.problem,
        }
    return str(STEP_WORDS[at_work])


def _who(erasure: Erasure) -> str:
    if erasure.again:
        return _("Again, after a restore")
    if erasure.by_key is not None:
        return erasure.by_key.name
    return (erasure.asked_by and (erasure.asked_by.user.name or erasure.asked_by.user.email)) or ""


def goes(seen: Preview) -> list[str]:
    """What goes, a line each."""
    said = [
        _("Their name, addresses, numbers, zone and language, level and family, and their id everywhere"),
        _("Their name, wherever else somebody wrote it"),
    ]
    if seen.words:
        consents = ngettext("%(n)d word about consent", "%(n)d words about consent", seen.words) % {
            "n": seen.words
        }
        forms = ngettext("with %(n)d form", "with %(n)d forms", seen.forms) % {"n": seen.forms}
        said.append(f"{consents}, {forms}" if seen.forms else consents)
    if seen.links:
        said.append(
            ngettext("%(n)d join link or device", "%(n)d join links and devices", seen.links)
            % {"n": seen.links}
        )
    if seen.cases:
        said.append(
            ngettext(
                "What was noted in %(n)d case about them",
                "What was noted in %(n)d cases about them",
                seen.cases,
            )
            % {"n": seen.cases}
        )
    if seen.signs_in:
        said.append(_("Their sign-in here, at once"))
    if seen.doubles:
        said.append(
            ngettext("%(n)d double that became theirs", "%(n)d doubles that became theirs", seen.doubles)
            % {"n": seen.doubles}
        )
    if seen.copies:
        said.append(
            ngettext("%(n)d copy of their data", "%(n)d copies of their data", seen.copies)
            % {"n": seen.copies}
        )
    if seen.to_come:
        said.append(
            ngettext(
                "Their place in %(n)d session to come; one with nobody else to learn is cancelled",
                "Their place in %(n)d sessions to come; those with nobody else to learn are cancelled",
                seen.to_come,
            )
            % {"n": seen.to_come}
        )
    return said


def stays(seen: Preview) -> list[str]:
    """What stays, a line each, with the reason."""
    said = [
        ngettext(
            "That somebody was in %(n)d session, and for how long: what is told of the others rests on it",
            "That somebody was in %(n)d sessions, and for how long: what is told of the others rests on it",
            seen.sessions,
        )
        % {"n": seen.sessions},
        _("Who did what, under an id without a name: the audit goes on to add up"),
        _("That an erasure was asked for, by whom and when"),
    ]
    if seen.wards:
        said.append(
            _("What they said for %(names)s, and its forms: it holds for them")
            % {"names": times.names([each.name for each in seen.wards], 9)}
        )
    return said


def notices(seen: Preview) -> list[tuple[str, list[tuple[str, str]]]]:
    """What to think of beforehand: words, and people to look at."""
    found = []
    if seen.left_alone:
        found.append(
            (
                _("Who answers for them, and for nobody else, is not erased with them:"),
                [(each.name, reverse("web:person", args=[each.pk])) for each in seen.left_alone],
            )
        )
    if seen.wards:
        found.append(
            (
                _("Nobody would answer for them any more:"),
                [(each.name, reverse("web:person", args=[each.pk])) for each in seen.wards],
            )
        )
    return found
