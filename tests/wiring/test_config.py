"""A wrong ratchet.yaml gets every mistake at once; a right one becomes the policies it says."""

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import jsonschema
import pytest

from decisions.policies import (
    DataPolicy,
    DriftPolicy,
    GatePolicy,
    ModelPolicy,
    RetrainPolicy,
    RolloutPolicy,
)
from drift.policy import Judging
from wiring.config.document import Document
from wiring.config.load import load, policy
from wiring.config.problems import Problems
from wiring.config.sections import Configuration

GOOD = """\
workspace:
  cloud: AzureChinaCloud
models:
  digits:
    data:
      path: data/digits/*.parquet
      quiet: 2s
      max_wait: 1h
    retrain:
      pipeline: train_digits
      on: [new_data]
      max_per_day: 3
    gate: {metric: f1_macro, min_gain: 0.01, confidence: 0}
    rollout:
      steps: [50, 100]
      bake: 500ms
    drift:
      schedule: 0 30 2 * * Mon-Fri
      time_zone: Europe/Berlin
      ignore: [f1, f2]
      statistic: {numeric: ks}
      threshold: 0.3
      alpha: 1
      windows: {raise_after: 3, of_last: 5, cooldown: 0s}
notifications:
  - name: ml-team
    url: ${ML_TEAM_WEBHOOK}
    secret: ${ML_TEAM_SECRET}
    events: [model.*]
"""
SETTINGS = {"ML_TEAM_WEBHOOK": "https://example.com/hook", "ML_TEAM_SECRET": "whsec_c2VjcmV0"}
BAD = """\
workspace:
  cloud: Azure
models:
  digits:
    data:
      path: runs/x
      quiet: 2 minutes
    retrain:
      pipeline: train_digits
      max_per_day: 0
      max_per_day: 3
    gate: {goal: max, min_gain: -1}
    rollout:
      target: aks
      steps: [10, 5]
    batch: {}
    drift:
      schedule: 0 60 * * * *
      time_zone: Berlin
      statistic: {numeric: chi_square}
      alpha: 0
      windows:
        raise_after: 4
        of_last: 3
  letters:
    data: {path: data/letters/*.parquet}
notifications:
  - name: ml
    url: ${ML_URL}
    secret: [a, {}]
    evnts: [a]
"""
MISTAKES = """\
2: workspace.cloud: found 'Azure', expected 'AzureCloud', 'AzureChinaCloud' or 'AzureUSGovernment'
6: models.digits.data.path: found 'runs/x', expected another container: runs holds what Ratchet \
itself writes
7: models.digits.data.quiet: found '2 minutes', expected a duration such as 30s, 2m, 1h or 7d
11: models.digits.retrain.max_per_day: found 'max_per_day', expected each key once (it stands on \
line 10 too)
12: models.digits.gate.goal: found 'max', expected 'maximize' or 'minimize'
12: models.digits.gate.min_gain: found -1, expected greater than or equal to 0
14: models.digits.rollout.target: found 'aks', expected 'aci'
15: models.digits.rollout.steps: found [10, 5], expected percentages that rise and end at 100, \
such as [10, 50, 100]
16: models.digits.batch.input: expected this value, which is missing
16: models.digits.batch.output: expected this value, which is missing
16: models.digits.batch.schedule: expected this value, which is missing
18: models.digits.drift.schedule: found '0 60 * * * *', expected NCRONTAB (second minute hour \
day-of-month month day-of-week): 60 is not between 0 and 59
19: models.digits.drift.time_zone: found 'Berlin', expected a time zone of the IANA database, such \
as UTC or Europe/Berlin
20: models.digits.drift.statistic.numeric: found 'chi_square', expected 'psi', 'ks', 'wasserstein' \
or 'jensen_shannon'
21: models.digits.drift.alpha: found 0, expected greater than 0
24: models.digits.drift.windows.of_last: found 3, expected at least 4, which is raise_after
25: models.letters.retrain: expected this value, which is missing
29: notifications.0.url: found '${ML_URL}', expected the setting ML_URL, set
31: notifications.0.evnts: expected no such name here"""


def write(folder: Path, text: str) -> Path:
    path = folder / "ratchet.yaml"
    path.write_text(text)
    return path


