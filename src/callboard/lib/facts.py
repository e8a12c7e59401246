"""What happened, told to whoever reacts: one job per subscriber, in the transaction of the change.

So neither can exist without the other. Facts are frozen dataclasses, named in the past tense, that hold
ids and times and no names. `workflows/reactions.py` is the one table of who reacts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec
from procrastinate.tasks import Task

from callboard.lib import jobs, tenancy


@dataclass(frozen=True, kw_only=True)
class Fact:
    """Base of all facts. `organization` is whose it is; where absent, the one in scope when published."""


F = TypeVar("F", bound=Fact)

_subscribers: dict[type[Fact], list[Task[Any, Any, Any]]] = defaultdict(list)


def subscribe(fact: type[Fact], task: Task[Any, Any, Any]) -> None:
    """Let a job run for each such fact: `task(organization: int, fact: dict)`. Twice is once."""
    if task not in _subscribers[fact]:
        _subscribers[fact].append(task)


def subscribers(fact: type[Fact]) -> tuple[Task[Any, Any, Any], ...]:
    return tuple(_subscribers[fact])


def publish(fact: Fact) -> None:
    """Write one job per subscriber. Needs the open transaction of the change, in an organization's scope."""
    organization = tenancy.current_organization()
    told = msgspec.to_builtins(fact)
    for task in _subscribers[type(fact)]:
        jobs.defer(task, organization=organization, fact=told)


def publish_many(some: Sequence[Fact]) -> None:
    """The same for many facts of one kind, in a statement per subscriber."""
    organization = tenancy.current_organization()
    told = [{"organization": organization, "fact": msgspec.to_builtins(fact)} for fact in some]
    for task in _subscribers[type(some[0])] if some else ():
        jobs.defer_many(task, told)


def read(kind: type[F], told: dict[str, Any]) -> F:
    """The fact as it was published, from what a job was given."""
    return msgspec.convert(told, kind)
