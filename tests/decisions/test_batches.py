"""One batch runs at a time, by one version, and ends once: published, failed, or without inputs."""

from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from decisions.actions import Notify, ScoreBatch
from decisions.codec import decode_state, encode
from decisions.events import (
    ActionFailed,
    BatchDue,
    BatchEnded,
    BatchMissed,
    Figures,
    LookDue,
    PauseRequested,
)
from decisions.facts import Facts, RegisteredFacts
from decisions.overdue import overdue
from decisions.policies import BatchPolicy, Place
from decisions.state import Batches, Live, ModelState, Pending
from decisions.timetable import next_due
from tests.decisions.life import (
    D2,
    FRESH,
    NOW,
    POLICY,
    SERVING,
    V2,
    after,
    kinds,
    scheduled,
    the,
    told,
    window,
)

HOUR = timedelta(hours=1)
RULE = BatchPolicy(
    schedule="0 0 * * * *",
    input=Place(container="batch", path="in/**"),
    output=Place(container="batch", path="out/"),
)
SCORING = replace(POLICY, batch=RULE)
FIRST = "20261121T130000Z"


def due(hour: int = 1, ordinal: int = 0, **known: Any) -> BatchDue:
    return BatchDue(model="digits", window=window(hour), ordinal=ordinal, **known)


def ended(outcome: Any = "published", hour: int = 1, **figures: int) -> BatchEnded:
    return BatchEnded(
        model="digits",
        window=window(hour),
        outcome=outcome,
        sentence=f"It is {outcome}.",
        figures=Figures(**figures),
        document=f"batch/out/{window(hour).name}/_manifest.json",
    )


def batch(
    event: Any, state: ModelState, now: Any = NOW + HOUR, facts: Facts | None = None, **rule: Any
) -> Any:
    policy = replace(SCORING, batch=replace(RULE, **rule))
    return after(state, event, facts, policy, now)


RUNNING = replace(batch(due(), SERVING).state, pending=())


def look(ordinal: int = 1) -> LookDue:
    return LookDue(model="digits", what="batch", name=FIRST, ordinal=ordinal)


def test_due_batch_is_scored_by_the_version_that_is_live_now():
    decision = batch(due(), SERVING)
    score = the(decision, ScoreBatch)
    assert (score.window, score.version.version, score.key) == (window(1), "1", f"{FIRST}/0/0")
    assert scheduled(decision).event == look()
    assert decision.sentence == (
        f"Batch {FIRST} begins: version 1 scores what came from 2026-11-21 12:00:00 to 2026-11-21 "
        "13:00:00 UTC."
    )
    assert decision.state.batches.until == window(1).end


def test_version_stays_the_same_for_a_whole_batch():
    taken_over = replace(RUNNING, live=Live(version=V2, deployment=D2, since=NOW))
    assert the(batch(look(), taken_over), ScoreBatch).version.version == "1"


@pytest.mark.parametrize(
    ("model", "facts", "version"),
    [
        ("live", Facts(), "1"),
        ("champion", Facts(), "2"),
        (
            "7",
            Facts(registered=RegisteredFacts(version="7", run="r", sha256="a", manifest="m")),
            "7",
        ),
    ],
)
def test_version_is_the_one_that_the_policy_names(model: str, facts: Facts, version: str):
    state = replace(SERVING, champion=V2)
    decision = batch(due(), state, facts=facts, model=model)
    assert the(decision, ScoreBatch).version.version == version


@pytest.mark.parametrize(
    ("model", "facts", "why"),
    [
        ("live", Facts(), "no version is live"),
        ("champion", Facts(), "there is no champion"),
        ("7", Facts(), "the registry has no version 7"),
        (
            "7",
            Facts(registered=RegisteredFacts(version="7")),
            "version 7 was registered by hand, and nobody has examined its file",
        ),
    ],
)
def test_batch_without_a_version_is_not_run_and_people_hear_it_once(
    model: str, facts: Facts, why: str
):
    decision = batch(due(), FRESH, facts=facts, model=model)
    assert decision.sentence == f"Batch {FIRST} is not run: {why}."
    assert the(decision, Notify).data == {"batch": FIRST, "sentence": decision.sentence}
    again = batch(due(2, 1), decision.state, facts=facts, model=model)
    assert (told(again), again.state.batches.running) == ([], None)
    assert again.state.batches.until == window(2).end


