"""What `callboard import` says at its end: what is wrong, what was left as it is, and what was done."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import click

SHOWN = 20
"""Lines of each sort told in words; --json tells all that are kept."""

COUNTED = {
    "rows": ("row", "rows"),
    "added": ("added", "added"),
    "changed": ("changed", "changed"),
    "same": ("as it is here", "as they are here"),
    "left_out": ("wrong row left out", "wrong rows left out"),
    "students_added": ("new student", "new students"),
    "instructors_added": ("new instructor", "new instructors"),
    "guardians_added": ("new guardian", "new guardians"),
    "sessions_added": ("new session", "new sessions"),
    "moved": ("moved", "moved"),
    "cancelled": ("called off", "called off"),
    "families": ("guardian linked", "guardians linked"),
    "consents": ("consent noted", "consents noted"),
    "ignored": ("entry passed over", "entries passed over"),
}


def tell(row: Any, file: str, *, refused: bool, as_json: bool) -> None:
    """`refused`: it was to be written, and was not, since some of it is wrong."""
    if as_json:
        print(json.dumps(_document(row), ensure_ascii=False))
        return
    samples = row.found["samples"]
    _say([_fault(each, file) for each in row.faults], row.fault_count)
    left = samples.get("left", [])
    _say([f"{file}:{each['line']}: {each['name']}: {each['about']}" for each in left], len(left))
    for each in samples.get("unknown", []):
        click.echo(
            f"{file}: nobody here has {each['address']}, in {each['events']} of its events: "
            f"--person {each['address']}=WHO, or =- for nobody",
            err=True,
        )
    unread = [heading for heading, field in _columns(row) if not field]
    if unread:
        click.echo(f"{file}: columns that are not read: {', '.join(unread)}", err=True)
    words = ", ".join(_counted(row.found["counts"])) or "nothing"
    if row.status == "done":
        print(f"Brought in: {words}")
    elif refused:
        print(
            "Nothing was written. Put right what is wrong, or leave those rows out with --skip: "
            f"then it would be: {words}"
        )
    else:
        print(f"Nothing was written. It would be: {words}")


def _document(row: Any) -> dict[str, Any]:
    return {
        "status": row.status,
        "counts": row.found["counts"],
        "faults": row.faults,
        "fault_count": row.fault_count,
        "columns": dict(_columns(row)),
        "samples": row.found["samples"],
    }


def _columns(row: Any) -> list[tuple[str, str]]:
    return list(zip(row.shown.get("header", []), row.choices.get("columns", []), strict=False))


def _say(lines: list[str], count: int) -> None:
    for line in lines[:SHOWN]:
        click.echo(line, err=True)
    if count > SHOWN:
        click.echo(f"and {count - SHOWN} more", err=True)


def _fault(fault: Mapping[str, Any], file: str) -> str:
    parts = [f"{fault['file'] or file}:{fault['line']}", fault["column"]]
    if fault["value"]:
        parts.append(f"“{fault['value']}”")
    return ": ".join([*(part for part in parts if part), fault["text"]])


def _counted(counts: Mapping[str, int]) -> Iterator[str]:
    for name, (one, many) in COUNTED.items():
        if counts.get(name):
            yield f"{counts[name]:,} {one if counts[name] == 1 else many}"
