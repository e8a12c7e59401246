"""What was asked of rooms and people, and what became of it: asked, then confirmed or failed, on evidence.

One row in the session's own list, and where it was asked from a case, that case's line of history with it.
Saying the same twice is saying it once; a late confirmation counts, also after it was thought to have failed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from callboard.cases import operations as cases
from callboard.lib import clock, pubsub
from callboard.lib.tenancy import organization_scope
from callboard.sessions.models import Deed, DeedState, Session

WORDS = 300


def write(
    session: Session,
    name: str,
    *,
    usual_s: int,
    member: int | None = None,
    entry: int = 0,
    text: str = "",
    data: Mapping[str, Any] | None = None,
) -> Deed:
    """Write down that it was asked for. Needs an open transaction in the organization's scope."""
    deed = Deed.objects.create(
        session=session,
        name=name,
        usual_s=usual_s,
        member_id=member,
        entry=entry,
        text=text,
        data=dict(data or {}),
    )
    _tell(deed)
    return deed


def note(deed_id: int, **data: Any) -> None:
    """Keep ids and figures with it. Needs an open transaction in the organization's scope."""
    deed = Deed.objects.select_for_update().filter(pk=deed_id).first()
    if deed is not None:
        deed.data = {**deed.data, **data}
        deed.save(update_fields=["data"])


def confirm(
    deed_id: int, *, words: str = "", at: datetime | None = None, evidence: Sequence[str] = ()
) -> bool:
    """It has come true. Needs an open transaction in the organization's scope. False: nothing is new."""
    return _settle(deed_id, DeedState.CONFIRMED, words, at, evidence)


def fail(deed_id: int, words: str, *, evidence: Sequence[str] = ()) -> bool:
    """It did not come about; `words` say what happened and what has changed. As `confirm`."""
    return _settle(deed_id, DeedState.FAILED, words, None, evidence)


def confirmed(organization: int, deed_id: int, words: str = "") -> None:
    """The same from outside a transaction."""
    with organization_scope(organization):
        confirm(deed_id, words=words)


def failed(organization: int, deed_id: int, words: str) -> None:
    """The same from outside a transaction."""
    with organization_scope(organization):
        fail(deed_id, words)


def _settle(deed_id: int, state: DeedState, words: str, at: datetime | None, evidence: Sequence[str]) -> bool:
    # The case before its session's rows, as everybody who works a case locks them.
    entry = Deed.objects.filter(pk=deed_id).values_list("entry", flat=True).first()
    moment = at or clock.now()
    if entry and state == DeedState.CONFIRMED:
        cases.confirm(entry, at=moment, evidence=evidence, data={"said": words} if words else None)
    elif entry:
        cases.fail(entry, words, at=moment, evidence=evidence)
    deed = Deed.objects.select_for_update().select_related("session").filter(pk=deed_id).first()
    if deed is None or deed.state in (state, DeedState.CONFIRMED):
        return False
    deed.state, deed.settled_at, deed.words = state, moment, words[:WORDS]
    deed.evidence = list(evidence)
    deed.save(update_fields=["state", "settled_at", "words", "evidence"])
    _tell(deed)
    return True


def _tell(deed: Deed) -> None:
    pubsub.publish("session", key=deed.session.key, status=deed.session.status)
