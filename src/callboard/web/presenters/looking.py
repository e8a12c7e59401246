"""What is looked for in the queue: the fields to narrow it by, and the filters that were saved."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from callboard.cases import queries, registry
from callboard.cases.models import CaseStatus, SavedFilter, Severity
from callboard.cases.queries import Wanted
from callboard.web import words
from callboard.web.viewer import Viewer

Choice = tuple[str, str, bool]


@dataclass(frozen=True)
class Select:
    name: str
    label: str
    choices: list[Choice]


@dataclass(frozen=True)
class Looking:
    """`more` are parameters that no field shows; `here` and `name` of the saved filter that this is."""

    searching: bool
    q: str
    older: bool
    selects: list[Select]
    more: dict[str, str]
    query: dict[str, str]
    here: str
    name: str
    saved: int
    mine: bool


def looking(wanted: Wanted, viewer: Viewer, colleagues: list[tuple[int, str]], *, searching: bool) -> Looking:
    query = wanted.query()
    same = [kept for kept in queries.filters(viewer.access) if kept.query == query] if searching else []
    selects = _selects(wanted, colleagues)
    shown = {each.name for each in selects} | {"q", "older"}
    return Looking(
        searching=searching,
        q=wanted.q,
        older=bool(wanted.older),
        selects=selects,
        more={name: value for name, value in query.items() if name not in shown},
        query=query,
        here=f"filter-{same[0].pk}" if same else "",
        name=same[0].name if same else "",
        saved=same[0].pk if same else 0,
        mine=bool(same) and (same[0].member_id == viewer.member or viewer.is_admin),
    )


def _selects(wanted: Wanted, members: list[tuple[int, str]]) -> list[Select]:
    kinds = sorted((words.kind(kind.name), kind.name) for kind in registry.kinds())
    colleagues = [(str(pk), name) for pk, name in members]
    fields: list[tuple[str, str, list[tuple[str, str]]]] = [
        ("kind", _("Kind"), [(name, title) for title, name in kinds]),
        ("severity", _("Severity"), [(name, str(label)) for name, label in Severity.choices]),
        ("owner", _("Owner"), [("nobody", _("Nobody")), ("me", _("You")), *colleagues]),
        (
            "status",
            _("State"),
            [
                ("standing", _("Not over")),
                ("over", _("Over")),
                *((name, str(label)) for name, label in CaseStatus.choices),
            ],
        ),
    ]
    return [
        Select(
            name,
            label,
            [("", _("%(field)s: any") % {"field": label}, not getattr(wanted, name))]
            + [(value, text, value == getattr(wanted, name)) for value, text in choices],
        )
        for name, label, choices in fields
    ]


def link_of(kept: SavedFilter) -> str:
    return f"{reverse('web:queue')}?{urlencode(kept.query)}"


def outcomes() -> list[tuple[str, str]]:
    """How cases of most kinds can end."""
    return [(name, words.outcome(name)) for name in registry.USUAL_OUTCOMES]
