"""Every official sample parses, in both schemas, to the same happenings."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from decisions.errors import Rejected
from decisions.events import (
    DriftDetected,
    Drifted,
    ModelDeployed,
    ModelRegistered,
    RunCompleted,
    RunFailed,
    TrainingDue,
)
from decisions.ports import BlobVersion, Scope
from docs.pages.events import DRIFT
from handlers.envelope import Envelope, parse
from handlers.translation import BlobCreated, translate
from tests.handlers.ports import WORKSPACE

SPECS = Path(__file__).parent.parent / "specs" / "eventgrid"
SCOPE = Scope(workspace=WORKSPACE, account="jolovstorage")
SAMPLES = [
    str(path.relative_to(SPECS))
    for folder in ("storage", "machinelearning", "derived-model-monitor")
    for path in sorted((SPECS / folder).rglob("*.json"))
    if "cloud-events-schema" in str(path)
]


def sample(name: str) -> Envelope:
    return parse((SPECS / name).read_bytes())[0]


def machine_learning(kind: str, **data: Any) -> Envelope:
    return Envelope(
        id="1",
        source=WORKSPACE,
        type=f"Microsoft.MachineLearningServices.{kind}",
        subject="s",
        data=data,
    )


@pytest.mark.parametrize("name", SAMPLES)
def test_both_schemas_of_a_sample_say_the_same(name: str):
    cloud = sample(name)
    grid = sample(name.replace("cloud-events-schema", "event-grid-schema"))
    assert (cloud.type, cloud.source, cloud.subject) == (grid.type, grid.source, grid.subject)
    assert cloud.id == grid.id
    assert said(cloud) == said(grid)


def said(envelope: Envelope) -> object:
    try:
        return translate(envelope, SCOPE)
    except Rejected as error:
        return str(error)


def test_there_is_a_sample_of_every_known_type():
    assert len(SAMPLES) == 18


def test_blob_created_sample_names_one_blob_version():
    assert translate(sample("storage/cloud-events-schema/blob_created.json"), SCOPE) == [
        BlobCreated(
            blob=BlobVersion(
                container="gaocontainer",
                path="Template1.xlsx",
                etag="0x8D96060BDA19D9D",
                size=17555,
            )
        )
    ]


@pytest.mark.parametrize("name", ["blob_deleted", "blob_renamed", "directory_created"])
def test_other_storage_events_are_of_no_concern(name: str):
    assert translate(sample(f"storage/cloud-events-schema/{name}.json"), SCOPE) is None


def test_model_registered_sample_gives_its_version_as_text():
    envelope = sample("machinelearning/cloud-events-schema/model_registered.json")
    assert translate(envelope, SCOPE) == [
        ModelRegistered(model="sklearn_regression_model", version="20")
    ]


def test_model_deployed_sample_names_every_model():
    envelope = sample("machinelearning/cloud-events-schema/model_deployed.json")
    assert translate(envelope, SCOPE) == [
        ModelDeployed(
            model="sklearn_regression_model", endpoint="my-sklearn-service", version=version
        )
        for version in ("1", "2")
    ]


@pytest.mark.parametrize("name", ["run_completed", "run_status_changed"])
def test_children_of_other_runs_concern_nobody(name: str):
    envelope = sample(f"machinelearning/cloud-events-schema/{name}.json")
    assert translate(envelope, SCOPE) == []


def test_legacy_drift_sample_still_works():
    envelope = sample("machinelearning/cloud-events-schema/dataset_drift_detected.json")
    assert translate(envelope, SCOPE) == [
        DriftDetected(
            model="myDriftMonitor",
            monitor="myDriftMonitor",
            window="01d29aa4-e6a4-470a-9ef3-66660d21f8ef_1571590300380",
            score=0.83503490684792081,
        )
    ]


def test_tag_of_model_monitor_becomes_features_scores_and_thresholds():
    envelope = sample("derived-model-monitor/cloud-events-schema.json")
    assert translate(envelope, SCOPE) == [
        DriftDetected(
            model="credit_card_fraud_monitor",
            monitor="credit_card_fraud_monitor",
            window="e1f2d3c4-0000-0000-0000-000000000001",
            features=("LIMIT_BAL",),
            score=0.41,
            threshold=0.3,
            measures=(measure("LIMIT_BAL", "NormalizedWassersteinDistance", 0.41, 0.3),),
        )
    ]


def measure(name: str, statistic: str, score: float, threshold: float) -> Drifted:
    return Drifted(name=name, statistic=statistic, score=score, threshold=threshold)


def monitored(
    *measures: Drifted, tag: str = "azureml_modelmonitor_threshold_breached", **data: Any
) -> Envelope:
    """The status event of a monitor's run, whose tag has a text as Azure's monitor writes it."""
    lines = [
        json.dumps(
            {
                "group": one.name,
                "metric_value": one.score,
                "metric_name": one.statistic,
                "threshold_value": one.threshold,
            }
        )
        for one in measures
    ]
    text = (
        "The signal 'm_drift' has failed due to one or more features violating metric thresholds.\n"
        "The feature names and their corresponding computed metric values violating the threshold "
        f"are \n{lines}\n"
    )
    tags = {tag: text, "ratchet.model": "digits", **data.pop("tags", {})}
    given = {"runId": "R", "experimentName": "m", "runStatus": "Completed", **data}
    return machine_learning("RunStatusChanged", runTags=tags, **given)


def detected(envelope: Envelope) -> DriftDetected:
    (found,) = translate(envelope, SCOPE) or []
    assert isinstance(found, DriftDetected)
    return found


@pytest.mark.parametrize(
    "tag",
    ["azureml_modelmonitor_threshold_breached", "azureml.modelmonitor.threshold.breached.m_drift"],
)
def test_every_measure_of_either_tag_is_kept(tag: str):
    measures = (
        measure("AGE", "JensenShannonDistance", 0.31, 0.1),
        measure("AGE", "PopulationStabilityIndex", 0.4, 0.2),
        measure('it\'s a "{name}" \\', "NormalizedWassersteinDistance", 2.0, 1.0),
    )
    found = detected(monitored(*measures, tag=tag))
    assert found.measures == measures
    assert found.features == ("AGE", 'it\'s a "{name}" \\')
    assert (found.score, found.threshold) == (0.31, 0.1)


@pytest.mark.parametrize(
    ("statistic", "score", "breaches"),
    [
        ("NormalizedWassersteinDistance", 0.11, True),
        ("NormalizedWassersteinDistance", 0.1, False),
        ("PopulationStabilityIndex", 0.09, False),
        ("TwoSampleKolmogorovSmirnovTest", 0.09, True),
        ("PearsonsChiSquaredTest", 0.11, False),
        ("Accuracy", 0.09, True),
        ("Recall", 0.9, False),
        ("RootMeanSquaredError", 0.11, True),
        ("NullValueRate", 0.09, False),
    ],
)
def test_values_are_checked_again_against_their_thresholds(
    statistic: str, score: float, breaches: bool
):
    found = translate(monitored(measure("AGE", statistic, score, 0.1)), SCOPE)
    assert bool(found) is breaches


def test_measures_that_breach_nothing_are_left_out():
    breach = measure("AGE", "PopulationStabilityIndex", 0.4, 0.2)
    rest = measure("PAY", "PopulationStabilityIndex", 0.1, 0.2)
    assert detected(monitored(rest, breach)).measures == (breach,)


def test_step_and_root_of_one_monitor_run_are_one_drift():
    breach = measure("AGE", "PopulationStabilityIndex", 0.4, 0.2)
    step: dict[str, Any] = {"runId": "step", "tags": {"mlflow.rootRunId": "R"}}
    events = [
        monitored(breach, **step),
        monitored(breach, **step, runStatus="Failed"),
        monitored(breach, runId="step", runProperties={"azureml.rootpipelinerunid": "R"}),
        monitored(breach, tag="azureml.modelmonitor.threshold.breached.m_drift"),
    ]
    assert {detected(one).cause for one in events} == {"drift/m/R"}


@pytest.mark.parametrize(
    "text", ["breached", "\n[" + "[" * 10_000, "\n['{}']", "\n[__import__('os')]"]
)
def test_tag_that_cannot_be_read_is_believed(text: str):
    tags = {"azureml_modelmonitor_threshold_breached": text, "ratchet.model": "digits"}
    envelope = machine_learning(
        "RunStatusChanged", runId="R", experimentName="m", runStatus="Completed", runTags=tags
    )
    assert detected(envelope) == DriftDetected(model="digits", monitor="m", window="R")


@pytest.mark.parametrize(
    ("kind", "data", "happening"),
    [
        pytest.param(
            "RunCompleted",
            {"runId": "digits-00003-0123abcd", "runType": None},
            RunCompleted(model="digits", run="digits-00003-0123abcd"),
            id="null run type",
        ),
        pytest.param(
            "RunStatusChanged",
            {"RunId": "digits-00003-0123abcd", "RunStatus": "Completed", "RunTags": {}},
            RunCompleted(model="digits", run="digits-00003-0123abcd"),
            id="capital names",
        ),
        pytest.param(
            "RunStatusChanged",
            {"runId": "digits-00003-0123abcd", "runStatus": "failed"},
            RunFailed(model="digits", run="digits-00003-0123abcd", status="Failed"),
            id="status in lower case",
        ),
        pytest.param(
            "RunStatusChanged",
            {
                "runId": "R",
                "experimentName": "m",
                "runStatus": "Completed",
                "runTags": {
                    "azureml.modelmonitor.threshold.breached.m_drift": "breached",
                    "ratchet.model": "digits",
                },
            },
            DriftDetected(model="digits", monitor="m", window="R"),
            id="tag of the root run, completed",
        ),
        pytest.param(
            "ModelRegistered",
            {"ModelName": "digits", "ModelVersion": "7"},
            ModelRegistered(model="digits", version="7"),
            id="version as text",
        ),
    ],
)
def test_every_spelling_is_met(kind: str, data: dict[str, Any], happening: object):
    assert translate(machine_learning(kind, **data), SCOPE) == [happening]


def test_running_is_not_an_end():
    envelope = machine_learning(
        "RunStatusChanged", runId="digits-00003-0123abcd", runStatus="Running"
    )
    assert translate(envelope, SCOPE) == []


@pytest.mark.parametrize(
    ("api", "size", "counts"),
    [
        ("PutBlob", 5, True),
        ("PutBlockList", 5, True),
        ("CopyBlob", 5, True),
        ("FlushWithClose", 0, True),
        ("CreateFile", 0, False),
        ("PutBlob", 0, False),
        ("SftpCommit", 5, False),
    ],
)
def test_only_committed_content_counts(api: str, size: int, *, counts: bool):
    envelope = sample("storage/cloud-events-schema/blob_created.json")
    envelope.data.update(api=api, contentLength=size)
    assert bool(translate(envelope, SCOPE)) is counts


def test_etag_in_quotes_is_the_same_etag():
    envelope = sample("storage/cloud-events-schema/blob_created.json")
    bare = translate(envelope, SCOPE)
    envelope.data["eTag"] = f'"{envelope.data["eTag"]}"'
    assert translate(envelope, SCOPE) == bare


@pytest.mark.parametrize(
    ("envelope", "reason"),
    [
        pytest.param(
            machine_learning("RunCompleted"),
            "data.runid has to be a text that is not empty",
            id="no run",
        ),
        pytest.param(
            machine_learning("ModelRegistered", ModelName="m", ModelVersion=True),
            "data.modelversion has to be a version",
            id="a version that is none",
        ),
        pytest.param(
            Envelope(
                id="1",
                source="/subscriptions/x/workspaces/other",
                type="Microsoft.MachineLearningServices.RunCompleted",
                subject="",
                data={"runId": "digits-00003-0123abcd"},
            ),
            "workspace other is not configured",
            id="another workspace",
        ),
        pytest.param(
            Envelope(
                id="1",
                source="/x/storageAccounts/other",
                type="Microsoft.Storage.BlobCreated",
                subject="",
                data={},
            ),
            "storage account other is not configured",
            id="another account",
        ),
    ],
)
def test_what_cannot_be_meant_for_us_is_rejected(envelope: Envelope, reason: str):
    with pytest.raises(Rejected, match=f"^{reason}$"):
        translate(envelope, SCOPE)


def told(**data: Any) -> Envelope:
    """Drift as any other monitor reports it."""
    data = {"model": "digits", "monitor": "m", "window": "w", **data}
    return Envelope(
        id="9", source="monitor.example", type="Ratchet.DriftDetected", subject="", data=data
    )


def test_other_monitors_report_features_and_a_score():
    found = detected(told(features=["a"], score=0.4, threshold=0.2))
    assert found == DriftDetected(
        model="digits", monitor="m", window="w", features=("a",), score=0.4, threshold=0.2
    )


def test_other_monitors_report_every_measure():
    measures = (measure("a", "psi", 0.4, 0.2), measure("a", "ks", 0.3, 0.1))
    found = detected(told(measures=[msgspec.to_builtins(one) for one in measures]))
    assert found == DriftDetected(
        model="digits",
        monitor="m",
        window="w",
        features=("a",),
        score=0.4,
        threshold=0.2,
        measures=measures,
    )


def test_example_of_the_reference_is_understood():
    assert detected(parse(DRIFT.encode())[0]) == DriftDetected(
        model="credit",
        monitor="nightly",
        window="2026-11-20",
        features=("age",),
        score=0.31,
        threshold=0.2,
        measures=(measure("age", "psi", 0.31, 0.2),),
    )


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ({"monitor": ""}, "Expected `str` of length >= 1 - at `$.monitor`"),
        ({"features": "a"}, "Expected `array`, got `str` - at `$.features`"),
        ({"score": "high"}, "Expected `float | null`, got `str` - at `$.score`"),
        ({"measures": [{"name": "a"}]}, "missing required field `statistic` - at `$.measures"),
    ],
)
def test_report_of_drift_that_cannot_be_read_says_where(data: dict[str, Any], reason: str):
    with pytest.raises(Rejected) as raised:
        translate(told(**data), SCOPE)
    assert reason in str(raised.value)


def test_other_systems_ask_for_a_training():
    wish = Envelope(
        id="9",
        source="ci.example",
        type="Ratchet.TrainingRequested",
        subject="",
        data={"model": "digits"},
    )
    assert translate(wish, SCOPE) == [
        TrainingDue(model="digits", reason="person", key="ci.example/9")
    ]


def test_samples_are_json_objects():
    assert all(isinstance(json.loads((SPECS / name).read_bytes()), dict) for name in SAMPLES)
