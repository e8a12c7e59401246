"""Outside links as the settings page draws them, and how the installation gets at them."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from callboard.integrations.outside.provider import CAPABILITIES, OutsideRooms, link_of
from callboard.lib.integration import Integration, IntegrationFailed, Setting, register
from callboard.sessions.ports import providers

NAME = "link"


def _test(values: Mapping[str, str]) -> str:
    """There is nobody to ask: only the link's shape is checked."""
    link = link_of(values, "example")
    if urlsplit(link).scheme not in {"http", "https"} or not urlsplit(link).netloc:
        raise IntegrationFailed(_("This is no link that a browser could follow."))
    return _("People will be led to %(link)s. Whether it works, only trying it tells.") % {"link": link}


INTEGRATION = Integration(
    name=NAME,
    title=gettext_lazy("A link to anywhere"),
    does=gettext_lazy("Leads people to rooms that tell Callboard nothing: Zoom, Meet, Jitsi."),
    settings=(
        Setting(
            name="link",
            label=gettext_lazy("Link"),
            kind="url",
            help=gettext_lazy(
                "Such as https://meet.example.org/{session}; the session’s own name takes that place."  # noqa: RUF001
            ),
        ),
    ),
    capabilities=CAPABILITIES,
    test=_test,
    docs="how-to/write-an-adapter.md",
)


def declare() -> None:
    """Make outside links known to the installation. Called by wiring; again changes nothing."""
    register(INTEGRATION)
    providers.register_kind(NAME, CAPABILITIES, OutsideRooms)
