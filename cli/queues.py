"""`ratchet events …` and `ratchet dlq …`: what goes in, and what was given up."""

from pathlib import Path
from typing import Annotated

import typer

from cli.output import AsJson, fail, out, print_json, print_table, sentences
from cli.services import SettingsFile, connect
from handlers.envelope import parse
from handlers.ingest import take

events = typer.Typer(help="Send events as Event Grid would.", no_args_is_help=True)
dlq = typer.Typer(
    help="See messages that were given up, and send them again.", no_args_is_help=True
)


@events.command()
def send(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="JSON, either schema.")],
    as_json: AsJson = False,
    settings: SettingsFile = None,
) -> None:
    """Take in a file of events, one or an array, in CloudEvents or the Event Grid schema."""
    with sentences():
        envelopes = parse(file.read_bytes())
        taken = take(envelopes, "cli", connect(settings))
    if as_json:
        print_json(taken)
    else:
        out.print(
            f"{taken.sent} sent, {taken.ignored} of no concern, {taken.unknown} of unknown type, "
            f"{taken.parked} parked (see ratchet dlq list)"
        )


@dlq.command("list")
def list_letters(as_json: AsJson = False, settings: SettingsFile = None) -> None:
    """Show what was parked, and what Service Bus itself set aside, with the reasons."""
    with sentences():
        letters = connect(settings).dead_letters.list()
    if as_json:
        print_json(letters)
        return
    rows = [(one.id, f"{one.at:%Y-%m-%d %H:%M:%S}", one.source, one.reason) for one in letters]
    print_table(("id", "time (UTC)", "from", "reason"), rows)


@dlq.command()
def redrive(
    ids: Annotated[list[str] | None, typer.Argument(help="Ids that `dlq list` shows.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Send all of them again.")] = False,
    as_json: AsJson = False,
    settings: SettingsFile = None,
) -> None:
    """Send given-up messages again to where they failed; exit 1 when an id was not found."""
    if bool(ids) == everything:
        fail("give the ids of messages, or --all", 2)
    with sentences():
        letters = connect(settings).dead_letters
        wanted = [one.id for one in letters.list()] if everything else list(ids or [])
        found = letters.redrive(wanted)
    lost = [one for one in wanted if one not in found]
    if as_json:
        print_json({"sent": found, "not_found": lost})
    else:
        out.print(f"{len(found)} sent again.")
    if lost:
        fail(f"not found: {', '.join(lost)}")
