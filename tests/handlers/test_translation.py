"""Every official sample parses, in both schemas, to the same happenings."""

import json
from pathlib import Path
from typing import Any

import pytest

from decisions.errors import Rejected
from decisions.events import (
    DriftDetected,
    ModelDeployed,
    ModelRegistered,
    RunCompleted,
    RunFailed,
    TrainingDue,
)
from decisions.ports import BlobVersion, Scope
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
        )
    ]


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


def test_other_systems_ask_in_cloud_events():
    drift = Envelope(
        id="9",
        source="monitor.example",
        type="Ratchet.DriftDetected",
        subject="",
        data={"model": "digits", "monitor": "m", "window": "w", "features": ["a"]},
    )
    wish = Envelope(
        id="9",
        source="ci.example",
        type="Ratchet.TrainingRequested",
        subject="",
        data={"model": "digits"},
    )
    assert translate(drift, SCOPE) == [
        DriftDetected(model="digits", monitor="m", window="w", features=("a",))
    ]
    assert translate(wish, SCOPE) == [
        TrainingDue(model="digits", reason="person", key="ci.example/9")
    ]


def test_samples_are_json_objects():
    assert all(isinstance(json.loads((SPECS / name).read_bytes()), dict) for name in SAMPLES)
