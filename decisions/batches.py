"""Batches: one runs at a time, by one version from its beginning to its end, and ends in words."""

from datetime import datetime

from msgspec.structs import replace

from decisions import batch_news, pending, watching
from decisions.actions import ScoreBatch, Version
from decisions.decision import Decision, unmoved
from decisions.events import ActionFailed, BatchDue, BatchEnded, BatchMissed, LookDue
from decisions.facts import Facts, RegisteredFacts
from decisions.policies import BatchPolicy, ModelPolicy
from decisions.state import Batch, ModelState


def due(
    state: ModelState, event: BatchDue, facts: Facts, policy: ModelPolicy, now: datetime
) -> Decision:
    """A batch is due: begin it with the version of this moment, unless something forbids it."""
    if policy.batch is None or event.ordinal != state.batches.asked:
        return _refused(state, event, "another one was asked for before it")
    batches = replace(state.batches, asked=state.batches.asked + 1)
    asked = replace(state, batches=batches)
    if state.paused:
        return _refused(
            asked, event, f"the model is paused; ratchet resume {state.model} ends that"
        )
    if batches.running:
        return _refused(asked, event, f"batch {batches.running.window.name} runs")
    if batches.until and event.window.end <= batches.until:
        return _refused(asked, event, f"all until {event.window.name} was scored or left out")
    version = scored_by(state, policy.batch.model, facts.registered)
    if isinstance(version, str):
        return _without_version(asked, event, version)
    return _begin(asked, event, version, policy.batch, now)


def missed(state: ModelState, event: BatchMissed) -> Decision:
    """Due times passed while nothing ran, and are left out: the next batch begins after them."""
    until = state.batches.until
    if until and event.window.end <= until:
        return unmoved(state)
    return Decision(
        state=replace(state, batches=replace(state.batches, until=event.window.end)),
        sentence=f"No batch for what came {batch_news.span(event.window)}: its due times passed "
        "while nothing ran, and batch.catch_up is none.",
    )


def ended(state: ModelState, event: BatchEnded, now: datetime) -> Decision:
    """The batch that runs came to its end: people hear of it, unless it had nothing to score."""
    batch = state.batches.running
    if batch is None or batch.window.name != event.window.name:
        return unmoved(state)
    over = replace(state.batches, running=None, ended=now)
    news = batch_news.of_end(state.model, batch, event, now)
    return Decision(
        state=replace(state, batches=over),
        actions=(news,) if news else (),
        sentence=f"Batch {batch.window.name} {_WORDS[event.outcome]}: {event.sentence}",
        numbers=batch_news.numbers(batch, event, now),
    )


def look_due(state: ModelState, event: LookDue, facts: Facts, now: datetime) -> Decision:
    """Look again at the batch that runs: wait while it moves, ask for what is lost, or end it."""
    batch = watching.current_batch(state, event)
    if batch is None:
        return unmoved(state)
    moves = facts.results > batch.results
    seen = replace(batch, results=max(facts.results, batch.results))
    if now >= batch.deadline and not pending.waits(state, ScoreBatch):
        return _end(state, seen, "it took longer than batch.max_duration allows.", now)
    again = () if moves else (_score(state.model, seen),)
    return Decision(state=state, actions=again).also(watching.look_at_batch(state, seen, now))


def action_failed(state: ModelState, event: ActionFailed, now: datetime) -> Decision:
    """A piece of the batch that runs was given up, and so is the batch."""
    reason = f"{event.action} was given up: {event.reason}"
    batch = state.batches.running
    name, *_, last = event.key.split("/")
    if batch is None or batch.window.name != name:
        return Decision(state=state, sentence=reason)
    if last != "end":
        return _end(state, batch, reason, now)
    # Not even the end could be written down: there is no manifest, and never will be.
    failed = BatchEnded(model=state.model, window=batch.window, outcome="failed", sentence=reason)
    return ended(state, failed, now)


def scored_by(state: ModelState, wanted: str, registered: RegisteredFacts | None) -> Version | str:
    """The version that a batch is to be scored with, or why there is none."""
    if wanted == "live":
        return state.live.version if state.live else "no version is live"
    if wanted == "champion":
        return state.champion or "there is no champion"
    if registered is None:
        return f"the registry has no version {wanted}"
    if registered.run is None or registered.sha256 is None:
        return f"version {wanted} was registered by hand, and nobody has examined its file"
    return Version(
        version=registered.version,
        run=registered.run,
        sha256=registered.sha256,
        manifest=registered.manifest or "",
    )


_WORDS = {"published": "is published", "failed": "failed", "empty": "had nothing to score"}


def _begin(
    state: ModelState, event: BatchDue, version: Version, policy: BatchPolicy, now: datetime
) -> Decision:
    before, window = state.batches, event.window
    batch = Batch(window=window, version=version, since=now, deadline=now + policy.max_duration)
    # What was due while the last one ran continues it: the policy of overlap is about both.
    waited = before.ended is not None and window.end + policy.grace <= before.ended
    batches = replace(before, until=window.end, busy=before.busy if waited else now, lost=False)
    begun = Decision(
        state=replace(state, batches=batches),
        actions=(_score(state.model, batch),),
        sentence=f"Batch {window.name} begins{_by(event)}: version {version.version} scores what "
        f"came {batch_news.span(window)}.",
        numbers={"batch": window.name, "version": version.version},
    )
    return begun.also(watching.look_at_batch(begun.state, batch, now))


def _end(state: ModelState, batch: Batch, reason: str, now: datetime) -> Decision:
    """Have the batch ended, whatever it lacks; should it be published already, that counts."""
    end = replace(_score(state.model, batch), end=reason)
    asked = Decision(state=state, actions=(end,))
    return asked.also(watching.look_at_batch(state, batch, now))


def _score(model: str, batch: Batch) -> ScoreBatch:
    return ScoreBatch(model=model, window=batch.window, version=batch.version, ordinal=batch.looks)


def _without_version(state: ModelState, event: BatchDue, why: str) -> Decision:
    """A batch without a version is not run; people hear so once, until one can be run again."""
    batches = state.batches
    sentence = f"Batch {event.window.name} is not run: {why}."
    if event.reason == "person":
        return Decision(state=state, sentence=sentence)
    news = batch_news.not_run(state.model, event.window, sentence)
    return Decision(
        state=replace(state, batches=replace(batches, until=event.window.end, lost=True)),
        actions=() if batches.lost else (news,),
        sentence=sentence,
    )


def _refused(state: ModelState, event: BatchDue, why: str) -> Decision:
    """A person hears why there is no batch; the schedule asks again by itself."""
    if event.reason == "schedule":
        return unmoved(state)
    return Decision(state=state, sentence=f"No batch{_by(event)}: {why}.")


def _by(event: BatchDue) -> str:
    return f", asked for by {event.by}" if event.by else ""
