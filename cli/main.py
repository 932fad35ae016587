"""The command `ratchet`: its parts, put together."""

import typer

from cli import (
    backtest,
    batch,
    config,
    drift,
    incidents,
    model,
    models,
    publishing,
    queues,
    score,
    stack,
)

app = typer.Typer(
    name="ratchet",
    help="Keep machine-learning models fresh: retrain, compare, deploy, roll back, explain.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_show_locals=False,
)
_PANELS = (
    ("On your own machine", stack.app),
    ("Your own data files", drift.app),
    ("Your own data files", score.app),
    ("Setting up", publishing.app),
    ("Models", models.app),
    ("Incidents", incidents.app),
)
_GROUPS = {
    "backtest": ("Incidents", backtest.app),
    "config": ("Setting up", config.app),
    "batch": ("Models", batch.app),
    "model": ("Your own data files", model.app),
    "events": ("Messages", queues.events),
    "dlq": ("Messages", queues.dlq),
}

for panel, part in _PANELS:
    for command in part.registered_commands:
        command.rich_help_panel = panel
    app.registered_commands += part.registered_commands
for name, (panel, part) in _GROUPS.items():
    app.add_typer(part, name=name, rich_help_panel=panel)


@app.callback()
def common() -> None:
    """Keep machine-learning models fresh: retrain, compare, deploy, roll back, explain."""
