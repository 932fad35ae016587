"""What the story is played on: the stack, the services of a person, and the audience's terminal."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from azure.storage.blob import ContainerClient
from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table

from adapters.clients import blob_service
from decisions.ports import Entry
from decisions.state import ModelState
from local.stack import Stack
from wiring.services import Services

MODEL = "digits"
PATIENCE = 120.0
_LOOK_EVERY = 0.2


class StoryError(Exception):
    """The story did not go as told; the message says what was waited for."""


class Stage:
    """Uploads as a user does, waits until something has happened, and tells what was decided."""

    def __init__(self, stack: Stack, services: Services, console: Console) -> None:
        self.stack = stack
        self.services = services
        self.console = console
        self._told = 0
        self._seen = 0

    @property
    def state(self) -> ModelState:
        """The model's state now."""
        return self.services.models.load(MODEL).state

    @property
    def ledger(self) -> list[Entry]:
        """What was decided so far, oldest first."""
        return list(self.services.models.ledger(MODEL, 1000))[::-1]

    @property
    def data(self) -> ContainerClient:
        """The container that data arrives in."""
        return blob_service(self.services.settings["RATCHET_STORAGE"]).get_container_client("data")

    def title(self, number: int, sentence: str) -> None:
        """Begin a chapter."""
        self.console.print(f"\n[bold]{number}. {escape(sentence)}[/]")

    def say(self, sentence: str) -> None:
        """Tell something that was seen."""
        self.console.print(Padding(escape(sentence), (0, 0, 0, 3)))

    def delete(self, files: Sequence[Path]) -> None:
        """Delete files that were uploaded."""
        for file in files:
            self.data.delete_blob(f"{MODEL}/{file.name}")

    def upload(self, files: Sequence[Path]) -> None:
        """Upload files with the ordinary client."""
        for file in files:
            self.data.upload_blob(f"{MODEL}/{file.name}", file.read_bytes(), overwrite=True)
        size = sum(file.stat().st_size for file in files)
        self.say(f"Uploaded {len(files)} file(s), {size:,} bytes, to data/{MODEL}/.")

    def wait(self, what: str, until: Callable[[ModelState], Any]) -> None:
        """Wait until the state is such, telling each decision when it is taken.

        Raises StoryError when it takes too long, ProcessError when a process has ended.
        """
        deadline = time.monotonic() + PATIENCE
        with self.console.status(f"waiting until {what} …"):
            while True:
                self.stack.check()
                state = self.state
                if state.seq != self._seen:
                    self.tell()
                    self._seen = state.seq
                if until(state):
                    return
                if time.monotonic() > deadline:
                    raise StoryError(f"waited {PATIENCE:.0f} s until {what}, in vain")
                time.sleep(_LOOK_EVERY)

    def tell(self) -> None:
        """Tell what was decided since the last time."""
        ledger = self.ledger
        for entry in ledger[self._told :]:
            line = Table.grid(padding=(0, 2))
            line.add_row(f"   {entry.at:%H:%M:%S}", escape(entry.sentence))
            self.console.print(line)
        self._told = len(ledger)
