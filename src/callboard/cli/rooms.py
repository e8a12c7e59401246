"""`callboard rooms`: a LiveKit server for an organization, on this machine.

1. The server's program is found, or built once on this machine (`integrations.livekit.binary`).
2. It is written down as one of the organization's servers, with the keys that it had before.
3. It starts, sends its webhooks to Callboard, and starts again when it crashes.
4. It says where it answers, and stays up until SIGINT or SIGTERM. Callboard notices by itself when it is
   gone.
"""

from __future__ import annotations

import ipaddress
import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from callboard.cli import failures, runtime
from callboard.lib.processes import ready
from callboard.lib.processes.supervisor import Supervisor

if TYPE_CHECKING:
    from callboard.integrations.livekit.local import Registered
    from callboard.integrations.livekit.server import Place


@click.command()
@click.argument("organization", required=False)
@runtime.data_dir_option
@click.option(
    "--port",
    type=click.IntRange(0, 65533),
    default=7880,
    show_default=True,
    help="The first of three in a row: requests, media over TCP, media over UDP. 0: free ones.",
)
@click.option("--address", default="127.0.0.1", show_default=True, help="The one people's browsers reach.")
@click.option("--name", default="Rooms", show_default=True, help="What the settings page calls it.")
@click.option("--slug", default="rooms", show_default=True, help="What plans and incidents call it.")
@click.option("--region", default="", help="Where it stands, as bookings may wish it.")
@click.option(
    "--callboard",
    "callboard_url",
    envvar="CALLBOARD_BASE_URL",
    default="http://localhost:8000",
    show_default=True,
    help="Where Callboard answers: LiveKit's webhooks go there.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document once it answers.")
def rooms(
    organization: str | None, data_dir: Path, port: int, address: str, name: str, slug: str, region: str,
    callboard_url: str, as_json: bool,
) -> None:  # fmt: skip
    """Run a LiveKit server for ORGANIZATION (its short name; needed where there are several)."""
    binary = program()
    place = _place(port, address)
    with runtime.product(data_dir) as product:
        from callboard.integrations.livekit import local, server
        from callboard.lib.errors import Conflict
        from callboard.lib.tenancy import organization_scope

        whose, short = _organization(organization)
        try:
            with organization_scope(whose):
                registered = local.register(place, name, slug=slug, region=region)
        except Conflict as error:
            raise failures.BadInput(str(error), code=error.code) from error
        hook = callboard_url.rstrip("/") + registered.hook
        folder = product.data_dir / "rooms"
        supervisor = Supervisor([server.program(binary, folder, place, registered.keys, hook, name=slug)])
        supervisor.heed_signals()
        with supervisor:
            if not ready.wait_until(
                lambda: server.answers(place), server.ANSWERS_WITHIN, unless=lambda: supervisor.interrupted
            ):
                if supervisor.interrupted:
                    return
                raise failures.Failed(f"LiveKit's server did not answer on {place.url}.")
            local.try_out(whose, registered)
            _tell(short, place, registered, as_json=as_json)
            supervisor.wait()


def program() -> Path:
    """LiveKit's program, built if need be. Raises Failed."""
    from callboard.integrations.livekit import binary

    try:
        return binary.have(lambda text: click.echo(text, err=True))
    except binary.ServerMissing as missing:
        raise failures.Failed(str(missing), code="no_livekit") from missing


def _place(port: int, address: str) -> Place:
    from callboard.integrations.livekit import server

    try:
        ipaddress.IPv4Address(address)
    except ValueError as error:
        raise failures.BadInput(f"--address is an IPv4 address, and {address} is none.") from error
    for each in (port, port + 1) if port else ():
        runtime.listening_port(each, address)
    try:
        return server.place(port, address)
    except OSError as error:
        raise failures.BadInput(f"This machine has no address {address}.") from error


def _organization(said: str | None) -> tuple[int, str]:
    """Its id and short name. Raises BadInput where it is none, or not clear which."""
    from callboard.lib.tenancy import sweep
    from callboard.people.models import Organization

    with sweep():
        known = dict(Organization.objects.values_list("slug", "pk"))
    if said is None and len(known) == 1:
        (only,) = known.items()
        return only[1], only[0]
    if said is None:
        names = ", ".join(sorted(known)) or "none yet: see callboard init"
        raise failures.BadInput(f"Say for which organization: {names}.", code="organization_missing")
    if said not in known:
        raise failures.BadInput(f"There is no organization {said}.", code="organization_unknown")
    return known[said], said


def _tell(organization: str, place: Place, registered: Registered, *, as_json: bool) -> None:
    if as_json:
        document = {
            "url": place.url,
            "api_key": registered.keys.key,
            "organization": organization,
            "server": registered.slug,
        }
        click.echo(json.dumps(document))
        return
    click.echo(
        f"Rooms of {organization} stand on {place.url}, its server “{registered.slug}”. Ctrl-C ends it."
    )
