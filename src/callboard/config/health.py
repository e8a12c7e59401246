"""Checks of the deployment: the schema, room on the disk, where recordings are kept, mail."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.core import mail
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from callboard.config import schema
from callboard.lib import environment, ids, stages, store
from callboard.lib.health import Check, Finding, bad, ok, warn
from callboard.lib.postgres.provision import default_data_dir

DISK_SEEN = 5 << 30  # bytes
DISK_BAD = 1 << 30
TRIED = "doctor"
"""Under this name a file is tried."""

MAIL_ANSWERS_WITHIN = 5  # seconds
SMTP = "django.core.mail.backends.smtp.EmailBackend"


def all_checks() -> tuple[Check, ...]:
    return (
        Check(name="settings", title=lazy("Settings of the installation"), look=given),
        Check(name="schema", title=lazy("Schema"), look=migrations),
        Check(name="disk", title=lazy("Disk"), look=disk),
        Check(name="recordings", title=lazy("Where recordings are kept"), look=recordings),
        Check(name="mail", title=lazy("Mail"), look=letters),
    )


def given() -> Finding:
    """No setting is misspelt. An unsafe one would not have let us start."""
    unknown = environment.unknown()
    if unknown:
        return warn(
            _("Nobody reads %(names)s.") % {"names": ", ".join(unknown)},
            _("Most likely misspelt: see docs/reference/settings.md."),
        )
    return ok(_("Callboard may start with them."))


def migrations() -> Finding:
    """The database has every migration of this version."""
    lacking = schema.lacking(stages.BEFORE)
    if lacking:
        words = ngettext(
            "%(count)s migration is to be applied.", "%(count)s migrations are to be applied.", len(lacking)
        )
        return bad(words % {"count": len(lacking)}, _("Run callboard migrate."))
    waiting = schema.lacking(stages.AFTER)
    if waiting:
        words = ngettext(
            "%(count)s migration waits until no process of an older version runs.",
            "%(count)s migrations wait until no process of an older version runs.",
            len(waiting),
        )
        return warn(words % {"count": len(waiting)}, _("Once that is so, run callboard migrate."))
    return ok(_("It is this version's."))


def disk() -> Iterator[Finding]:
    """Room for the database, where it is embedded, and for recordings, where they are kept in a folder."""
    folders = {default_data_dir()}
    if not settings.RECORDINGS.startswith("s3://"):
        folders.add(Path(settings.RECORDINGS.removeprefix("file://")))
    for folder in sorted(folders):
        place = next(each for each in (folder.absolute(), *folder.absolute().parents) if each.exists())
        free = shutil.disk_usage(place).free
        words = _("%(free).1f GiB are free for %(folder)s.") % {"free": free / (1 << 30), "folder": folder}
        advice = _("Make room: PostgreSQL stops when its disk is full, and recordings are lost.")
        if free < DISK_SEEN:
            yield (bad if free < DISK_BAD else warn)(words, advice, subject=str(folder))
        else:
            yield ok(words, subject=str(folder))


def recordings() -> Finding:
    """A file can be kept there, read and deleted again: that one may list them says nothing of writing."""
    place = settings.RECORDINGS.partition("?")[0]
    content = ids.new("try").encode()
    name = f"{TRIED}/{content.decode()}"
    try:
        kept = store.recordings()
        kept.put(name, content)
        try:
            same = kept.read(name, 0, len(content)) == content
        finally:
            kept.delete(name)
    except store.StoreFailed as failure:
        advice = _("Set CALLBOARD_RECORDINGS to a folder that this account can write to.")
        if place.startswith("s3://"):
            advice = _(
                "Set CALLBOARD_RECORDINGS to the bucket and its endpoint, and the keys in AWS_ACCESS_KEY_ID "
                "and AWS_SECRET_ACCESS_KEY, which must be let read and write there."
            )
        return bad(f"{place}: {failure}.", advice)
    if not same:
        return bad(
            _("%(place)s gives back something else than was kept.") % {"place": place},
            _("Look at that store: files kept there are not safe."),
        )
    return ok(_("%(place)s keeps a file, gives it back and deletes it.") % {"place": place})


def letters() -> Finding:
    """The mail server lets us in. No letter is sent."""
    if settings.EMAIL_BACKEND != SMTP:
        return warn(
            _("Letters are not sent; they are printed in the log."),
            _("Set CALLBOARD_MAIL_HOST to a mail server, and CALLBOARD_MAIL_FROM to your address."),
        )
    place = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
    server = mail.get_connection(fail_silently=False, timeout=MAIL_ANSWERS_WITHIN)
    try:
        server.open()
        server.close()
    except Exception as error:
        return bad(
            _("%(place)s does not let us in: %(error)s.") % {"place": place, "error": type(error).__name__},
            _("See the settings CALLBOARD_MAIL_…, and whether a firewall is in the way."),
        )
    return ok(_("%(place)s lets us in.") % {"place": place})
