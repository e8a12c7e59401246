"""Mail about entering a session: the link, and the code that confirms a device.

Over Django's own mail, in the words and the time of who reads it. A person without an address of their own is
written to at the addresses of whoever answers for them.
"""

from __future__ import annotations

import logging
import smtplib
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.utils import translation
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _

from callboard.lib.errors import CallboardError, Conflict
from callboard.people import queries as people
from callboard.people.models import Organization, Person
from callboard.sessions.models import Session

log = logging.getLogger(__name__)


class NotSent(CallboardError):
    """The mail server did not take it; it can be tried again, or the link copied."""

    code = "not_sent"
    status = 503
    message = _("The mail could not be handed over.")


@dataclass(frozen=True)
class Letter:
    """Ready to be handed over, needing no database any more."""

    to: tuple[str, ...]
    subject: str
    text: str

    @property
    def masked(self) -> tuple[str, ...]:
        return tuple(masked(each) for each in self.to)


def addresses(person: Person) -> tuple[str, ...]:
    """Where a person is written to: their own address, else those of whoever answers for them."""
    if person.email:
        return (person.email,)
    return tuple(dict.fromkeys(each.email for each in people.guardians(person.pk) if each.email))


def masked(address: str) -> str:
    """As much of an address as its owner needs to know it again: "j…n@e…e.org"."""
    name, _at, host = address.partition("@")
    place, _dot, end = host.rpartition(".")
    return f"{_covered(name)}@{_covered(place)}.{end}" if place else f"{_covered(name)}@{_covered(host)}"


def _covered(word: str) -> str:
    return f"{word[:1]}…{word[-1:]}" if len(word) > 2 else f"{word[:1]}…"


def of_link(session: Session, person: Person, link: str) -> Letter:
    """Raises Conflict (`no_address`)."""
    organization = people.organization()
    begins = session.starts_at.astimezone(ZoneInfo(person.zone or organization.zone))
    with translation.override(person.locale or organization.locale):
        subject = _("Your link to %(session)s") % {"session": session.title}
        text = _(
            "%(session)s begins %(day)s at %(time)s (%(zone)s).\n\n"
            "This link leads %(person)s to where it takes place, this time and every time:\n%(link)s\n\n"
            "It is for %(person)s alone. If it does not work, answer to %(organization)s."
        ) % {
            "session": session.title,
            "day": format_date(begins, "l j F"),
            "time": begins.strftime("%H:%M"),
            "zone": (person.zone or organization.zone).rsplit("/", 1)[-1].replace("_", " "),
            "person": person.name,
            "link": link,
            "organization": organization.name,
        }
    return Letter(_reachable(person), subject, text)


def of_code(person: Person, code: str, organization: Organization, minutes: int) -> Letter:
    """Raises Conflict (`no_address`)."""
    with translation.override(person.locale or organization.locale):
        subject = _("%(code)s is your code for %(organization)s") % {
            "code": code,
            "organization": organization.name,
        }
        text = _(
            "%(code)s\n\nType this code on the page that asked for it. It is good for %(minutes)d minutes, "
            "and that device is known from then on. Nobody from %(organization)s will ask for it. If you did "
            "not ask for it, let it be."
        ) % {"code": code, "minutes": minutes, "organization": organization.name}
    return Letter(_reachable(person), subject, text)


def hand_over(letter: Letter) -> None:
    """Give it to the mail server, each addressee a mail of their own. Raises NotSent where none was taken."""
    mails = [EmailMessage(letter.subject, letter.text, None, [each]) for each in letter.to]
    try:
        with get_connection() as connection:
            taken = connection.send_messages(mails) or 0
    except (OSError, smtplib.SMTPException, ValueError) as error:  # the last: what no mail can be written to
        log.warning("a letter could not be handed over: %s", type(error).__name__)
        raise NotSent from error
    if not taken:
        raise NotSent


def hand_over_later(letter: Letter) -> None:
    """Once the open transaction is committed; that it was not taken is said in the log alone."""

    def later() -> None:  # named, since Django's word of its failure asks for a name
        hand_over(letter)

    transaction.on_commit(later, robust=True)


def _reachable(person: Person) -> tuple[str, ...]:
    found = addresses(person)
    if not found:
        raise Conflict(_("No mail address is known for them."), code="no_address")
    return found
