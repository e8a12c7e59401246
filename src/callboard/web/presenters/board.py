"""The queue as it is drawn: groups of strips, soonest deadline first, and the sums above them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from callboard.web.presenters import incident
from callboard.web.presenters.queue import strip
from callboard.web.reads.queue import GROUPS, Waiting, group
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
    """`groups` are (key, title, strips, how many are not over, drawn or not), without empty ones; `cleared`
    folded away. `more` are not drawn yet; `keys` tells all that stand apart, drawn or not.
    """

    groups: list[tuple[str, str, list[Strip], int]]
    cleared: list[Strip]
    sums: Sums
    total: int
    empty: bool
    more: int
    keys: str


def board(waiting: Waiting, viewer: Viewer, now: datetime, link: str, *, searching: bool = False) -> Board:
    """`link` is the queue's address with its filters, to which a strip adds itself."""
    together = [incident.strip(one, held, viewer, now, link) for one, held in waiting.incidents]
    strips = [strip(case, waiting, viewer, now, link) for case in (*waiting.cases, *waiting.over)] + together
    by_group: dict[str, list[Strip]] = {name: [] for name in GROUPS}
    for each in strips:
        by_group[each.group].append(each)
    for lie in by_group.values():
        lie.sort(key=lambda each: each.order)
    titles = {"nobody": _("Nobody has these"), "yours": _("Yours"), "others": _("With others")}
    standing = [(group(each.owner_id, viewer.member), each.severity) for each in waiting.standing]
    standing += [(each.group, each.severity) for each in together]
    by_severity = Counter(severity for name, severity in standing if name != "others")
    lying = Counter(name for name, _severity in standing)
    sums = Sums(
        now=by_severity["now"],
        soon=by_severity["soon"],
        watch=by_severity["watch"],
        others=lying["others"],
    )
    return Board(
        groups=[(key, titles[key], found, lying[key]) for key, found in by_group.items() if found],
        cleared=[strip(case, waiting, viewer, now, link) for case in waiting.cleared],
        sums=sums,
        total=lying["nobody"],
        empty=not strips and not (waiting.cleared and searching),
        more=len(waiting.standing) - len(waiting.cases),
        keys=" ".join([*(str(each.pk) for each in waiting.standing), *(each.key for each in together)]),
    )
