"""What whoever is let into a session gets along: leave to report on themselves there, and on nobody else.

A pass is signed at the door for one participant of one session, and is not looked up in the database. With it
come connection reports, engagement and when they spoke; never words, and never who joins and leaves. The ids
of such events begin with the participant's own mark, so that nobody can take the id of another's evidence.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from callboard.lib import signing
from callboard.lib.errors import Unauthorized
from callboard.live.engine.events import Rejected
from callboard.live.ingest import limits
from callboard.live.ingest.reading import Item

PURPOSE = "report"
KINDS = frozenset({"connection.report", "engagement", "speech"})


@dataclass(frozen=True)
class Pass:
    """That whoever holds it may report on `participant` in `session`."""

    organization: int
    session: str
    participant: str

    @property
    def mark(self) -> str:
        """What the ids of its events begin with."""
        return mark(self.participant)

    def only_own(self, items: Sequence[Item]) -> list[Item]:
        """The same in the same places, refused where they are not theirs to send."""
        return [self._judged(index, item) for index, item in enumerate(items)]

    def _judged(self, index: int, item: Item) -> Item:
        if isinstance(item, Rejected):
            return item
        if item.session != self.session or item.participant != self.participant:
            return Rejected(index, item.id, "not_yours", "this pass is for one participant of one session")
        if item.kind not in KINDS:
            return Rejected(index, item.id, "kind_forbidden", f"a pass does not send {item.kind}")
        if not item.id.startswith(self.mark):
            return Rejected(index, item.id, "id_foreign", f"ids sent with this pass begin with {self.mark}")
        return item


def mark(participant: str) -> str:
    return f"own-{participant}-"


def issue(organization: int, session: str, participant: str, until: datetime) -> str:
    """A pass, good until a moment. Names lie in it as hexadecimal, since a token's values have no colon."""
    return signing.sign_until(
        PURPOSE, until, organization, session.encode().hex(), participant.encode().hex()
    )


def read(token: str) -> Pass:
    """Raises Unauthorized for one that is none, or good no more."""
    try:
        organization, session, participant = signing.read_until(PURPOSE, token)
        return Pass(int(organization), bytes.fromhex(session).decode(), bytes.fromhex(participant).decode())
    except ValueError:  # BadToken is one
        raise Unauthorized from None


class Allowance:
    """How much each pass has sent lately."""

    def __init__(self) -> None:
        self._sent: dict[Pass, int] = {}
        self._since = 0.0

    def takes(self, sender: Pass, count: int) -> bool:
        """Whether so many more may come with this pass; they are counted if so."""
        now = time.monotonic()
        if now - self._since >= limits.PASS_WINDOW_S:
            self._sent.clear()
            self._since = now
        sent = self._sent.get(sender, 0) + count
        if sent > limits.PASS_EVENTS:
            return False
        self._sent[sender] = sent
        return True