def test_people_hear_again_of_a_version_that_is_lost_after_one_was_there():
    lost = batch(due(), FRESH).state
    found = batch(due(2, 1), replace(lost, live=SERVING.live)).state
    assert found.batches.running is not None
    assert not found.batches.lost


@pytest.mark.parametrize(
    ("state", "ordinal"),
    [
        (SERVING, 1),
        (replace(SERVING, paused=True), 0),
        (RUNNING, 1),
        (replace(SERVING, batches=Batches(until=window(1).end)), 0),
    ],
    ids=["another wish came first", "paused", "one runs", "scored already"],
)
def test_batch_is_not_begun_when(state: ModelState, ordinal: int):
    decision = batch(due(ordinal=ordinal), state)
    assert (decision.actions, decision.sentence) == ((), None)
    person = batch(due(ordinal=ordinal, reason="person", by="ada"), state)
    assert person.actions == ()
    assert person.sentence.startswith("No batch, asked for by ada: ")


def test_model_without_the_section_scores_nothing():
    assert after(SERVING, due(), policy=POLICY).actions == ()


def test_wish_that_was_refused_may_be_repeated_under_another_cause():
    paused = replace(SERVING, paused=True)
    refused = batch(due(), paused)
    resumed = replace(refused.state, paused=False)
    again = next_due(resumed, RULE, window(1).end + timedelta(minutes=1))
    assert again
    assert again.cause != due().cause
    assert "ScoreBatch" in kinds(batch(again, resumed))


def test_batch_that_runs_goes_on_while_the_model_is_paused():
    paused = batch(PauseRequested(model="digits", key="1", by="ada"), RUNNING)
    assert paused.sentence == (
        "Paused by ada: no training, rollout or batch begins until it is resumed."
    )
    assert "ScoreBatch" in kinds(batch(look(), paused.state))


def test_person_may_want_a_window_again_that_was_scored():
    again = BatchDue(
        model="digits",
        window=replace(window(3), start=NOW),
        ordinal=0,
        reason="person",
        by="ada",
    )
    scored = replace(SERVING, batches=Batches(until=window(2).end))
    decision = batch(again, scored)
    assert the(decision, ScoreBatch).window.start == NOW
    assert "begins, asked for by ada: version 1" in decision.sentence


def test_published_batch_is_told_with_its_figures():
    end = ended(files=2, rows=100, scored=97, rejected=3, parts=2, size=9)
    decision = batch(end, RUNNING, NOW + 2 * HOUR)
    assert decision.state.batches.running is None
    assert decision.sentence == f"Batch {FIRST} is published: It is published."
    notice = the(decision, Notify)
    assert (notice.kind, notice.about) == ("batch.published", FIRST)
    expected = {
        "batch": FIRST,
        "outcome": "published",
        "version": "1",
        "start": "2026-11-21T12:00:00+00:00",
        "end": "2026-11-21T13:00:00+00:00",
        "began": "2026-11-21T13:00:00+00:00",
        "seconds": 3600.0,
        "document": f"batch/out/{FIRST}/_manifest.json",
        "files": 2,
        "rows": 100,
        "scored": 97,
        "rejected": 3,
        "parts": 2,
        "size": 9,
        "quarantined": 0,
        "changed": 0,
    }
    assert decision.numbers == expected
    assert notice.data == {**expected, "sentence": "It is published."}


def test_failed_batch_is_told_with_the_command_that_scores_its_files_again():
    decision = batch(ended("failed"), RUNNING)
    notice = the(decision, Notify)
    assert notice.kind == "batch.failed"
    assert notice.data["next"] == (
        "What it took is scored again by: ratchet batch run digits --since 2026-11-21T12:00:00Z"
    )


def test_batch_without_inputs_is_in_the_ledger_and_no_news():
    decision = batch(ended("empty"), RUNNING)
    assert decision.sentence == f"Batch {FIRST} had nothing to score: It is empty."
    assert told(decision) == []