def mistakes(folder: Path, text: str) -> list[str]:
    with pytest.raises(Problems) as raised:
        load(write(folder, text), SETTINGS)
    return [line.removeprefix(f"{folder}/ratchet.yaml:") for line in str(raised.value).splitlines()]


def test_every_mistake_is_said_at_once_with_its_line(tmp_path: Path):
    found = mistakes(tmp_path, BAD)
    assert [line for line in found if ".secret" not in line] == MISTAKES.splitlines()


def test_secret_is_never_shown(tmp_path: Path):
    text = GOOD.replace("${ML_TEAM_SECRET}", "{a: whsec_topsecret}").replace("events", "event")
    assert "topsecret" not in "\n".join(mistakes(tmp_path, text))


def test_value_of_a_misspelt_secret_is_not_shown(tmp_path: Path):
    text = GOOD.replace("secret: ${ML_TEAM_SECRET}", "secrte: whsec_topsecret")
    assert "topsecret" not in "\n".join(mistakes(tmp_path, text))


def test_good_file_becomes_the_policy_that_it_says(tmp_path: Path):
    configuration = load(write(tmp_path, GOOD), SETTINGS)
    assert policy(configuration.models["digits"]) == ModelPolicy(
        data=DataPolicy(
            container="data",
            pattern="digits/*.parquet",
            quiet=timedelta(seconds=2),
            max_wait=timedelta(hours=1),
        ),
        retrain=RetrainPolicy(pipeline="train_digits", on=("new_data",), max_per_day=3),
        gate=GatePolicy(metric="f1_macro", min_gain=0.01, confidence=0),
        rollout=RolloutPolicy(steps=(50, 100), bake=timedelta(milliseconds=500)),
        drift=DriftPolicy(
            schedule="0 30 2 * * Mon-Fri",
            time_zone="Europe/Berlin",
            ignore=("f1", "f2"),
            judging=Judging(numeric="ks", threshold=0.3, alpha=1),
            raise_after=3,
            of_last=5,
            clear_after=3,
            cooldown=timedelta(0),
        ),
    )
    assert configuration.notifications[0].url == "https://example.com/hook"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "1: the file: expected"),
        ("models: [", "1: the file: expected YAML:"),
        ("a: b: c", "1: the file: expected YAML: mapping values are not allowed here"),
        ("models: {}", "1: models: found {}, expected "),
        (
            "models: {Bad Name: {}}",
            "1: models.Bad Name: found {}, expected a name for Azure resources",
        ),
        ("- 1", "1: the file: found [1], expected a valid dictionary or instance of Configuration"),
    ],
)
def test_file_that_is_no_configuration_says_so(tmp_path: Path, text: str, reason: str):
    assert any(line.startswith(reason) for line in mistakes(tmp_path, text)), reason


@pytest.mark.parametrize(
    ("gate", "mistake"),
    [
        (
            "{metric: mape}",
            (
                "metric: found 'mape', expected accuracy, f1_macro, log_loss, rmse, mae, r2, "
                "with or without test_ in front"
            ),
        ),
        (
            "{metric: test_rmse, goal: maximize}",
            "goal: found 'maximize', expected minimize: that is which way test_rmse is better",
        ),
        ("{metric: mae}", "goal: expected minimize: that is which way mae is better"),
    ],
    ids=["a metric nobody can score", "against its direction", "against it by default"],
)
def test_gate_that_could_only_refuse_is_a_mistake(tmp_path: Path, gate: str, mistake: str):
    text = GOOD.replace("{metric: f1_macro, min_gain: 0.01, confidence: 0}", gate)
    assert mistakes(tmp_path, text) == [f"13: models.digits.gate.{mistake}"]


def drift(folder: Path, section: str) -> DriftPolicy | None:
    """The policy of a file with that section."""
    text = f"models: {{m: {{data: {{path: data/*}}, retrain: {{pipeline: p}}, drift: {section}}}}}"
    return policy(load(write(folder, text), SETTINGS).models["m"]).drift


def test_model_without_the_section_has_no_monitor(tmp_path: Path):
    text = "models: {m: {data: {path: data/*}, retrain: {pipeline: p}}}"
    assert policy(load(write(tmp_path, text), SETTINGS).models["m"]).drift is None


def test_empty_section_takes_every_default(tmp_path: Path):
    assert drift(tmp_path, "{}") == DriftPolicy()


