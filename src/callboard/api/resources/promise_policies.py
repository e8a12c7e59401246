"""Which promises are made of whom, in versions. When those are due that the engine judges, the rules say."""

from __future__ import annotations

from typing import Any

from ninja import Field, Query, Router, Schema, Status

from callboard.api.guard import Asked
from callboard.api.shapes import policies
from callboard.expectations import operations, queries, registry
from callboard.expectations import policy as promising

router = Router(tags=["Promises"])


class PromisedItem(Schema):
    """`minutes` after the session's `anchor` (negative: before it). `judged_by` "rules": the thresholds of
    the live rules say when it is late, and `minutes` are the usual ones; "minutes": these do."""

    kind: str
    title: str
    enabled: bool
    about: str
    anchor: str
    minutes: float
    judged_by: str


class PromisedList(Schema):
    items: list[PromisedItem]


class PromisesIn(Schema):
    """All that the target says of its own: by kind {"enabled": bool, "minutes": number}. {} takes back what
    it said. `expected`: the target's version that the change was made to, 0 for none."""

    scope: policies.Scope = "organization"
    target: str = Field("", max_length=100)
    values: dict[str, Any] = Field(default_factory=dict)
    expected: int | None = Field(None, ge=0, le=2**31 - 1)


@router.get("", response=PromisedList, operation_id="list_promised")
def list_promised(request: Asked, wanted: Query[policies.For]) -> Any:
    """What is promised of the organization's sessions, or of a subject's, or of one."""
    request.access.require("sessions.read")
    policy = queries.policy(*wanted.target())
    return {
        "items": [
            {
                "kind": kind.name,
                "title": str(kind.title),
                "enabled": promising.enabled(kind.name, policy),
                "about": kind.about,
                "anchor": kind.anchor,
                "minutes": promising.minutes(kind, policy),
                "judged_by": "rules" if kind.live else "minutes",
            }
            for kind in registry.kinds().values()
        ]
    }


@router.get("/versions", response=policies.PolicyPage, operation_id="list_promise_versions")
def list_versions(request: Asked, wanted: Query[policies.VersionsOf]) -> Any:
    """What was said of promises, with who and when, the newest first."""
    request.access.require("sessions.read")
    return policies.version_page(queries.VERSIONS, wanted)


@router.post("/versions", response={201: policies.PolicyItem}, operation_id="set_promises")
def set_promises(request: Asked, given: PromisesIn) -> Any:
    """Promise this of what has not begun. 409 `policy_changed` where `expected` is no longer the target's
    version."""
    request.access.require("settings.manage")
    made = operations.set_policy(
        given.values,
        request.access,
        scope=given.scope,
        target=given.target,
        expected=given.expected,
    )
    return Status(201, policies.policy_item(made))


@router.post(
    "/versions/{int:version}/restore", response={201: policies.PolicyItem}, operation_id="restore_promises"
)
def restore(request: Asked, version: int) -> Any:
    """Put an earlier version in force again, as a new one."""
    request.access.require("settings.manage")
    return Status(201, policies.policy_item(operations.restore_policy(version, request.access)))
