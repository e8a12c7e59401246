"""What the system does by itself in rooms, in versions with who and when."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from callboard.lib import pubsub
from callboard.lib.errors import Conflict, Invalid
from callboard.people.access import Access
from callboard.people.operations import changes
from callboard.sessions import queries, rules
from callboard.sessions.models import RoomPolicy


def save_care(access: Access, values: Mapping[str, bool]) -> dict[str, bool]:
    """Switch some of rules.CARE on or off; the others stay. Answers all of them.

    Raises Forbidden, Invalid for what there is not, Conflict (`changed_since`) where someone else was first.
    """
    access.require("settings.manage")
    unknown = [name for name in values if name not in rules.CARE]
    if unknown:
        raise Invalid(fields=dict.fromkeys(unknown, _("There is no such switch.")))
    former = queries.care()
    wanted = {**former, **values}
    if wanted == former:
        return former
    latest = RoomPolicy.objects.order_by("-version").values_list("version", flat=True).first() or 0
    try:
        with transaction.atomic():
            RoomPolicy.objects.create(version=latest + 1, values=wanted, created_by_id=access.user)
    except IntegrityError as error:
        raise Conflict(_("Someone else has just changed this."), code="changed_since") from error
    changes.note(changes.ROOMS, "", former, wanted, access)
    pubsub.publish("policy", name="rooms")
    return wanted
