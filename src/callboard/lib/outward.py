"""Fetching from addresses that people type, without letting them reach what only this machine can.

The name is resolved here, every address that it has must be a public one, and the connection goes to the very
address that was looked at, so that a second answer of the name changes nothing. Redirects are followed by the
same rules. Bounds: https or http on their own ports, bytes, and seconds for the whole.
"""

from __future__ import annotations

import ipaddress
import socket
import time
from urllib.parse import urljoin, urlsplit, urlunsplit

import httpx
from django.utils.translation import gettext as _

from callboard.lib.errors import Invalid

MOST_BYTES = 10 << 20
WITHIN_S = 20.0
REDIRECTS = 3
PORTS = {"http": 80, "https": 443}
TRANSLATED = ipaddress.ip_network("64:ff9b::/96")
"""Addresses of IPv4 in the clothes of IPv6, which a gateway would undress."""


class Unreachable(Invalid):
    """It cannot be fetched, or must not be; the words say which."""

    code = "unreachable"

    def __init__(self, message: str) -> None:
        super().__init__(message, fields={"url": message})


def fetch(url: str) -> bytes:
    """What lies at a public address. Blocks for WITHIN_S at most: no transaction may be open.

    Raises Unreachable.
    """
    until = time.monotonic() + WITHIN_S
    for _hop in range(REDIRECTS + 1):
        with _opened(url, until) as (response, content):
            if response.status_code in (301, 302, 303, 307, 308) and "location" in response.headers:
                url = urljoin(url, response.headers["location"])
                continue
            if response.status_code != 200:
                raise Unreachable(
                    _("The server answers %(status)d instead of the file.") % {"status": response.status_code}
                )
            return content
    raise Unreachable(_("It leads from one address to another without end."))


class _opened:  # noqa: N801 - reads as a phrase
    """One request to a checked address, its body read within the bounds."""

    def __init__(self, url: str, until: float) -> None:
        self._url, self._until = url, until

    def __enter__(self) -> tuple[httpx.Response, bytes]:
        left = self._until - time.monotonic()
        if left <= 0:
            raise Unreachable(_("The server takes too long."))
        host, target = checked(self._url)
        self._client = httpx.Client(timeout=min(left, 10.0), trust_env=False, follow_redirects=False)
        try:
            # The connection goes to the number that was looked at; its certificate must be the name's.
            request = self._client.build_request(
                "GET", target, headers={"Host": host, "Accept": "text/calendar, text/csv, */*;q=0.5"},
                extensions={"sni_hostname": host.partition(":")[0]},
            )  # fmt: skip
            response = self._client.send(request, stream=True)
            content = b""
            for chunk in response.iter_bytes():
                content += chunk
                if len(content) > MOST_BYTES:
                    raise Unreachable(_("The file is larger than %(most)d MB.") % {"most": MOST_BYTES >> 20})
                if time.monotonic() > self._until:
                    raise Unreachable(_("The server takes too long."))
        except httpx.HTTPError as error:
            self._client.close()
            raise Unreachable(_("The server does not answer.")) from error
        except Unreachable:
            self._client.close()
            raise
        return response, content

    def __exit__(self, *_: object) -> None:
        self._client.close()


def checked(url: str) -> tuple[str, str]:
    """The host, and the URL by the public address that it has. Raises Unreachable."""
    parts = urlsplit(url.strip())
    try:
        scheme, port = parts.scheme.lower().replace("webcal", "https"), parts.port
    except ValueError as error:
        raise Unreachable(_("This is no web address.")) from error
    if scheme not in PORTS or not parts.hostname or parts.username or parts.password:
        raise Unreachable(_("This is no web address that can be fetched: it begins with https://."))
    if port not in (None, PORTS[scheme]):
        raise Unreachable(_("Only the usual ports of the web are asked."))
    try:
        found = socket.getaddrinfo(parts.hostname, PORTS[scheme], type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unreachable(_("There is no such server.")) from error
    addresses = [str(each[4][0]).partition("%")[0] for each in found]
    if not addresses or not all(is_public(each) for each in addresses):
        raise Unreachable(_("This address is not a public one."))
    first = addresses[0]
    netloc = f"[{first}]" if ":" in first else first
    target = urlunsplit((scheme, netloc, parts.path or "/", parts.query, ""))
    host = parts.hostname if parts.hostname.isascii() else parts.hostname.encode("idna").decode()
    return host, target


def is_public(address: str) -> bool:
    """Whether anyone in the world could reach it: no private, local, link-local, shared or embedded one."""
    found = ipaddress.ip_address(address)
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return is_public(str(found.ipv4_mapped))
        if found.sixtofour is not None or found.teredo is not None or found in TRANSLATED:
            return False
    return found.is_global and not found.is_multicast
