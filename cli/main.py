"""The command `ratchet`: its parts, put together."""

import typer

from cli import config, models, publishing, queues, stack

app = typer.Typer(
    name="ratchet",
    help="Keep machine-learning models fresh: retrain, compare, deploy, roll back, explain.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_show_locals=False,
)
for part in (stack.app, publishing.app, models.app):
    app.registered_commands += part.registered_commands
app.add_typer(queues.events, name="events")
app.add_typer(queues.dlq, name="dlq")
app.add_typer(config.app, name="config")


@app.callback()
def common() -> None:
    """Keep machine-learning models fresh: retrain, compare, deploy, roll back, explain."""
