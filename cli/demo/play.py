"""The story from beginning to end, in a folder of its own that is gone afterwards."""

import importlib.util
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import ModuleType

from rich.console import Console

from cli.demo import chapters
from cli.demo.million import million
from cli.demo.stage import MODEL, Stage
from cli.models import print_timeline
from local.emulators import QUEUE_PROPERTIES
from local.layout import layout
from local.ports import HOST
from local.stack import Stack
from wiring.services import Services
from wiring.settings import Settings

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "digits"


def play(console: Console) -> None:
    """Start the miniature Azure and tell the story. Raises StoryError when it goes wrong."""
    began = time.monotonic()
    with (
        tempfile.TemporaryDirectory(prefix="ratchet-demo-") as temporary,
        ThreadPoolExecutor(1, thread_name_prefix="aside") as aside,
    ):
        folder = Path(temporary)
        console.print("[bold]Ratchet: a model's whole life, on real data, on this machine[/]")
        # While the processes start, and one after the other, in the order of need.
        cut = aside.submit(lambda: _example().write(folder / "digits"))
        due = aside.submit(lambda: _example().write_due(folder / "digits"))
        with _stack(folder / "stack", console) as stack:
            services = Services(Settings.of_file(stack.settings_file))
            stage = Stage(stack, services, console)
            chapters.publish(stage, EXAMPLE / "pipeline.yml")
            files = cut.result()
            chapters.first_model(stage, files)
            with chapters.production(stage, files) as traffic:
                chapters.better_model(stage, files, traffic)
                chapters.bad_data(stage, files)
                chapters.drift(stage, files, traffic)
            million(stage, due.result())
            chapters.everything_again(stage)
            chapters.explained(stage)
            console.print(f"\n[bold]The timeline of {MODEL}[/]")
            print_timeline(stage.ledger)
    console.print(f"\nThe whole story took {time.monotonic() - began:.0f} s.")


def _stack(folder: Path, console: Console) -> Stack:
    folder.mkdir()
    kept = layout(folder, hosts=1)
    webhook = f"http://{HOST}:{kept.ports.receiver}/"
    settings = {
        "ML_TEAM_WEBHOOK": webhook,
        "ML_TEAM_SECRET": kept.webhook_secret,
        "RATCHET_LOG_EVERY": "1",
    }
    console.print("Starting the miniature Azure: storage, queues, events, workspace, functions …")
    # What a killed host was doing comes back when its lock ends: in Azure after up to 5 minutes.
    queues = {**QUEUE_PROPERTIES, "work": {**QUEUE_PROPERTIES["work"], "lockDuration": "PT10S"}}
    return Stack(folder, EXAMPLE / "ratchet.yaml", settings=settings, queues=queues)


def _example() -> ModuleType:
    """The example's own script that cuts the data into files; it is no package."""
    spec = importlib.util.spec_from_file_location("digits_data", EXAMPLE / "data.py")
    if spec is None or spec.loader is None:
        raise FileNotFoundError(EXAMPLE / "data.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
