"""What `callboard doctor` looks at, for programs."""

from __future__ import annotations

from typing import Any

from ninja import Router, Schema

from callboard.api.guard import WAITS, Asked
from callboard.lib import health
from callboard.lib.health import Result

router = Router(tags=["Health"])


class HealthItem(Schema):
    """`state` is ok, warn or bad. `advice` says what to do, and is empty where all is well."""

    name: str
    title: str
    subject: str
    state: str
    text: str
    advice: str


class Health(Schema):
    """`passed`: nothing is bad."""

    passed: bool
    items: list[HealthItem]


@router.get("", response=Health, operation_id="get_health", url_name=WAITS)
def get_health(request: Asked) -> Any:
    """Look at the installation now. It may take some seconds, where something does not answer."""
    request.access.require("settings.manage")
    results = list(health.examine([request.access.organization]))
    return {"passed": all(each.ok for each in results), "items": [_item(each) for each in results]}


def _item(result: Result) -> dict[str, str]:
    found = result.finding
    return {
        "name": result.name,
        "title": result.title,
        "subject": found.subject,
        "state": found.state.value,
        "text": found.text,
        "advice": found.advice,
    }
