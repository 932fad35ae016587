"""What people ask of a model, and what they tell it."""

import getpass
import uuid
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from cli.lane import Model, check_known, tell
from cli.output import AsJson, out, print_json, print_table, sentences
from cli.services import SettingsFile, connect
from decisions.events import PauseRequested, RedeployRequested, ResumeRequested, TrainingDue
from decisions.ports import Entry
from decisions.state import ModelState
from handlers.explanation import Explanation
from handlers.explanation import explain as explain_version
from handlers.replay import replay as replay_decision

app = typer.Typer()


@app.command()
def status(as_json: AsJson = False, settings: SettingsFile = None) -> None:
    """Show every model: what is live, what is in flight, what waits."""
    with sentences():
        ports = connect(settings)
        states = [ports.models.load(model).state for model in ports.policies]
    if as_json:
        print_json(states)
        return
    columns = ("model", "live", "champion", "training", "rollout", "batch", "waiting", "held", "")
    print_table(columns, [_row(state) for state in states])


@app.command()
def timeline(
    model: Model,
    limit: Annotated[int, typer.Option(help="The newest entries, at most.")] = 100,
    as_json: AsJson = False,
    settings: SettingsFile = None,
) -> None:
    """Show what happened to a model, and why, oldest first."""
    with sentences():
        ports = connect(settings)
        check_known(model, ports)
        entries = list(ports.models.ledger(model, limit))[::-1]
    if as_json:
        print_json(entries)
        return
    print_timeline(entries)


@app.command()
def explain(
    what: Annotated[str, typer.Argument(help="v2-3f9a1c20, digits:2, or a model that is live.")],
    as_json: AsJson = False,
    settings: SettingsFile = None,
) -> None:
    """Walk back from what serves to its run, its figures, its manifest and the blobs in it."""
    with sentences():
        explanation = explain_version(what, connect(settings))
    if as_json:
        print_json(explanation)
        return
    print_explanation(explanation)


@app.command()
def retrain(model: Model, as_json: AsJson = False, settings: SettingsFile = None) -> None:
    """Ask for a training now; the governor still holds it behind a run in flight."""
    event = TrainingDue(model=model, reason="person", key=uuid.uuid4().hex)
    tell(event, f"A training of {model} is asked for.", settings, as_json=as_json)


@app.command()
def redeploy(model: Model, as_json: AsJson = False, settings: SettingsFile = None) -> None:
    """Roll the champion out once more, after its rollout failed."""
    event = RedeployRequested(model=model, key=uuid.uuid4().hex, by=getpass.getuser())
    tell(event, f"The champion of {model} is asked to be rolled out.", settings, as_json=as_json)


@app.command()
def pause(model: Model, as_json: AsJson = False, settings: SettingsFile = None) -> None:
    """Let nothing new start for a model; what is in flight goes on."""
    now, who = datetime.now(UTC), getpass.getuser()
    event = PauseRequested(model=model, key=uuid.uuid4().hex, by=who, at=now)
    tell(event, f"{model} is asked to pause.", settings, as_json=as_json)


@app.command()
def resume(model: Model, as_json: AsJson = False, settings: SettingsFile = None) -> None:
    """Let a paused model go on, with all that was held back."""
    now, who = datetime.now(UTC), getpass.getuser()
    event = ResumeRequested(model=model, key=uuid.uuid4().hex, by=who, at=now)
    tell(event, f"{model} is asked to go on.", settings, as_json=as_json)


@app.command()
def replay(
    decision: Annotated[str, typer.Argument(help="The digest that the timeline shows.")],
    as_json: AsJson = False,
    settings: SettingsFile = None,
) -> None:
    """Take a decision again from its stored inputs; exit 1 when it comes out differently."""
    with sentences():
        found = replay_decision(decision, connect(settings))
    if as_json:
        print_json({"replay": found, "same": found.same})
    else:
        out.print(f"then: {found.then.sentence} {list(found.then.actions)}", markup=False)
        out.print(f"now:  {found.sentence} {list(found.actions)}", markup=False)
        out.print("[green]the same[/]" if found.same else "[red]different[/]")
    if not found.same:
        raise typer.Exit(1)


def print_timeline(entries: list[Entry]) -> None:
    """The ledger as a table, oldest first."""
    rows = [(_clock(one.at), one.sentence, (one.decision or "")[:12]) for one in entries]
    print_table(("time (UTC)", "what was decided, and why", "decision"), rows)


def print_explanation(explanation: Explanation) -> None:
    """The way back from a version, as a person reads it."""
    live = "live" if explanation.live else "not live"
    out.print(f"[bold]{explanation.model} version {explanation.version}[/], {live}")
    rows = [
        ("run", explanation.run),
        ("model file (SHA-256)", explanation.sha256),
        ("the gate", explanation.verdict),
        ("data version", explanation.data_version),
        ("because of", ", ".join(explanation.causes)),
    ]
    print_table(("", ""), rows)
    files = [(file.url, file.etag, f"{file.size:,}") for file in explanation.files]
    print_table(("blob", "ETag", "bytes"), files, title=f"trained on {len(files)} files")


def _row(state: ModelState) -> tuple[Any, ...]:
    champion, training, rollout = state.champion, state.training, state.rollout
    score = f" ({champion.score:.4f})" if champion and champion.score is not None else ""
    return (
        state.model,
        state.live.deployment.name if state.live else "none",
        f"{champion.version}{score}" if champion else "none",
        f"{training.job}: {training.stage}" if training else None,
        f"{rollout.deployment.name}: {rollout.phase}" if rollout else None,
        state.batches.running.window.name if state.batches.running else None,
        f"{state.gathering.files} files" if state.gathering else None,
        len(state.held) or None,
        "paused" if state.paused else None,
    )


def _clock(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M:%S")
