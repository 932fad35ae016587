"""`ratchet batch …`: have files scored now, and see what became of batches."""

import getpass
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Annotated

import typer

from cli.batch_progress import watched
from cli.lane import Model, check_known
from cli.output import MISCONFIGURED, AsJson, fail, out, print_json, print_table, sentences
from cli.services import SettingsFile, connect
from decisions.batches import scored_by
from decisions.errors import Rejected
from decisions.events import BatchDue
from decisions.ports import Ports
from decisions.timetable import asked_now
from handlers.batch_history import Account, find, identifier, of_model

app = typer.Typer(
    help="Score files by schedule or now; see what became of it.", no_args_is_help=True
)

_SHOWN = ("files", "rows", "scored", "rejected", "quarantined")

Watch = Annotated[bool, typer.Option("--watch", help="Wait for its end; exit 1 when it failed.")]


@app.command()
def run(
    model: Model,
    since: Annotated[
        str | None,
        typer.Option(help="Score again what came since a time: 2026-11-21T03:00:00Z."),
    ] = None,
    watch: Watch = False,
    as_json: AsJson = False,
    settings: SettingsFile = None,
) -> None:
    """Begin a batch now, of what came since the last one."""
    start = _moment(since) if since else None
    with sentences():
        ports = connect(settings)
        check_known(model, ports)
        event = _wish(model, start, ports)
        ports.messages.lane(event)
    name = identifier(model, event.window.name)
    if watch:
        _report(watched(name, ports), as_json=as_json, tell_by_exit=True)
    elif as_json:
        print_json({"model": model, "batch": name, "window": event.window})
    else:
        sentence = f"Batch {name} is asked for. See: ratchet batch status {name} --watch"
        out.print(sentence, markup=False, soft_wrap=True)


@app.command()
def status(
    batch: Annotated[str, typer.Argument(help="digits/20261121T030000Z, or a model: its newest.")],
    watch: Watch = False,
    as_json: AsJson = False,
    settings: SettingsFile = None,
) -> None:
    """Show a batch: how far it is, or what it came to."""
    with sentences():
        ports = connect(settings)
        account = watched(batch, ports) if watch else find(batch, ports)
    _report(account, as_json=as_json, tell_by_exit=watch)


@app.command("list")
def list_batches(
    model: Annotated[str | None, typer.Argument(help="One model only.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="The newest of each model, at most.")] = 20,
    as_json: AsJson = False,
    settings: SettingsFile = None,
) -> None:
    """Show the batches that ran, and the one that runs, the newest first."""
    with sentences():
        ports = connect(settings)
        if model:
            check_known(model, ports)
        names = [model] if model else list(ports.policies)
        found = [one for name in names for one in _first(of_model(name, ports), limit)]
    if as_json:
        print_json(found)
    elif found:
        columns = ("batch", "state", "version", *_SHOWN, "took")
        print_table(columns, [_row(one) for one in found])
    else:
        out.print("No batch has run yet.")


def _wish(model: str, since: datetime | None, ports: Ports) -> BatchDue:
    """The event that asks for a batch now. Raises Rejected where it would come to nothing."""
    policy, state = ports.policies[model].batch, ports.models.load(model).state
    if policy is None:
        raise Rejected(f"ratchet.yaml has no section batch of {model}")
    if state.paused:
        raise Rejected(f"{model} is paused; ratchet resume {model} ends that")
    running = state.batches.running
    if running:
        raise Rejected(f"batch {identifier(model, running.window.name)} runs; one at a time does")
    numbered = ports.registry.find(model, policy.model) if policy.model.isdigit() else None
    version = scored_by(state, policy.model, numbered)
    if isinstance(version, str):
        raise Rejected(version)
    window = asked_now(state, policy, ports.now(), since)
    if window is None:
        raise Rejected("nothing can have come in less than a second since the last batch")
    return BatchDue(
        model=model,
        window=window,
        ordinal=state.batches.asked,
        reason="person",
        by=getpass.getuser(),
    )


def _report(account: Account, *, as_json: bool, tell_by_exit: bool) -> None:
    if as_json:
        print_json(account)
    else:
        _print(account)
    if tell_by_exit and account.state == "failed":
        raise typer.Exit(1)


def _print(account: Account) -> None:
    span = f"{account.start:%Y-%m-%d %H:%M:%S} to {account.end:%Y-%m-%d %H:%M:%S} UTC"
    rows: list[tuple[str, object]] = [
        ("state", account.state),
        ("version", account.version),
        ("window", span),
        ("took" if account.figures else "runs since", _took(account)),
    ]
    if account.figures is None:
        parts = "not planned yet" if account.parts is None else f"{account.done} of {account.parts}"
        rows.append(("parts", parts))
    else:
        rows += [(name, f"{number:,}") for name, number in _figures(account)]
        rows += [("document", account.document), ("", account.sentence)]
    print_table((account.id, ""), rows)


def _figures(account: Account) -> Iterable[tuple[str, int]]:
    figures = account.figures
    return [(name, getattr(figures, name)) for name in figures.__struct_fields__] if figures else []


def _row(account: Account) -> tuple[object, ...]:
    counts = dict(_figures(account))
    shown = [f"{counts[name]:,}" if counts else None for name in _SHOWN]
    far = f": {account.done} of {account.parts} parts" if account.parts else ""
    return (account.id, f"{account.state}{far}", account.version, *shown, _took(account))


def _took(account: Account) -> str:
    return f"{account.seconds:,.1f} s"


def _first(found: Iterable[Account], limit: int) -> list[Account]:
    return [one for one, _ in zip(found, range(limit), strict=False)]


def _moment(text: str) -> datetime:
    """A time that a person gives: with its zone, or in UTC; a batch's own way of writing it too."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        fail(f"--since {text}: expected a time such as 2026-11-21T03:00:00Z", MISCONFIGURED)
    whole = moment.replace(microsecond=0)
    return whole.astimezone(UTC) if whole.tzinfo else whole.replace(tzinfo=UTC)
