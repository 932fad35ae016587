"""`ratchet publish`: a pipeline becomes something that a function can start by its name."""

from pathlib import Path
from typing import Annotated

import typer

from cli.output import AsJson, out, print_json, sentences
from cli.services import SettingsFile, connect

app = typer.Typer()


@app.command()
def publish(
    pipeline: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="pipeline.yml")],
    as_json: AsJson = False,
    settings: SettingsFile = None,
) -> None:
    """Publish a training pipeline to the workspace; the same content is published once."""
    with sentences(), out.status(f"Publishing {pipeline} …"):
        from adapters import publishing

        services = connect(settings)
        published = publishing.publish(
            pipeline, services.scope.workspace, services.credential, services.resource_manager
        )
    if as_json:
        print_json(published)
        return
    news = "Published" if published.new else "Already published:"
    out.print(f"{news} {published.name}:{published.version}", markup=False)
