"""`callboard init`: make an organization and its first admin."""

from __future__ import annotations

import json
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from callboard.cli import failures, runtime


@click.command()
@click.argument("organization")
@click.option("--email", required=True, help="The admin's address, with which they sign in.")
@click.option("--name", default="", help="The admin's name.")
@click.option("--zone", default="UTC", show_default=True, help="Its time zone, as Europe/Madrid.")
@click.option(
    "--password",
    prompt="The admin's password",
    hide_input=True,
    confirmation_prompt=True,
    envvar="CALLBOARD_ADMIN_PASSWORD",
    help="Asked for when it is neither given nor in CALLBOARD_ADMIN_PASSWORD.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@runtime.data_dir_option
def init(
    organization: str, email: str, name: str, zone: str, password: str, as_json: bool, data_dir: Path
) -> None:
    """Make ORGANIZATION and its first admin, in a database brought up to date."""
    _check_zone(zone)
    with runtime.product(data_dir):
        from callboard.lib.errors import CallboardError, Invalid
        from callboard.people.operations.organizations import bootstrap_admin

        try:
            member = bootstrap_admin(email, password, organization=organization, zone=zone, name=name)
        except Invalid as error:
            reasons = "; ".join(str(text) for text in error.fields.values())
            raise failures.BadInput(reasons or str(error), code=error.code) from error
        except CallboardError as error:
            raise failures.BadInput(str(error), code=error.code) from error
        identity = member.organization_id
    if as_json:
        print(json.dumps({"organization": identity, "email": email}))
    else:
        print(f"{organization} is there, and {email} may sign in as its admin. Next: callboard serve")


def _check_zone(zone: str) -> None:
    """Before a database is made for nothing."""
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError) as error:
        raise failures.BadInput(f"There is no such time zone: {zone}", code="invalid") from error
