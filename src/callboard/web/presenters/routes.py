"""The rules that send cases to queues, each in a sentence, their form, and where an example would go."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from callboard.cases import registry
from callboard.cases.models import Queue, Route
from callboard.cases.operations import Placed
from callboard.cases.queries.deadlines import claim_minutes
from callboard.lib import integration
from callboard.sessions.models import Server, Session
from callboard.sessions.ports import providers
from callboard.web import words
from callboard.web.presenters.queues import SEVERITIES, Choice

SUGGESTED = 200

Values = Mapping[str, Any]


@dataclass(frozen=True)
class RouteRow:
    pk: int
    number: int
    text: str
    href: str
    first: bool
    last: bool


@dataclass(frozen=True)
class Form:
    """`subjects` and `regions` are lines of text; `known_…` what there is."""

    pk: int
    queues: list[Choice]
    kinds: list[Choice]
    severities: list[Choice]
    providers: list[Choice]
    subjects: str
    regions: str
    known_subjects: str
    known_regions: str
    errors: Mapping[str, str]


@dataclass(frozen=True)
class Example:
    """An example case as it was typed, and where it would go."""

    kinds: list[Choice]
    severities: list[Choice]
    providers: list[Choice]
    subject: str
    region: str
    subjects: list[str]
    regions: list[str]
    said: str


def rows(routes: Sequence[Route]) -> list[RouteRow]:
    return [
        RouteRow(
            each.pk,
            number,
            sentence(each),
            reverse("web:route", args=[each.pk]),
            number == 1,
            number == len(routes),
        )
        for number, each in enumerate(routes, start=1)
    ]


def sentence(route: Route) -> str:
    """ "Bad connection of Maths goes to Infrastructure; to be claimed within 5 min." """
    kinds = [words.kind(each) for each in route.kinds]
    said = {
        "what": ", ".join(kinds) or _("Every case"),
        "severity": _(" (%(names)s)") % {"names": _either(_severities(route.severities))}
        if route.severities
        else "",
        "subject": _(" of %(names)s") % {"names": _either(route.subjects)} if route.subjects else "",
        "region": _(" in %(names)s") % {"names": _either(route.regions)} if route.regions else "",
        "provider": _(" at %(names)s") % {"names": _either(map(provider, route.providers))}
        if route.providers
        else "",
        "queue": route.queue.name,
        "within": _within(route),
    }
    return (
        _(
            "%(what)s%(severity)s%(subject)s%(region)s%(provider)s: to %(queue)s, to be claimed within "
            "%(within)s."
        )
        % said
    )


def _within(route: Route) -> str:
    """The minutes to claim of what fits: one figure, or the least and the most."""
    urgent = route.severities or [registry.kind(kind).severity for kind in route.kinds] or list(SEVERITIES)
    minutes = sorted({claim_minutes(route.queue, each) for each in urgent})
    if len(minutes) == 1:
        return _("%(n)d min") % {"n": minutes[0]}
    return _("%(least)d to %(most)d min") % {"least": minutes[0], "most": minutes[-1]}


def _severities(names: Iterable[str]) -> list[str]:
    return [str(SEVERITIES[name]).lower() for name in names if name in SEVERITIES]


def _either(names: Iterable[str]) -> str:
    listed = list(names)
    if len(listed) < 2:
        return "".join(listed)
    return _("%(some)s or %(last)s") % {"some": ", ".join(listed[:-1]), "last": listed[-1]}


def provider(name: str) -> str:
    """A provider's title, or its name where nothing more is known of it."""
    known = integration.get(name)
    return str(known.title) if known is not None else name.capitalize()


def form(pk: int, said: Values, queues: Iterable[Queue], errors: Mapping[str, str]) -> Form:
    """`said`: the rule as it is kept, or as it was typed."""
    subjects, regions = known()
    return Form(
        pk,
        [Choice(each.slug, each.name, each.slug == said["queue"]) for each in queues],
        kinds(said["kinds"]),
        [Choice(name, str(text), name in said["severities"]) for name, text in SEVERITIES.items()],
        _providers(said["providers"]),
        "\n".join(said["subjects"]),
        "\n".join(said["regions"]),
        ", ".join(subjects[:12]),
        ", ".join(regions[:12]),
        errors,
    )


def example(asked: Mapping[str, str], placed: Placed | None) -> Example:
    subjects, regions = known()
    return Example(
        kinds([asked["kind"]]),
        [Choice(name, str(text), name == asked["severity"]) for name, text in SEVERITIES.items()],
        _providers([asked["provider"]]),
        asked["subject"],
        asked["region"],
        subjects,
        regions,
        "" if placed is None else _placed(placed),
    )


def _placed(placed: Placed) -> str:
    why = {
        "policy": _("the rule that raises it names this queue"),
        "route": _("by route %(n)d") % {"n": placed.route},
        "kind": _("no route fits, and the queue takes this kind"),
        "default": _("no route fits, and no queue takes this kind"),
    }[placed.by]
    said = {"queue": placed.queue.name, "meant": placed.meant.name, "why": why,
            "claim": placed.claim, "resolve": placed.resolve}  # fmt: skip
    if placed.queue.pk != placed.meant.pk:
        return (
            _(
                "To %(queue)s, which stands in for %(meant)s while that is closed (%(why)s): to be claimed "
                "within %(claim)d min, and resolved %(resolve)d min after that."
            )
            % said
        )
    return (
        _(
            "To %(queue)s (%(why)s): to be claimed within %(claim)d min, and resolved %(resolve)d min after "
            "that."
        )
        % said
    )


def kinds(chosen: Sequence[str]) -> list[Choice]:
    """The kinds of case by their titles."""
    titles = sorted((words.kind(each.name), each.name) for each in registry.kinds())
    return [Choice(name, title, name in chosen) for title, name in titles]


def _providers(chosen: Sequence[str]) -> list[Choice]:
    names = dict.fromkeys([*providers.names(), *(each for each in chosen if each)])
    return [Choice(name, provider(name), name in chosen) for name in names]


def known() -> tuple[list[str], list[str]]:
    """The subjects and regions that there are."""
    subjects = Session.objects.exclude(subject="").order_by("subject").values_list("subject", flat=True)
    regions = Server.objects.exclude(region="").order_by("region").values_list("region", flat=True)
    return list(subjects.distinct()[:SUGGESTED]), list(regions.distinct()[:SUGGESTED])
