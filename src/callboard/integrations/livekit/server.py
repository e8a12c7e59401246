"""Running a LiveKit server on this machine: its configuration, and when it answers.

One server, no Redis, media over one UDP port with TCP as the way out. It tells its clients of no STUN server
that there is: they reach the server where it says that it is, none is needed, and nobody else learns who
talks to it.
"""

from __future__ import annotations

import json
import os
import secrets
import socket
from dataclasses import dataclass, field
from pathlib import Path

from callboard.lib.processes import ready
from callboard.lib.processes.supervisor import Program

LOOPBACK = "127.0.0.1"
ANSWERS_WITHIN = 30.0  # seconds


@dataclass(frozen=True)
class Keys:
    """The pair with which Callboard signs requests and tokens, and the server its webhooks."""

    key: str
    secret: str = field(repr=False)


def new_keys() -> Keys:
    """A fresh pair, as long as LiveKit asks for (32 characters of secret at least)."""
    return Keys("API" + secrets.token_hex(6), secrets.token_urlsafe(36))


@dataclass(frozen=True)
class Place:
    """Where the server listens. `address` is the one that people's browsers reach; ports of its own."""

    port: int
    tcp_port: int
    udp_port: int
    address: str = LOOPBACK

    @property
    def url(self) -> str:
        """Where clients and Callboard connect."""
        return f"ws://{self.address}:{self.port}"

    @property
    def http(self) -> str:
        """The same, asked over HTTP."""
        return f"http://{self.address}:{self.port}"


def place(port: int = 0, address: str = LOOPBACK) -> Place:
    """The ports from `port` on, three in a row; 0: free ones."""
    if port:
        return Place(port, port + 1, port + 2, address)
    with socket.socket() as http, socket.socket() as tcp, socket.socket(type=socket.SOCK_DGRAM) as udp:
        for each in (http, tcp, udp):
            each.bind((address, 0))
        return Place(http.getsockname()[1], tcp.getsockname()[1], udp.getsockname()[1], address)


def configuration(place: Place, keys: Keys, webhook: str) -> dict[str, object]:
    """What the server is told, as its documentation names it. JSON is YAML to it."""
    return {
        "port": place.port,
        "bind_addresses": [place.address],
        "rtc": {
            "tcp_port": place.tcp_port,
            "udp_port": place.udp_port,
            "node_ip": place.address,
            "use_external_ip": False,
            "enable_loopback_candidate": place.address == LOOPBACK,
            "ips": {"includes": [f"{place.address}/32"]},
            # Told of none, it names public ones. Nothing listens at this one. Never the port of the media:
            # browsers take whatever comes from a STUN server for an answer about addresses, and drop it.
            "stun_servers": [f"{place.address}:{place.tcp_port}"],
        },
        "keys": {keys.key: keys.secret},
        "logging": {"level": "warn", "json": False},
        "room": {"auto_create": True, "departure_timeout": 1_800},
        **({"webhook": {"api_key": keys.key, "urls": [webhook]}} if webhook else {}),
    }


def program(
    binary: Path,
    folder: Path,
    place: Place,
    keys: Keys,
    webhook: str,
    *,
    name: str = "rooms",
    restart: bool = True,
) -> Program:
    """The server as a program to supervise. Its configuration holds secrets: the owner alone can read it."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.json"
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as handle:
        json.dump(configuration(place, keys, webhook), handle)
    return Program(name, [str(binary), "--config", str(path)], restart=restart, insist=True)


def answers(place: Place) -> bool:
    """Whether the server takes requests now."""
    return ready.answers(f"{place.http}/")
