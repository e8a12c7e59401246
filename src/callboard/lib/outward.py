"""Fetching from addresses that people type, without letting them reach what only this machine can.

The name is resolved here, every address that it has must be a public one, and the connection goes to the very
address that was looked at, so that a second answer of the name changes nothing. Redirects are followed by the
same rules. Bounds: https or http on their own ports, bytes, and seconds for the whole, looking names up
included.
"""

from __future__ import annotations

import contextvars
import ipaddress
import queue
import socket
import threading
import time
from urllib.parse import SplitResult, urljoin, urlsplit, urlunsplit

import httpx
from django.utils.translation import gettext as _

from callboard.lib.errors import Invalid

MOST_BYTES = 10 << 20
WITHIN_S = 20.0
OF_ONE_S = 10.0
"""Seconds for a connection, and between two pieces of what it brings."""

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
    answer: queue.SimpleQueue[bytes | Exception] = queue.SimpleQueue()
    # Looking a name up cannot be cut short, and a server may send its headers letter by letter: both are
    # waited for in a thread, which is left to itself when time is up, its connections closed.
    with httpx.Client(timeout=OF_ONE_S, trust_env=False, follow_redirects=False) as client:

        def work() -> None:
            try:
                answer.put(_fetched(client, url, until))
            except Exception as error:  # whatever it is, it is raised where somebody waits
                answer.put(error)

        # In a copy of the context, so that its words are in the language of whoever asked.
        threading.Thread(target=contextvars.copy_context().run, args=(work,), daemon=True).start()
        try:
            found = answer.get(timeout=max(0.0, until - time.monotonic()))
        except queue.Empty:
            raise _too_long() from None
    if isinstance(found, Exception):
        raise found
    return found


def _fetched(client: httpx.Client, url: str, until: float) -> bytes:
    for _hop in range(REDIRECTS + 1):
        if time.monotonic() > until:
            raise _too_long()
        response, content = _asked(client, url, until)
        if response.status_code in (301, 302, 303, 307, 308) and "location" in response.headers:
            try:
                url = urljoin(url, response.headers["location"])
            except ValueError as error:
                raise Unreachable(_("It leads to what is no web address.")) from error
            continue
        if response.status_code != 200:
            raise Unreachable(
                _("The server answers %(status)d instead of the file.") % {"status": response.status_code}
            )
        return content
    raise Unreachable(_("It leads from one address to another without end."))


def _asked(client: httpx.Client, url: str, until: float) -> tuple[httpx.Response, bytes]:
    """One request to a checked address, its body read within the bounds."""
    host, target = checked(url)
    try:
        # The connection goes to the number that was looked at; its certificate must be the name's.
        with client.stream(
            "GET", target, headers={"Host": host, "Accept": "text/calendar, text/csv, */*;q=0.5"},
            extensions={"sni_hostname": host},
        ) as response:  # fmt: skip
            content = b""
            for chunk in response.iter_bytes():
                content += chunk
                if len(content) > MOST_BYTES:
                    raise Unreachable(_("The file is larger than %(most)d MB.") % {"most": MOST_BYTES >> 20})
                if time.monotonic() > until:
                    raise _too_long()
            return response, content
    except (httpx.InvalidURL, UnicodeError) as error:
        raise Unreachable(_("This is no web address.")) from error
    except httpx.HTTPError as error:
        raise Unreachable(_("The server does not answer.")) from error


def _too_long() -> Unreachable:
    return Unreachable(_("The server takes too long."))


def parts(url: str) -> SplitResult:
    """Of a web address that can be asked, its scheme http or https. Looks nothing up. Raises Unreachable."""
    try:
        found = urlsplit(url.strip())
        scheme, port = found.scheme.lower().replace("webcal", "https"), found.port
        host = (found.hostname or "").encode("idna").decode() if found.hostname else ""
    except ValueError as error:  # of which what IDNA refuses is one
        raise Unreachable(_("This is no web address.")) from error
    if scheme not in PORTS or not host or found.username or found.password or not url.strip().isprintable():
        raise Unreachable(_("This is no web address that can be fetched: it begins with https://."))
    if port not in (None, PORTS[scheme]):
        raise Unreachable(_("Only the usual ports of the web are asked."))
    return found._replace(scheme=scheme, netloc=f"[{host}]" if ":" in host else host)


def checked(url: str) -> tuple[str, str]:
    """The host, and the URL by the public address that it has. Raises Unreachable."""
    asked = parts(url)
    host = asked.hostname or ""
    try:
        found = socket.getaddrinfo(host, PORTS[asked.scheme], type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unreachable(_("There is no such server.")) from error
    addresses = [str(each[4][0]).partition("%")[0] for each in found]
    if not addresses or not all(is_public(each) for each in addresses):
        raise Unreachable(_("This address is not a public one."))
    first = addresses[0]
    netloc = f"[{first}]" if ":" in first else first
    return host, urlunsplit((asked.scheme, netloc, asked.path or "/", asked.query, ""))


def is_public(address: str) -> bool:
    """Whether anyone in the world could reach it: no private, local, link-local, shared or embedded one."""
    found = ipaddress.ip_address(address)
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return is_public(str(found.ipv4_mapped))
        if found.sixtofour is not None or found.teredo is not None or found in TRANSLATED:
            return False
    return found.is_global and not found.is_multicast
