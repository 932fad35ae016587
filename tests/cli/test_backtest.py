"""A policy is tried on stored windows, through a real shell and storage."""

from pathlib import Path

from tests.cli.conftest import Deployment

# In units of the customary threshold of PSI, which is 0.2: below, above, below, above, far above.
SCORES = (0.05, 0.3, 0.05, 0.3, 0.6)


def judged(deployment: Deployment) -> Deployment:
    for hour, score in enumerate(SCORES, 1):
        deployment.judges(hour, score)
    return deployment


def policy(folder: Path, text: str) -> Path:
    path = folder / "policy.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_policies_stand_beside_each_other(deployment: Deployment, tmp_path: Path):
    path = policy(tmp_path, "drift: {threshold: 0.4, windows: {raise_after: 1, of_last: 1}}")
    said = judged(deployment).ratchet(
        "backtest", "drift", deployment.model, "--policy", path, "--json"
    )
    assert said.code == 0, said.err
    found = said.json
    figures = {
        name: (found[name]["alarms"], len(found[name]["incidents"]), found[name]["retrainings"])
        for name in ("in_force", "given", "every_window", "never")
    }
    assert found["windows"] == 5
    assert figures == {
        "in_force": (3, 2, 2),
        "given": (1, 1, 1),
        "every_window": (3, 3, 3),
        "never": (0, 0, 0),
    }


def test_people_see_a_table(deployment: Deployment, tmp_path: Path):
    path = policy(tmp_path, "drift: {}")
    said = judged(deployment).ratchet("backtest", "drift", deployment.model, "--policy", path)
    assert f"5 windows of {deployment.model}, from 2026-11-21 01:00 to 2026-11-21 05:00" in said.out
    assert "every window" in said.out


def test_window_of_too_few_rows_is_unknown_under_a_stricter_policy(
    deployment: Deployment, tmp_path: Path
):
    path = policy(tmp_path, "drift: {min_rows: 2000}")
    said = judged(deployment).ratchet(
        "backtest", "drift", deployment.model, "--policy", path, "--json"
    )
    assert (said.json["given"]["unknown"], said.json["given"]["alarms"]) == (5, 0)


def test_mistakes_of_the_policy_are_named_with_their_lines(deployment: Deployment, tmp_path: Path):
    path = policy(tmp_path, "drift:\n  treshold: 0.4\n  alpha: 2\n")
    said = deployment.ratchet("backtest", "drift", deployment.model, "--policy", path)
    assert said.code == 2
    assert f"{path}:2: drift.treshold: expected no such name here" in said.err
    assert f"{path}:3: drift.alpha: found 2, expected" in said.err


def test_model_without_reports_has_nothing_to_replay(deployment: Deployment, tmp_path: Path):
    path = policy(tmp_path, "drift: {}")
    said = deployment.ratchet("backtest", "drift", deployment.model, "--policy", path)
    assert said.code == 1
    assert "there is nothing to replay" in said.err
