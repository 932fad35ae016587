"""The chapters of the story, each with the numbers that it was decided on."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from cli.demo import outside
from cli.demo.stage import MODEL, Stage, StoryError
from cli.demo.traffic import Traffic, questions
from cli.models import print_explanation
from decisions.incidents import Incident
from decisions.state import Live, ModelState
from drift.report.page import page
from handlers import archive
from handlers.explanation import explain
from local.layout import ENDPOINT_KEY

Files = Mapping[str, Sequence[Path]]

REPORT = Path(".ratchet/demo/drift.html")


def publish(stage: Stage, pipeline: Path) -> None:
    """The training pipeline is published, once."""
    from adapters import publishing

    stage.title(1, "The training pipeline is published as an Azure ML component")
    services = stage.services
    with stage.console.status("publishing with Azure's own client …"):
        found = publishing.publish(
            pipeline, services.scope.workspace, services.credential, services.resource_manager
        )
    stage.say(f"Published {found.name}:{found.version}; the version is its content's digest.")


def first_model(stage: Stage, files: Files) -> None:
    """Uploads become the first model, registered and served."""
    stage.title(2, "A few small files arrive: the first model is trained, registered, deployed")
    stage.upload(files["first"])
    stage.wait("version 1 is live", _settled_on("1"))
    outside.expect_webhooks(stage, {"model.registered": 1, "model.deployed": 1})


def production(stage: Stage, files: Files) -> Traffic:
    """The clients of the endpoint, who ask from now on."""
    url = f"http://{stage.services.endpoints.address(MODEL)}/score"
    return Traffic(url, ENDPOINT_KEY, questions(files["asked"][0]))


def better_model(stage: Stage, files: Files, traffic: Traffic) -> None:
    """More data makes a better model; production changes and loses no request."""
    stage.title(3, "More data arrives: the new model is better on the same rows, beyond chance")
    stage.upload(files["more"])
    stage.wait("version 2 is live", _settled_on("2"))
    _nothing_lost(stage, traffic)
    outside.expect_webhooks(stage, {"model.registered": 2, "model.deployed": 2})


def bad_data(stage: Stage, files: Files) -> None:
    """Shuffled labels lose at the gate, a truncated file is quarantined; production stays."""
    stage.title(4, "Shuffled labels and a truncated file arrive: production does not move")
    attempts = stage.state.attempts
    stage.upload([*files["shuffled"], *files["truncated"]])
    stage.wait(
        "the worse model is refused", lambda state: state.attempts > attempts and _rests(state)
    )
    outside.expect_webhooks(stage, {"model.refused": 1, "data.quarantined": 1})
    live = _live(stage)
    if live.version.version != "2":
        raise StoryError(f"production moved to version {live.version.version}")
    stage.say(f"Production still is {live.deployment.name}.")


def drift(stage: Stage, files: Files, traffic: Traffic) -> None:
    """Production changes, is noticed, is learnt from, and is well again."""
    stage.title(5, "A second scanner comes into use: drift is noticed, learnt from, and over")
    stage.delete(files["shuffled"])
    stage.say("The shuffled file was deleted: nobody should learn from it.")
    with outside.frequent_ticks(stage):
        stage.wait("a window of production is judged", _judged("stable"))
        traffic.asked = [one for path in files["asked"] for one in questions(path)]
        stage.say("From now on every second question comes from the second scanner.")
        stage.wait("the incident is raised, and labels are awaited", _awaits_labels)
        incident = stage.state.drift.incidents[0]
        stage.upload(files["scanned"])
        stage.wait("version 3 is live", _settled_on("3"))
        stage.wait("the incident is over", lambda state: not state.drift.incidents)
    _nothing_lost(stage, traffic)
    outside.expect_webhooks(
        stage, {"drift.detected": 1, "drift.labels_awaited": 1, "drift.cleared": 1}
    )
    _show(stage, incident)


def everything_again(stage: Stage) -> None:
    """All events are delivered three times more, shuffled; nothing happens twice."""
    stage.title(7, "Every event is delivered three times more, shuffled: nothing happens twice")
    before = outside.effects(stage)
    number = outside.deliver_everything_again(stage, 3)
    stage.say(f"Event Grid delivered {number} events again.")
    stage.wait("nothing is in flight", _rests)
    after = outside.effects(stage)
    for what, count in after.items():
        stage.say(f"{what}: {before[what]} before, {count} after")
    if before != after:
        raise StoryError("something happened twice")


def explained(stage: Stage) -> None:
    """From the live endpoint back to the blobs."""
    name = _live(stage).deployment.name
    stage.title(8, f"ratchet explain {name}")
    print_explanation(explain(name, stage.services))


def _show(stage: Stage, incident: Incident) -> None:
    """The report that the incident was raised on, kept for a look at it."""
    report = archive.report(MODEL, incident.window, stage.services)
    drifted = [one for one in report.verdict.columns if one.drifted]
    stage.say(f"{report.verdict.reason} The first of {len(drifted)}:")
    for one in drifted[:3]:
        stage.say(f"{one.name}: {one.statistic} {one.score:.3g}, threshold {one.threshold:.3g}")
    REPORT.parent.mkdir(parents=True, exist_ok=True)
    REPORT.write_text(page(report), encoding="utf-8")
    stage.say(f"The whole report, to be opened in a browser: {REPORT}")


def _nothing_lost(stage: Stage, traffic: Traffic) -> None:
    answers = ", ".join(f"{count:,} by {name}" for name, count in sorted(traffic.answers.items()))
    stage.say(f"Meanwhile clients asked on: {answers}; {len(traffic.lost)} requests were lost.")
    if traffic.lost:
        raise StoryError(f"requests were lost: {traffic.lost[:3]}")


def _judged(verdict: str) -> Callable[[ModelState], bool]:
    def judged(state: ModelState) -> bool:
        return any((one.version, one.verdict) == ("2", verdict) for one in state.drift.own.recent)

    return judged


def _awaits_labels(state: ModelState) -> bool:
    return bool(state.drift.incidents and state.awaiting and not state.training)


def _live(stage: Stage) -> Live:
    live = stage.state.live
    if live is None:
        raise StoryError("no version is live")
    return live


def _settled_on(version: str) -> Callable[[ModelState], bool]:
    def settled(state: ModelState) -> bool:
        return bool(state.live and state.live.version.version == version and _rests(state))

    return settled


def _rests(state: ModelState) -> bool:
    return not (state.training or state.rollout or state.gathering or state.pending)
