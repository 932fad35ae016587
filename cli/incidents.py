"""Drift that lasts: which incidents are open, what people say to them, the report on a window."""

import getpass
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from cli.files import check_place, leave
from cli.lane import Model, check_known, tell
from cli.output import MISCONFIGURED, AsJson, fail, out, print_json, print_table, sentences
from cli.services import SettingsFile, connect
from cli.verdicts import document, print_verdict
from decisions.errors import Missing
from decisions.events import AckRequested, SnoozeRequested
from decisions.incidents import Incident
from decisions.ports import Ports
from drift.report.document import Report
from drift.report.words import number, shorten
from handlers import archive

app = typer.Typer()

Named = Annotated[str, typer.Argument(help="The incident, as `ratchet incidents` shows it.")]

_FEATURES = 3


@app.command()
def incidents(
    model: Annotated[str | None, typer.Argument(help="One model only.")] = None,
    as_json: AsJson = False,
    settings: SettingsFile = None,
) -> None:
    """Show the incidents that are open: what drifted, since when, and what people said to them."""
    with sentences():
        ports = connect(settings)
        if model:
            check_known(model, ports)
        found = [
            (name, one)
            for name in ([model] if model else ports.policies)
            for one in ports.models.load(name).state.drift.incidents
        ]
    if as_json:
        print_json([{"model": name, "incident": one} for name, one in found])
    elif found:
        columns = ("incident", "model", "raised (UTC)", "drifted", "score", "")
        print_table(columns, [_row(name, one) for name, one in found])
    else:
        out.print("No incident is open.")


@app.command()
def ack(
    model: Model, incident: Named, as_json: AsJson = False, settings: SettingsFile = None
) -> None:
    """Say that an incident is known: no more news of it, while its trainings go on."""
    _check_open(model, incident, settings)
    who = getpass.getuser()
    event = AckRequested(model=model, key=uuid.uuid4().hex, incident=incident, by=who)
    tell(event, f"Incident {incident} is acknowledged.", settings, as_json=as_json)


@app.command()
def snooze(
    model: Model,
    incident: Named,
    duration: Annotated[str, typer.Option("--for", help="Such as 30m, 12h or 2d.")],
    as_json: AsJson = False,
    settings: SettingsFile = None,
) -> None:
    """Want neither news of an incident nor a training from it for a time."""
    until = _later(duration)
    _check_open(model, incident, settings)
    event = SnoozeRequested(
        model=model, key=uuid.uuid4().hex, incident=incident, until=until, by=getpass.getuser()
    )
    sentence = f"Incident {incident} is snoozed until {until:%Y-%m-%d %H:%M} UTC."
    tell(event, sentence, settings, as_json=as_json)


@app.command()
def report(
    model: Model,
    window: Annotated[
        str | None, typer.Argument(help="20261121T080000Z: its end; the newest unless given.")
    ] = None,
    html: Annotated[Path | None, typer.Option(help="Leave the page here.")] = None,
    as_json: AsJson = False,
    settings: SettingsFile = None,
) -> None:
    """Show the stored report on a window, or make its page again from the stored document."""
    if html:
        check_place(html)
    with sentences():
        ports = connect(settings)
        check_known(model, ports)
        found = archive.report(model, window or _newest(model, ports), ports)
    if html:
        from drift.report.page import page

        leave(html, page(found).encode())
    if as_json:
        print_json(document(found, every=False))
    else:
        print_report(found)


def print_report(found: Report) -> None:
    """A stored report as a person reads it at a terminal."""
    if found.start and found.end:
        out.print(f"{found.title}, {found.start:%Y-%m-%d %H:%M} to {found.end:%Y-%m-%d %H:%M} UTC")
    print_verdict(found, every=False)


def _newest(model: str, ports: Ports) -> str:
    known = archive.windows(model, ports)
    if not known:
        raise Missing(f"no window of {model} was judged yet; its windows end by drift.schedule")
    return known[-1]


def _check_open(model: str, incident: str, settings: SettingsFile) -> None:
    """End with a sentence unless the incident is open: saying something to it would do nothing."""
    with sentences():
        ports = connect(settings)
        check_known(model, ports)
        known = [one.id for one in ports.models.load(model).state.drift.incidents]
        if incident not in known:
            listed = ", ".join(known) or "none"
            raise Missing(f"no incident {incident!r} of {model} is open; there are: {listed}")


def _later(duration: str) -> datetime:
    from pydantic import TypeAdapter, ValidationError

    from wiring.config.values import SomeDuration

    try:
        return datetime.now(UTC) + TypeAdapter(SomeDuration).validate_python(duration)
    except ValidationError as error:
        said = error.errors()[0]["msg"].removeprefix("Value error, ")
        fail(f"--for {duration}: expected {said}", MISCONFIGURED)


def _row(model: str, incident: Incident) -> tuple[object, ...]:
    names = [shorten(one) for one in incident.features]
    more = [f"{len(names) - _FEATURES} more"] if len(names) > _FEATURES else []
    return (
        incident.id,
        model,
        f"{incident.raised.astimezone(UTC):%Y-%m-%d %H:%M}",
        ", ".join([*names[:_FEATURES], *more]),
        f"{number(incident.score)} of {number(incident.threshold)}",
        _said(incident),
    )


def _said(incident: Incident) -> str | None:
    """What people have said to it, and whether it was trained for."""
    said = [
        incident.snoozed and f"snoozed until {incident.snoozed.astimezone(UTC):%Y-%m-%d %H:%M}",
        incident.acknowledged and f"known to {incident.acknowledged}",
        incident.tried and f"last trained for {incident.tried.astimezone(UTC):%Y-%m-%d %H:%M}",
    ]
    return "; ".join(one for one in said if one) or None
