"""`ratchet config …`: the user's one file, checked before anything relies on it."""

import json
from pathlib import Path
from typing import Annotated

import typer

from cli.output import MISCONFIGURED, AsJson, err, out, print_json
from cli.services import LOCAL, SettingsFile
from wiring.settings import Settings

app = typer.Typer(help="Check ratchet.yaml, or print its schema.", no_args_is_help=True)


@app.command()
def check(
    file: Annotated[Path | None, typer.Argument(help="ratchet.yaml unless given.")] = None,
    as_json: AsJson = False,
    settings: SettingsFile = None,
) -> None:
    """Say every mistake of the file at once, and every setting that is missing; exit 2 if any."""
    chosen = settings or (LOCAL if LOCAL.is_file() else None)
    values = Settings.of_file(chosen) if chosen else Settings.of_process()
    mistakes = _mistakes(file or Path("ratchet.yaml"), values)
    missing = [f"the setting {name} is missing" for name in values.missing()]
    if as_json:
        print_json({"mistakes": mistakes, "missing_settings": values.missing()})
    else:
        for sentence in [*mistakes, *missing]:
            err.print(sentence, markup=False, soft_wrap=True)
    if mistakes or missing:
        raise typer.Exit(MISCONFIGURED)
    if not as_json:
        out.print("The configuration is valid.")


@app.command()
def schema() -> None:
    """Print the JSON Schema of ratchet.yaml, for editors."""
    from wiring.config.sections import Configuration

    typer.echo(json.dumps(Configuration.model_json_schema(), indent=2))


def _mistakes(file: Path, values: Settings) -> list[str]:
    from wiring.config.load import load
    from wiring.config.problems import Problems

    try:
        load(file, values)
    except Problems as error:
        return str(error).splitlines()
    return []
