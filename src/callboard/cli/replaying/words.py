"""What a replay says to a person: what was raised and why, who was there, what was promised."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from callboard.cli.replaying.answer import Json, answer_of
from callboard.cli.replaying.game import Game
from callboard.live.engine.kinds import KINDS
from callboard.live.engine.moments import stamp
from callboard.live.engine.outputs import Cleared, IncidentRaised, Output, Raised, Withdrawn

STYLES = {"now": "bold red", "soon": "yellow", "watch": "cyan"}


def announce(output: Output) -> None:
    """One line for each case, as it happens."""
    console = Console()
    match output:
        case Raised():
            style = STYLES[output.severity]
            title = KINDS[output.kind].title
            console.print(
                f"{stamp(output.noticed_at)} [{style}]{title}[/] "
                f"{escape(output.session)}: {escape(output.why)}"
            )
        case Cleared():
            console.print(f"{stamp(output.cleared_at)} [green]{KINDS[output.kind].title}: cleared[/]")
        case Withdrawn():
            console.print(f"{stamp(output.withdrawn_at)} [dim]{KINDS[output.kind].title}: was not so[/]")
        case IncidentRaised():
            one = output.incident
            console.print(
                f"{stamp(one.raised_at)} [bold red]Incident {escape(one.key)}[/]: "
                f"{KINDS[one.kind].title} in {len(one.sessions)} sessions"
            )


def summary(games: list[Game], elapsed_s: float) -> None:
    """All of it, at the end."""
    console = Console()
    answer = answer_of(games, elapsed_s)
    for session in answer["sessions"]:
        _session(console, session)
    for one in answer["incidents"]:
        console.print(
            f"[bold red]Incident[/] {escape(one['key'])}: {KINDS[one['kind']].title} in "
            f"{len(one['sessions'])} sessions, {_span(one)}"
        )
    events = answer["events"]
    console.print(
        f"[dim]{events['read']:,} events read, {events['accepted']:,} taken, "
        f"{events['duplicate']:,} doubled, {events['rejected']:,} refused; {elapsed_s:.2f} s[/]"
    )


def _session(console: Console, session: Json) -> None:
    there = session["participants"]
    console.rule(f"[bold]{escape(session['session'])}[/]", align="left")
    minutes = "" if session["seconds"] is None else f", {session['seconds'] / 60:.0f} min"
    console.print(f"{session['started_at'] or 'not started'}{minutes}, {len(there)} people")
    if there:
        table = Table("who", "role", "in", "times", "there", "spoke", box=None, header_style="dim")
        for one in there:
            table.add_row(
                escape(one["identity"]),
                one["role"] or "",
                one["joined_at"] or "",
                str(one["joins"]),
                f"{one['present_s'] / 60:.1f} min",
                f"{one['talk_s'] / 60:.1f} min",
            )
        console.print(table)
    if not session["cases"]:
        console.print("[green]Nothing was raised.[/]")
    for case in session["cases"]:
        style = STYLES[case["severity"]]
        console.print(
            f"[{style}]{KINDS[case['kind']].title}[/] [dim]{_span(case)}[/]\n  {escape(case['why'])}",
            highlight=False,
        )
    if session["withdrawn"]:
        console.print(f"[dim]{len(session['withdrawn'])} taken back: late evidence showed they never held[/]")
    broken = [one for one in session["expectations"] if one["status"] in {"late", "missed"}]
    for one in broken:
        who = "" if one["participant"] is None else f" ({escape(one['participant'])})"
        console.print(f"[dim]Promise {one['status']}: {one['kind']}{who}, due {one['due_at'] or 'never'}[/]")


def _span(one: Json) -> str:
    return f"{one['raised_at']} to {one['cleared_at'] or 'open'}"
