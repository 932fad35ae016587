"""The services of the deployment that a command speaks to.

On a person's machine the settings are those of the environment; where `ratchet up` has left a
`local.settings.json` they are that one's. The same adapters then speak to Azure or to its
miniature.
"""

from pathlib import Path
from typing import Annotated

import typer

from wiring.services import Services
from wiring.settings import Settings

LOCAL = Path(".ratchet/stack/local.settings.json")

SettingsFile = Annotated[
    Path | None,
    typer.Option(
        "--settings",
        help="A local.settings.json; the one of a running `ratchet up`, else the environment.",
    ),
]


def connect(file: Path | None) -> Services:
    """The services behind the settings that a person means. Raises Misconfigured."""
    chosen = file or (LOCAL if LOCAL.is_file() else None)
    return Services(Settings.of_file(chosen) if chosen else Settings.of_process())
