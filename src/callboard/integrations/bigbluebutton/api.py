"""Asking a BigBlueButton server: signed addresses, and its XML answers, with failures in words."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlencode, urlsplit
from xml.etree.ElementTree import Element, ParseError

import httpx
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring
from django.utils.translation import gettext as _

from callboard.sessions.ports import ProviderFailed

PATIENCE: Final = 8.0  # seconds for one request
LONGEST: Final = 20_000_000  # bytes of an answer
NOT_THERE: Final = frozenset({"notFound", "invalidMeetingIdentifier", "noRecordings"})
REFUSED: Final = frozenset({"checksumError"})


class NotThere(ProviderFailed):
    """The meeting is not there (any more)."""


@dataclass(frozen=True)
class Address:
    """A server and the secret that it shares with us."""

    url: str
    secret: str = field(repr=False)

    @classmethod
    def of(cls, values: Mapping[str, str]) -> Address:
        """From a server's settings: its address with or without /bigbluebutton/api."""
        url = values.get("url", "").rstrip("/").removesuffix("/api").removesuffix("/bigbluebutton")
        return cls(f"{url}/bigbluebutton/api", values.get("secret", ""))

    def signed(self, call: str, parameters: Mapping[str, str]) -> str:
        """The address of a call, good for whoever has it."""
        query = urlencode(parameters)
        checksum = hashlib.sha256(f"{call}{query}{self.secret}".encode()).hexdigest()
        return f"{self.url}/{call}?{query}{'&' if query else ''}checksum={checksum}"


def ask(address: Address, call: str, **parameters: str) -> Element:
    """One call, and its answer. Raises ProviderFailed, NotThere."""
    if urlsplit(address.url).scheme not in {"http", "https"}:
        raise ProviderFailed(_("BigBlueButton cannot be asked at this address."))
    try:
        answer = httpx.get(address.signed(call, parameters), timeout=PATIENCE)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        words = _("BigBlueButton did not answer within %(seconds)d s.") % {"seconds": PATIENCE}
        raise ProviderFailed(words) from error
    if answer.status_code >= 400 or len(answer.content) > LONGEST:
        raise ProviderFailed(_("BigBlueButton answered %(code)s.") % {"code": answer.status_code})
    try:
        found: Element = fromstring(answer.content, forbid_dtd=True)
    except (ParseError, DefusedXmlException) as error:
        raise ProviderFailed(_("What answers there is no BigBlueButton.")) from error
    if text(found, "returncode") != "SUCCESS":
        raise _in_words(text(found, "messageKey"))
    return found


def _in_words(key: str) -> ProviderFailed:
    if key in NOT_THERE:
        return NotThere(_("BigBlueButton has no such meeting."))
    if key in REFUSED:
        return ProviderFailed(_("BigBlueButton does not take this secret."))
    return ProviderFailed(_("BigBlueButton answered “%(code)s”.") % {"code": key[:60] or "FAILED"})


def text(element: Element, name: str) -> str:
    """The text of a child; empty where there is none."""
    found = element.findtext(name)
    return "" if found is None else found.strip()


def is_true(element: Element, name: str) -> bool:
    return text(element, name) == "true"