def test_end_of_another_batch_changes_nothing():
    assert batch(ended(hour=2), RUNNING).state.batches == RUNNING.batches
    assert batch(ended(), SERVING).actions == ()


def test_look_waits_while_pieces_are_done_and_asks_again_when_none_are():
    moving = batch(look(), RUNNING, facts=Facts(results=7))
    assert kinds(moving) == ["Schedule"]
    still = batch(look(2), moving.state, facts=Facts(results=7))
    assert the(still, ScoreBatch).ordinal == 2
    assert scheduled(still).event == look(3)


def test_look_that_reads_an_older_count_does_not_take_it_for_progress():
    moving = batch(look(), RUNNING, facts=Facts(results=7)).state
    stale = batch(look(2), moving, facts=Facts(results=3)).state
    assert kinds(batch(look(3), stale, facts=Facts(results=7))) == ["ScoreBatch", "Schedule"]


def test_batch_that_takes_too_long_is_to_end_whatever_it_lacks():
    decision = batch(look(), RUNNING, NOW + 8 * HOUR, Facts(results=7))
    assert the(decision, ScoreBatch).end == "it took longer than batch.max_duration allows."
    assert decision.state.batches.running is not None
    assert batch(look(), RUNNING, NOW + 6 * HOUR).sentence is None


def test_batch_whose_request_is_still_tried_in_an_outage_is_not_given_up():
    waiting = Pending(id="1.0", action=the(batch(due(), SERVING), ScoreBatch), tries=9)
    decision = batch(look(), replace(RUNNING, pending=(waiting,)), NOW + 8 * HOUR)
    assert the(decision, ScoreBatch).end is None


@pytest.mark.parametrize(
    ("action", "key"), [("ScoreBatch", f"{FIRST}/0/0"), ("ScorePartition", f"{FIRST}/0/3")]
)
def test_batch_whose_work_was_given_up_is_to_end_with_the_reason(action: str, key: str):
    failed = ActionFailed(model="digits", action=action, key=key, reason="the model is gone")
    decision = batch(failed, RUNNING)
    assert the(decision, ScoreBatch).end == f"{action} was given up: the model is gone"
    late = batch(failed, SERVING)
    assert (late.actions, late.sentence) == ((), f"{action} was given up: the model is gone")


def test_batch_that_cannot_even_be_ended_in_storage_has_failed():
    failed = ActionFailed(
        model="digits", action="ScoreBatch", key=f"{FIRST}/3/end", reason="no container"
    )
    decision = batch(failed, RUNNING)
    assert told(decision) == ["batch.failed"]
    assert decision.state.batches.running is None


def test_due_times_left_out_are_in_the_ledger_and_the_next_batch_begins_after_them():
    decision = batch(BatchMissed(model="digits", window=window(3)), SERVING)
    assert decision.state.batches.until == window(3).end
    assert decision.sentence == (
        "No batch for what came from 2026-11-21 14:00:00 to 2026-11-21 15:00:00 UTC: its due times "
        "passed while nothing ran, and batch.catch_up is none."
    )
    again = batch(BatchMissed(model="digits", window=window(2)), decision.state)
    assert (again.state.batches, again.sentence) == (decision.state.batches, None)


def test_batch_that_follows_one_at_once_continues_its_stretch():
    first = batch(ended("empty"), RUNNING, NOW + 4 * HOUR).state
    waited = batch(due(2, 1), first, NOW + 4 * HOUR).state
    assert waited.batches.busy == NOW + HOUR
    later = batch(due(5, 1), first, NOW + 5 * HOUR).state
    assert later.batches.busy == NOW + 5 * HOUR


def test_batch_that_is_overdue_is_looked_at_again():
    running = RUNNING.batches.running
    assert running is not None
    assert running.due is not None
    assert overdue(RUNNING, running.due + timedelta(minutes=15)) == [look()]


def test_state_with_a_batch_comes_back_as_it_was_and_one_from_before_batches_is_read():
    assert decode_state(encode(RUNNING)) == RUNNING
    before = encode(SERVING).replace(b'"batches":{"asked":0', b'"other":{"asked":0')
    assert before != encode(SERVING)
    assert decode_state(before) == SERVING
