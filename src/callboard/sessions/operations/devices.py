"""Devices that a person has confirmed by a code: from then on the join link alone lets them in from there.

1. A code of six digits is mailed; only its keyed hash is kept. It is good for ten minutes and five tries, and
   at most one goes out in half a minute and five in an hour, so that guessing leads nowhere.
2. Typed rightly, the browser gets a token of its own to keep, of which only the hash is kept here.
3. Devices are good until they are revoked.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

from django.utils.crypto import constant_time_compare, salted_hmac

from callboard.lib import clock
from callboard.lib.errors import Busy
from callboard.people import queries as people
from callboard.people.models import Person
from callboard.sessions.models import ConfirmedDevice, DeviceCode
from callboard.sessions.operations import letters

LIFETIME = timedelta(minutes=10)
ATTEMPTS = 5
BETWEEN = timedelta(seconds=30)
AN_HOUR = 5
SEEN_NOTED = timedelta(hours=1)
LABEL = 100


@dataclass(frozen=True)
class Tried:
    """What became of a code that was typed: a `token` for the browser, or how many tries are `left`."""

    token: str = ""
    left: int = 0


def send_code(person: Person) -> tuple[str, ...]:
    """Mail a person a fresh code once this transaction commits; answers the addresses, masked.

    Earlier codes are good no more. Raises Busy (`retry_after`) where too many were asked for, Conflict
    (`no_address`).
    """
    now = clock.now()
    Person.objects.select_for_update().get(pk=person.pk)
    recent = list(
        DeviceCode.objects.filter(person=person, created_at__gt=now - timedelta(hours=1)).order_by(
            "created_at"
        )
    )
    if recent and now - recent[-1].created_at < BETWEEN:
        raise Busy(retry_after=_seconds(recent[-1].created_at + BETWEEN - now))
    if len(recent) >= AN_HOUR:
        raise Busy(retry_after=_seconds(recent[0].created_at + timedelta(hours=1) - now))
    code = f"{secrets.randbelow(1_000_000):06d}"
    letter = letters.of_code(person, code, people.organization(), int(LIFETIME.total_seconds() // 60))
    DeviceCode.objects.filter(person=person, used_at=None, expires_at__gt=now).update(expires_at=now)
    DeviceCode.objects.create(person=person, code_hash=_hash(person, code), expires_at=now + LIFETIME)
    letters.hand_over_later(letter)
    return letter.masked


def is_waiting(person: Person) -> bool:
    """Whether a code was sent that can still be typed."""
    return _waiting(person) is not None


def confirm(person: Person, code: str, label: str = "") -> Tried:
    """Try a code. Raises nothing, so that the try is counted: the caller has to commit."""
    waiting = _waiting(person, lock=True)
    if waiting is None:
        return Tried()
    if not constant_time_compare(waiting.code_hash, _hash(person, code)):
        waiting.attempts += 1
        waiting.save(update_fields=["attempts"])
        return Tried(left=ATTEMPTS - waiting.attempts)
    waiting.used_at = clock.now()
    waiting.save(update_fields=["used_at"])
    return Tried(token=admit(person, label))


def admit(person: Person, label: str = "") -> str:
    """A further device of theirs: its token, for the browser to keep. For whoever is known to be they."""
    token = secrets.token_urlsafe(32)
    ConfirmedDevice.objects.create(person=person, token_hash=_kept(token), label=label[:LABEL])
    return token


def knows(person: Person, token: str) -> bool:
    """Whether a browser's token is one of a person's confirmed devices; notes that it was seen."""
    if not token:
        return False
    device = ConfirmedDevice.objects.filter(person=person, token_hash=_kept(token), revoked_at=None).first()
    if device is None:
        return False
    now = clock.now()
    if device.seen_at is None or now - device.seen_at > SEEN_NOTED:
        ConfirmedDevice.objects.filter(pk=device.pk).update(seen_at=now)
    return True


def of_person(person: int) -> list[ConfirmedDevice]:
    """Those in force, the latest first."""
    return list(ConfirmedDevice.objects.filter(person_id=person, revoked_at=None).order_by("-confirmed_at"))


def revoke(person: int, device: int | None = None) -> int:
    """Let one device of a person (or all) in no more; answers how many that were."""
    found = ConfirmedDevice.objects.filter(person_id=person, revoked_at=None)
    if device is not None:
        found = found.filter(pk=device)
    return found.update(revoked_at=clock.now())


def _waiting(person: Person, *, lock: bool = False) -> DeviceCode | None:
    rows = DeviceCode.objects.select_for_update() if lock else DeviceCode.objects.all()
    return (
        rows.filter(person=person, used_at=None, expires_at__gt=clock.now(), attempts__lt=ATTEMPTS)
        .order_by("-created_at")
        .first()
    )


def _hash(person: Person, code: str) -> str:
    # Six digits are soon guessed from a plain hash: this one needs the installation's key too.
    return salted_hmac("callboard.device-code", f"{person.pk}:{code}", algorithm="sha256").hexdigest()


def _kept(token: str) -> str:
    """What is kept of a browser's token: a plain hash will do, since it has 256 random bits."""
    return hashlib.sha256(token.encode()).hexdigest()


def _seconds(length: timedelta) -> int:
    return max(1, int(length.total_seconds()))
