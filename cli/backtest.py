"""`ratchet backtest …`: a policy tried on the past before it is trusted with the future."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.lane import Model, check_known
from cli.output import AsJson, out, print_json, print_table, sentences
from cli.services import SettingsFile, connect
from decisions.backtest import Outcome

if TYPE_CHECKING:
    from handlers.backtest import Backtest

app = typer.Typer(help="Try a policy on what was stored.", no_args_is_help=True)


@app.callback()
def common() -> None:
    """Try a policy on what was stored."""


@app.command()
def drift(
    model: Model,
    policy: Annotated[
        Path,
        typer.Option(exists=True, dir_okay=False, help="A file with a section `drift:` to try."),
    ],
    as_json: AsJson = False,
    settings: SettingsFile = None,
) -> None:
    """Replay a model's stored scores under another policy: alarms, incidents, retrainings."""
    from handlers.backtest import backtest
    from wiring.config.load import drift_policy

    with sentences():
        given = drift_policy(policy)
        ports = connect(settings)
        check_known(model, ports)
        found = backtest(model, given, ports)
    if as_json:
        print_json(found)
        return
    print_backtest(found)


def print_backtest(found: "Backtest") -> None:
    """The policies side by side."""
    span = " to ".join(f"{one:%Y-%m-%d %H:%M}" for one in (found.first, found.last))
    out.print(f"{found.windows:,} windows of {found.model}, from {span} UTC", markup=False)
    columns = ("policy", "alarms", "unknown", "incidents", "retrainings")
    print_table(columns, [_row(name, getattr(found, name)) for name in _POLICIES])
    out.print(f"[dim]{_NOTE}[/]")


_POLICIES = ("in_force", "given", "every_window", "never")
_NOTE = (
    "Alarms are windows that drifted. A retraining starts only with labelled data that is new, so "
    "there are at most so many."
)


def _row(name: str, outcome: Outcome) -> tuple[object, ...]:
    counts = (outcome.alarms, outcome.unknown, len(outcome.incidents), outcome.retrainings)
    return name.replace("_", " "), *counts
