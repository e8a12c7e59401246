"""What every write to a case ends with: a line in its history, and word to whoever shows it."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from callboard.cases.models import Case, CaseEntry
from callboard.lib import clock, pubsub

_batch: ContextVar[str] = ContextVar("callboard_cases_batch", default="")


@contextmanager
def batch() -> Iterator[str]:
    """Lines written within it were done in one go; answers its name. Within another one it is that one."""
    name = _batch.get() or secrets.token_hex(8)
    token = _batch.set(name)
    try:
        yield name
    finally:
        _batch.reset(token)


def entry(
    case: Case,
    kind: str,
    *,
    actor: int | None = None,
    action: str = "",
    text: str = "",
    data: Mapping[str, Any] | None = None,
    before: Mapping[str, Any] | None = None,
) -> CaseEntry:
    """A line of the history, not yet saved."""
    return CaseEntry(
        organization_id=case.organization_id,
        case=case,
        at=clock.now(),
        kind=kind,
        actor_id=actor,
        action=action,
        text=text,
        data=dict(data or {}),
        before=None if before is None else dict(before),
        batch=_batch.get(),
    )


def touch(case: Case) -> None:
    """Count a change, in memory."""
    case.version += 1
    case.changed_at = clock.now()


def tell(cases: Iterable[Case]) -> None:
    """Say that these changed, once the transaction commits. Their sessions must be loaded or null."""
    pubsub.publish_many(
        "case",
        [
            {
                "id": case.pk,
                "version": case.version,
                "status": case.status,
                "session": case.session.key if case.session else None,
            }
            for case in cases
        ],
    )
