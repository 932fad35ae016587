"""What can go wrong while a model lives: the story ends well, and people learn of it."""

from functools import partial
from pathlib import Path

import pytest

from decisions.state import Drift
from tests.stack.outside import Outside
from tests.stack.rows import UNUSUAL, USUAL, parquet

# The stages of a first model's life, in their order.
STAGES = (
    "gathering", "freezing", "running", "admitting", "evaluating", "registering",
    "loading", "testing", "baking", "retiring",
)  # fmt: skip

pytestmark = [pytest.mark.stack, pytest.mark.xdist_group("stack")]


def has_reached(outside: Outside, model: str, stage: str) -> bool:
    """Whether a first model is in a stage, or beyond it."""
    state = outside.state(model)
    if state.live and not state.rollout:
        return True
    now = (
        (state.rollout and state.rollout.phase)
        or (state.training and state.training.stage)
        or (state.gathering and "gathering")
    )
    return now is not None and STAGES.index(now) >= STAGES.index(stage)


def assert_all_happened_once(outside: Outside, model: str) -> None:
    """One job, one version, one deployment with all traffic, one webhook of each kind."""
    (job,) = outside.jobs(model)
    assert outside.jobs(model) == {job: "Completed"}
    assert outside.versions(model) == {"1": job}
    desired = outside.document("endpoints", f"{model}/desired.json")
    (deployment,) = desired["deployments"]
    assert (deployment["version"], deployment["model"]) == ("1", f"runs/{job}/model")
    assert desired["traffic"] == {deployment["name"]: 100}
    assert outside.score(model, {"x": [0.0, 2.0], "y": [1.0, 1.0]}) == (deployment["name"], [1, 0])
    told = {"model.registered": 1, "model.deployed": 1}
    outside.until("people were told", lambda: outside.kinds(model) == told)
    assert [one for one in outside.ratchet("dlq", "list") if one["model"] == model] == []


def test_ten_crashes_change_nothing_about_the_end(outside: Outside):
    outside.upload("killed/rows.parquet", parquet())
    for stage in STAGES:
        outside.until(stage, partial(has_reached, outside, "killed", stage))
        outside.crash()
    outside.until_live("killed")
    assert_all_happened_once(outside, "killed")


def test_looking_again_replaces_every_lost_event(outside: Outside):
    outside.retrain("unheard")
    outside.until("the job is there", lambda: outside.jobs("unheard"))
    with outside.no_events():
        outside.until_live("unheard")
    assert_all_happened_once(outside, "unheard")
    assert "RunCompleted" not in {one.event for one in outside.ledger("unheard")}


def test_commands_walk_back_from_what_serves_to_why(outside: Outside):
    outside.until_live("unheard")
    (job,) = outside.jobs("unheard")
    (row,) = [one for one in outside.ratchet("status") if one["model"] == "unheard"]
    assert row["live"]["version"]["run"] == job
    told = outside.ratchet("timeline", "unheard")
    assert [one["seq"] for one in told] == sorted(one.seq for one in outside.ledger("unheard"))
    walked = outside.ratchet("explain", "unheard:1")
    (blob,) = outside.blobs.get_container_client("data").list_blobs("unheard/")
    assert (walked["run"], walked["live"]) == (job, True)
    assert [one["url"].rpartition("/data/")[2] for one in walked["files"]] == [blob.name]
    assert [one["etag"].strip('"') for one in walked["files"]] == [blob.etag.strip('"')]
    (verdict,) = [one for one in told if one["event"] == "CandidateEvaluated"]
    assert outside.ratchet("replay", verdict["decision"])["same"] is True


def test_commands_refuse_what_is_not_there_in_a_sentence(outside: Outside):
    assert "no model 'nobody'" in outside.ratchet("timeline", "nobody", code=1)
    assert "v9-00000000" in outside.ratchet("explain", "v9-00000000", code=1)


def test_a_throttled_control_plane_delays_and_loses_nothing(outside: Outside):
    busy = {"kind": "throttle", "service": "arm", "method": "PUT", "times": 2, "retry_after": 3}
    with outside.fault(path="*/jobs/throttled-*", **busy) as waits:
        outside.retrain("throttled")
        outside.until("ARM has refused", lambda: outside.state("throttled").retries)
        outside.ratchet("pause", "throttled")
        outside.until("the lane went on", lambda: outside.state("throttled").paused)
        assert outside.jobs("throttled") == {}
        outside.ratchet("resume", "throttled")
        outside.until("the job is there", lambda: outside.jobs("throttled"))
        assert not waits()
    with outside.fault(path="*/containerGroups/throttled", **busy) as waits:
        outside.until_live("throttled")
        assert not waits()
    assert_all_happened_once(outside, "throttled")


