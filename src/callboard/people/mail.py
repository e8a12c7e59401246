"""Mail about signing in, over Django's own backend. Written in the words of who reads it."""

from __future__ import annotations

import logging
import smtplib

from django.core.mail import send_mail
from django.utils import translation
from django.utils.translation import gettext as _

log = logging.getLogger(__name__)


def send_invitation(email: str, link: str, organization: str, locale: str = "en") -> bool:
    """Send an invitation's link. False where it could not be handed over: the link can still be copied.

    Not within a transaction: the link goes out once the invitation is committed. There is no job for it,
    since a job's arguments are kept and the link must not be.
    """
    with translation.override(locale):
        subject = _("%(organization)s invites you to Callboard") % {"organization": organization}
        text = _(
            "%(organization)s uses Callboard for its live sessions, and invites you.\n\n"
            "Choose a password here, within seven days:\n%(link)s\n\n"
            "The link works once, and is yours alone. If you did not expect it, let it be."
        ) % {"organization": organization, "link": link}
    try:
        return send_mail(subject, text, None, [email]) == 1
    except (OSError, smtplib.SMTPException) as error:
        log.warning("an invitation could not be mailed: %s", type(error).__name__)
        return False
