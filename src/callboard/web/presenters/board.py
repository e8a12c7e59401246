"""The queue as it is drawn: groups of strips, soonest deadline first, and the sums above them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from callboard.web.presenters import incident
from callboard.web.presenters.queue import strip
from callboard.web.reads.queue import Waiting
from callboard.web.strips import Strip
from callboard.web.viewer import Viewer


@dataclass(frozen=True)
class Sums:
    now: int
    soon: int
    watch: int
    others: int


@dataclass(frozen=True)
class Board:
    """`groups` are (key, title, strips, how many are not over), without empty ones; `cleared` folded away."""

    groups: list[tuple[str, str, list[Strip], int]]
    cleared: list[Strip]
    sums: Sums
    total: int
    empty: bool


def board(waiting: Waiting, viewer: Viewer, now: datetime, link: str, *, searching: bool = False) -> Board:
    """`link` is the queue's address with its filters, to which a strip adds itself."""
    strips = [strip(case, waiting, viewer, now, link) for case in (*waiting.cases, *waiting.over)]
    strips += [incident.strip(one, held, viewer, now, link) for one, held in waiting.incidents]
    by_group: dict[str, list[Strip]] = {"nobody": [], "yours": [], "others": []}
    for each in strips:
        by_group[each.group].append(each)
    for group in by_group.values():
        group.sort(key=lambda each: each.order)
    titles = {"nobody": _("Nobody has these"), "yours": _("Yours"), "others": _("With others")}
    standing = [each for each in strips if each.state != "grey"]
    by_severity = Counter(each.severity for each in standing if each.group != "others")
    sums = Sums(
        now=by_severity["now"],
        soon=by_severity["soon"],
        watch=by_severity["watch"],
        others=sum(1 for each in standing if each.group == "others"),
    )
    return Board(
        groups=[
            (key, titles[key], found, sum(1 for each in found if each.due is not None))
            for key, found in by_group.items()
            if found
        ],
        cleared=[strip(case, waiting, viewer, now, link) for case in waiting.cleared],
        sums=sums,
        total=sum(1 for each in standing if each.group == "nobody"),
        empty=not strips and not (waiting.cleared and searching),
    )