@pytest.mark.parametrize(
    ("section", "mistake"),
    [
        ("", "drift: expected a section: {} for all that it has unless given, or leave it out"),
        (
            "{schedule: x}",
            (
                "drift.schedule: found 'x', expected NCRONTAB of six fields (second minute hour "
                "day-of-month month day-of-week), such as 0 0 * * * *"
            ),
        ),
        (
            "{schedule: 0 0 0 31 2 *}",
            (
                "drift.schedule: found '0 0 0 31 2 *', expected a schedule with a day that comes: "
                "this one never does"
            ),
        ),
        (
            "{time_zone: ../../etc/passwd}",
            (
                "drift.time_zone: found '../../etc/passwd', expected a time zone of the IANA "
                "database, such as UTC or Europe/Berlin"
            ),
        ),
        (
            "{columns: [a, b], ignore: [b]}",
            "drift.ignore: found ['b'], expected none of the columns to judge, but b is among them",
        ),
        (
            "{windows: {raise_after: 4}}",
            "drift.windows.of_last: expected at least 4, which is raise_after",
        ),
        ("{floor: .nan}", "drift.floor: found nan, expected less than 1"),
    ],
    ids=["nothing", "no schedule", "never", "no zone", "both", "k of fewer", "no number"],
)
def test_monitor_that_could_not_work_is_a_mistake(tmp_path: Path, section: str, mistake: str):
    with pytest.raises(Problems) as raised:
        drift(tmp_path, section)
    assert str(raised.value) == f"{tmp_path}/ratchet.yaml:1: models.m.{mistake}"


@pytest.mark.parametrize("zone", ["UTC", "Asia/Shanghai", "America/New_York"])
def test_time_zones_are_those_of_the_database(tmp_path: Path, zone: str):
    found = drift(tmp_path, f"{{time_zone: {zone}}}")
    assert found
    assert found.time_zone == zone


@pytest.mark.parametrize(
    ("name", "value", "mistake"),
    [
        ("retrain.max_duration", "0s", "a duration longer than nothing"),
        ("rollout.ready_within", "0ms", "a duration longer than nothing"),
        ("rollout.bake", "9999999d", "a duration of at most 3650d"),
    ],
)
def test_duration_that_could_not_be_meant_is_a_mistake(
    tmp_path: Path, name: str, value: str, mistake: str
):
    section, _, field = name.partition(".")
    rest = "pipeline: p, " if section == "retrain" else ""
    retrain = "" if section == "retrain" else "retrain: {pipeline: p}, "
    text = (
        f"models: {{m: {{data: {{path: data/*}}, {retrain}{section}: {{{rest}{field}: {value}}}}}}}"
    )
    assert mistakes(tmp_path, text) == [f"1: models.m.{name}: found '{value}', expected {mistake}"]


@pytest.mark.parametrize("metric", ["accuracy", "test_accuracy", "f1_macro", "test_r2"])
def test_metric_is_taken_with_and_without_test_in_front(tmp_path: Path, metric: str):
    text = GOOD.replace("metric: f1_macro", f"metric: {metric}")
    assert load(write(tmp_path, text), SETTINGS).models["digits"].gate.metric == metric


def test_loading_the_configuration_loads_no_numpy(tmp_path: Path):
    code = (
        "import sys; from pathlib import Path; from wiring.config.load import load\n"
        "load(Path(sys.argv[1]), {'ML_TEAM_WEBHOOK': 'a', 'ML_TEAM_SECRET': 'b'})\n"
        "print({'numpy', 'scipy', 'onnxruntime', 'pandas'} & set(sys.modules))"
    )
    command = [sys.executable, "-c", code, str(write(tmp_path, GOOD))]
    found = subprocess.run(command, check=True, capture_output=True, text=True)
    assert found.stdout == "set()\n"


def test_missing_file_is_named(tmp_path: Path):
    with pytest.raises(Problems, match=r"nothing\.yaml:1: the file: found .*No such file"):
        load(tmp_path / "nothing.yaml", {})


def test_schema_takes_the_good_file_and_refuses_the_bad_one():
    schema = Configuration.model_json_schema()
    jsonschema.validate(Document(Path("x"), GOOD).written, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"models": {"digits": {}}}, schema)
