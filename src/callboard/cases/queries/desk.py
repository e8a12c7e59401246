"""What one has at one's desk: cases held, mentions, saved filters, hand-overs, colleagues."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from callboard.cases.models import Case, CaseStatus, HandOver, Mention, SavedFilter
from callboard.cases.queries.cases import cases
from callboard.people.access import Access
from callboard.people.models import Member

WORKING = ("admin", "coordinator")
"""Roles of people who work cases."""


def colleagues() -> list[tuple[int, str]]:
    """Members who work cases, by name: (id, name)."""
    rows = Member.objects.filter(role__in=WORKING, deactivated_at=None).order_by("user__name", "pk")
    return [(pk, name or email) for pk, name, email in rows.values_list("pk", "user__name", "user__email")]


def held_by(access: Access, member: int | None) -> QuerySet[Case]:
    """What a member has in hand, or has put to sleep, the next deadline first."""
    rows = cases(access).filter(owner_id=member, over_at=None).exclude(status=CaseStatus.OPEN)
    return rows.order_by("status", "resolve_by", "pk")


def mentions(access: Access) -> QuerySet[Mention]:
    """Where this member was named, latest first. None for a program."""
    access.require("cases.read")
    if access.member is None:
        return Mention.objects.none()
    return (
        Mention.objects.filter(member_id=access.member)
        .select_related("case__session", "case__person", "entry__actor__user")
        .order_by("-at", "-pk")
    )


def unread(access: Access) -> int:
    """How many mentions are new to them."""
    return Mention.objects.filter(member_id=access.member, read_at=None).count() if access.member else 0


def filters(access: Access) -> QuerySet[SavedFilter]:
    """Their own and the shared ones, by name."""
    access.require("cases.read")
    rows = SavedFilter.objects.select_related("member__user")
    return rows.filter(Q(shared=True) | Q(member_id=access.member)).order_by("name", "pk")


def hand_overs(access: Access) -> QuerySet[HandOver]:
    """Latest first."""
    access.require("cases.read")
    return HandOver.objects.select_related("giver__user", "taker__user").order_by("-at", "-pk")
