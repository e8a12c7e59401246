"""Erasures as the API takes and tells them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from ninja import Field, Schema

from callboard.people.erasure_models import Erasure
from callboard.workflows.erase_person import Preview


class EraseIn(Schema):
    """`name`: theirs, as it stands: so that nobody is erased by a mistaken id. `kept_recordings`: none, or
    groups, those that others were in too."""

    name: str = Field(max_length=200)
    kept_recordings: Literal["none", "groups"] = "none"


class ErasureItem(Schema):
    """`steps`: what each step that is done did, by its name. `late`: how often one could not be done yet, and
    `problem`, why. `again`: after a restore. No id of theirs: theirs is gone."""

    reference: str
    status: Literal["running", "done"]
    asked_at: datetime
    done_at: datetime | None
    asked_by: int | None
    kept_recordings: str
    steps: dict[str, int]
    late: int
    problem: str
    again: bool


class ErasureList(Schema):
    items: list[ErasureItem]


class ErasurePreview(Schema):
    """What erasing them would do, counted. `refusal`: why it cannot be done now, else empty."""

    refusal: str
    doubles: int
    signs_in: bool
    to_come: int
    sessions: int
    recordings: int
    group_recordings: int
    consents: int
    forms: int
    links: int
    copies: int
    cases: int
    left_alone: list[str]
    wards: list[str]


def erasure_item(erasure: Erasure) -> dict[str, Any]:
    return {
        "reference": erasure.reference,
        "status": erasure.status,
        "asked_at": erasure.asked_at,
        "done_at": erasure.done_at,
        "asked_by": erasure.asked_by_id,
        "kept_recordings": erasure.kept_recordings,
        "steps": erasure.counts,
        "late": erasure.late,
        "problem": erasure.problem,
        "again": erasure.again,
    }


def erasure_preview(seen: Preview) -> dict[str, Any]:
    return {
        "refusal": seen.refusal,
        "doubles": seen.doubles,
        "signs_in": seen.signs_in,
        "to_come": seen.to_come,
        "sessions": seen.sessions,
        "recordings": seen.recordings,
        "group_recordings": seen.group_recordings,
        "consents": seen.words,
        "forms": seen.forms,
        "links": seen.links,
        "copies": seen.copies,
        "cases": seen.cases,
        "left_alone": [each.key for each in seen.left_alone],
        "wards": [each.key for each in seen.wards],
    }
