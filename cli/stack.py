"""`ratchet up`, `down` and `demo`: the miniature Azure on a person's machine."""

import signal
import time
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer

from cli.output import fail, out, print_table, sentences
from cli.services import LOCAL

app = typer.Typer()

_LOOK_EVERY = 0.5

Folder = Annotated[Path, typer.Option("--data", help="The folder for all state.")]


@app.command()
def demo() -> None:
    """Show a model's whole life on real data: train, compare, deploy, refuse, explain."""
    from cli.demo.play import play
    from cli.demo.stage import StoryError
    from local.npm import InstallError
    from local.processes import ProcessError

    _end_on_sigterm()
    try:
        with sentences():
            play(out)
    except (StoryError, ProcessError, InstallError) as error:
        fail(str(error))
    except KeyboardInterrupt:
        fail("the demo was interrupted; nothing is left of it", 130)


@app.command()
def up(
    config: Annotated[Path, typer.Option(help="The user's one file.")] = Path("ratchet.yaml"),
    data: Folder = LOCAL.parent,
    hosts: Annotated[int, typer.Option(min=1, max=8, help="How many Functions hosts.")] = 1,
) -> None:
    """Run the miniature Azure on your own ratchet.yaml until Ctrl-C."""
    from local.npm import InstallError
    from local.processes import ProcessError
    from local.stack import Stack

    _end_on_sigterm()
    began = time.monotonic()
    with sentences():
        named = _named_settings(config)
    try:
        with Stack(data, config, hosts=hosts, settings=named) as stack:
            print_table(("what", "where"), list(stack.urls.items()))
            out.print(
                f"Up after {time.monotonic() - began:.0f} s. Ctrl-C or `ratchet down` ends it."
            )
            while True:
                stack.check()
                time.sleep(_LOOK_EVERY)
    except (ProcessError, InstallError, ValueError) as error:
        fail(str(error))
    except KeyboardInterrupt:
        out.print("Ended.")


@app.command()
def down(data: Folder = LOCAL.parent) -> None:
    """End a running miniature Azure; its state stays in its folder."""
    from local.processes import ProcessError
    from local.stack import end

    try:
        ended = end(data)
    except ProcessError as error:
        fail(str(error))
    out.print("Ended." if ended else f"Nothing runs in {data}.")


def _named_settings(config: Path) -> dict[str, str]:
    """The settings that the file names, from the environment, so that all programs have them.

    Raises Problems with every mistake of the file, before anything is started.
    """
    from wiring.config.load import load, read
    from wiring.settings import Settings

    settings = Settings.of_process()
    load(config, settings)
    return {name: settings[name] for name in read(config).names()}


def _end_on_sigterm() -> None:
    """SIGTERM ends as Ctrl-C does: with everything that was started."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, interrupt)
