"""Whether the installation may start the way its environment has it; if not, what to change.

Strict where others than this machine are answered, which is what `CALLBOARD_BASE_URL` says. Asked before the
database is touched, and by the settings themselves, so that no other way of starting slips past.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from urllib.parse import SplitResult, urlsplit

from callboard.lib import tracing
from callboard.lib.environment import BadEnvironment, truth, whole

LOCAL_URL = "http://localhost:8000"
LOCAL_HOSTS = ("localhost", "127.0.0.1", "[::1]")
SHORTEST_KEY = 32
FEWEST_LETTERS = 8
"""Different characters of a key: one of fewer was typed, and not drawn."""

WELL_KNOWN = ("changeme", "change-me", "change_me", "secret-key", "secretkey", "django-insecure", "example")
FLAGS = ("CALLBOARD_DEBUG", "CALLBOARD_INSECURE_HTTP", "CALLBOARD_MAIL_TLS")


def problems(environment: Mapping[str, str], *, key_needed: bool = False) -> list[str]:
    """Each a sentence of what is wrong and what to do. `key_needed`: nobody will make one from now on."""
    base = base_url(environment)
    if base.scheme not in {"http", "https"} or not base.hostname:
        return [
            f"CALLBOARD_BASE_URL is {environment.get('CALLBOARD_BASE_URL')!r}: give the address that people "
            "type, such as https://callboard.example.org."
        ]
    unreadable = list(_unreadable(environment))
    if unreadable:
        return unreadable
    traces = [f"{tracing.MISSING}."] if tracing.wanted(environment) and not tracing.can_send() else []
    return [*_hosts(environment, base), *_for_others(environment, base, key_needed=key_needed), *traces]


def base_url(environment: Mapping[str, str]) -> SplitResult:
    return urlsplit(environment.get("CALLBOARD_BASE_URL") or LOCAL_URL)


def is_local(host: str) -> bool:
    """Whether a host name is this very machine's alone."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def hosts(environment: Mapping[str, str]) -> list[str]:
    """The host names that are answered: this machine's own always, since it asks itself how it does."""
    said = [host.strip() for host in environment.get("CALLBOARD_HOSTS", "").split(",") if host.strip()]
    if not said:
        host = base_url(environment).hostname or ""
        said = [f"[{host}]" if ":" in host else host]
    return list(dict.fromkeys([*said, *LOCAL_HOSTS]))


def origins(environment: Mapping[str, str]) -> list[str]:
    """The origins from which forms are taken."""
    said = [each.strip() for each in environment.get("CALLBOARD_ORIGINS", "").split(",") if each.strip()]
    base = base_url(environment)
    return said or [f"{base.scheme}://{base.netloc}"]


def proxies(environment: Mapping[str, str]) -> int:
    """How many proxies stand in front. Callboard speaks no TLS itself, so https: means at least one.

    Raises BadEnvironment.
    """
    unsaid = int(base_url(environment).scheme == "https")
    return whole("CALLBOARD_TRUSTED_PROXIES", environment.get("CALLBOARD_TRUSTED_PROXIES", ""), unsaid)


def _unreadable(environment: Mapping[str, str]) -> Iterator[str]:
    looks: list[Callable[[], object]] = [partial(_on, environment, name) for name in FLAGS]
    looks.append(partial(proxies, environment))
    for look in looks:
        try:
            look()
        except BadEnvironment as error:
            yield str(error)


def _hosts(environment: Mapping[str, str], base: SplitResult) -> Iterator[str]:
    answered = hosts(environment)
    if "*" in answered:
        yield (
            "CALLBOARD_HOSTS has *: whoever makes up a host name could have links to their own site sent. "
            "Name the hosts, or leave it out: the host of CALLBOARD_BASE_URL is answered."
        )
    elif not any(_matches(each, base.hostname or "") for each in answered):
        yield (
            f"CALLBOARD_HOSTS lacks {base.hostname}, the host of CALLBOARD_BASE_URL: nobody would be "
            f"answered there. Add it, or leave CALLBOARD_HOSTS out."
        )


def _matches(pattern: str, host: str) -> bool:
    pattern = pattern.lower().strip("[]")
    return host == pattern or (pattern.startswith(".") and (host == pattern[1:] or host.endswith(pattern)))


def _for_others(environment: Mapping[str, str], base: SplitResult, *, key_needed: bool) -> Iterator[str]:
    if is_local(base.hostname or ""):
        return
    if base.scheme == "http" and not _on(environment, "CALLBOARD_INSECURE_HTTP"):
        yield (
            f"CALLBOARD_BASE_URL is {base.geturl()}, plain http: passwords and logins could be read on the "
            "way. Put a proxy that ends TLS in front (docs/how-to/run-it-for-real.md) and give its https: "
            "address; or, in a network that you trust wholly, set CALLBOARD_INSECURE_HTTP=1."
        )
    if base.scheme == "https" and not proxies(environment):
        yield (
            "CALLBOARD_BASE_URL is https: and CALLBOARD_TRUSTED_PROXIES is 0: every request would be taken "
            "for plain http. Say how many proxies stand in front, or leave it out: then it is 1."
        )
    if _on(environment, "CALLBOARD_DEBUG"):
        yield (
            "CALLBOARD_DEBUG is on: an error would show whoever meets it the settings and the source. "
            "Leave it out."
        )
    key = environment.get("CALLBOARD_SECRET_KEY", "")
    if key:
        yield from _key("CALLBOARD_SECRET_KEY", key)
    elif key_needed:
        yield (
            "CALLBOARD_SECRET_KEY is not given: each process would make up one of its own, and people would "
            "be signed out at every step. Start by the callboard command, which keeps one in the data "
            "folder, or give the same to all processes."
        )
    for former in environment.get("CALLBOARD_SECRET_KEY_FALLBACKS", "").split(","):
        if former:
            yield from _key("CALLBOARD_SECRET_KEY_FALLBACKS", former)


def _key(name: str, key: str) -> Iterator[str]:
    weak = len(key) < SHORTEST_KEY or len(set(key)) < FEWEST_LETTERS
    if weak or any(each in key.lower() for each in WELL_KNOWN):
        yield (
            f"{name} can be guessed: it is short, or one that stands in examples. Whoever knows it can sign "
            f"in as anybody. Draw one: openssl rand -base64 48."
        )


def _on(environment: Mapping[str, str], name: str) -> bool:
    return truth(name, environment.get(name, ""))
