"""What a person tells a model: an event in its lane, answered there as any other."""

from typing import Annotated

import typer

from cli.output import out, print_json, sentences
from cli.services import SettingsFile, connect
from decisions.errors import Missing
from decisions.events import AnyEvent
from decisions.ports import Ports

Model = Annotated[str, typer.Argument(help="The model's name in ratchet.yaml.")]


def check_known(model: str, ports: Ports) -> None:
    """Raise Missing unless ratchet.yaml has the model."""
    if model not in ports.policies:
        raise Missing(f"no model {model!r} in ratchet.yaml; there are: {', '.join(ports.policies)}")


def tell(event: AnyEvent, sentence: str, settings: SettingsFile, *, as_json: bool) -> None:
    """Send an event to its model's lane, and say so."""
    with sentences():
        ports = connect(settings)
        check_known(event.model, ports)
        ports.messages.lane(event)
    if as_json:
        print_json({"model": event.model, "event": type(event).__name__, "cause": event.cause})
        return
    out.print(f"{sentence} See: ratchet timeline {event.model}", markup=False, soft_wrap=True)