def test_a_host_killed_while_it_profiles_judges_every_window_once(outside: Outside):
    outside.retrain("watched")
    outside.until_live("watched")
    outside.until("it has a reference", lambda: outside.state("watched").drift.profiled == ("1",))
    for _ in range(2):
        outside.until("a window is judged", lambda: produced(outside, "watched").judging)
        outside.crash()
    outside.until("the incident is raised", lambda: produced(outside, "watched").incidents)
    (incident,) = outside.state("watched").drift.incidents
    assert incident.features == ("x",)
    outside.until("people were told", lambda: outside.kinds("watched")["drift.detected"])
    assert outside.kinds("watched")["drift.detected"] == 1
    judged = [one.cause for one in outside.ledger("watched") if one.event == "WindowJudged"]
    assert len(judged) == len(set(judged))
    report = outside.document("reports", f"watched/{incident.window}/report.json")
    assert report["verdict"]["verdict"] == "drifted"
    assert report["verdict"]["rows"]["reference"] == len(USUAL)
    assert report["verdict"]["rows"]["current"] % len(UNUSUAL) == 0


def produced(outside: Outside, model: str) -> Drift:
    """What is known of drift, after unusual rows were asked about and the timer ran once more."""
    outside.score(model, {"x": UNUSUAL, "y": USUAL})
    outside.tick()
    return outside.state(model).drift


def test_people_learn_why_a_step_failed(outside: Outside):
    outside.retrain("failing")
    outside.until("the run failed", lambda: outside.kinds("failing"))
    (job,) = outside.jobs("failing")
    (webhook,) = outside.webhooks("failing")
    sentence = outside.ledger("failing")[-1].sentence
    assert outside.jobs("failing") == {job: "Failed"}
    assert webhook["body"]["type"] == "run.failed"
    for told in (webhook["body"]["data"]["reason"], sentence):
        assert "Epoch 1 of 3\nthe loss is not a number any more" in told
    assert outside.versions("failing") == {}
    assert outside.rests("failing")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        pytest.param(b"not JSON", "JSON is malformed", id="unreadable"),
        pytest.param(b'{"event":"LookDue","model":"nobody"}', "missing", id="incomplete"),
        pytest.param(
            b'{"event":"PauseRequested","model":"nobody","key":"1"}', "nobody", id="unknown model"
        ),
    ],
)
def test_poison_is_parked_and_its_lane_goes_on(outside: Outside, body: bytes, reason: str):
    outside.send_to_lane("failing", body)
    paused = outside.state("failing").paused
    outside.ratchet("resume" if paused else "pause", "failing")
    outside.until("the lane went on", lambda: outside.state("failing").paused != paused)
    (letter,) = [one for one in outside.ratchet("dlq", "list") if one["body"] == body.decode()]
    assert letter["source"] == "lanes"
    assert reason in letter["reason"]


def test_a_wrong_configuration_is_named_and_removes_no_trigger(outside: Outside, config: Path):
    valid = config.read_text()
    functions = outside.functions()
    config.write_text(valid.replace("quiet: 1s", "quiet: soon", 1))
    outside.crash()
    status, told = outside.health()
    assert status == 503
    durations = "a duration such as 30s, 2m, 1h or 7d"
    assert told["problems"] == [
        f"{config}:5: models.killed.data.quiet: found 'soon', expected {durations}"
    ]
    assert outside.functions() == functions
    assert len(functions) == 7
    outside.upload("failing/late.parquet", parquet())
    outside.until("it was given up", lambda: letters(outside, "late.parquet"))
    config.write_text(valid)
    outside.crash()
    assert outside.health() == (200, {"status": "healthy"})
    outside.ratchet("dlq", "redrive", *letters(outside, "late.parquet"))
    outside.until("the file was opened", lambda: outside.waiting_files("failing") == 2)


def letters(outside: Outside, word: str) -> list[str]:
    """The ids of the given-up messages that have a word in their body."""
    return [one["id"] for one in outside.ratchet("dlq", "list") if word in one["body"]]
