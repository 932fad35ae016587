"""What arrives is noted and sent on, once; what is bad is parked and stops nothing else."""

import json
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.memory.messages import MemoryMessages
from decisions.codec import encode
from decisions.errors import Rejected
from decisions.events import AnyEvent, DataArrived, RunCompleted
from handlers.envelope import from_http
from handlers.ingest import Ingested, ingest
from tests.handlers.ports import WORKSPACE, MemoryPorts

ACCOUNT = "/subscriptions/s/resourceGroups/r/providers/Microsoft.Storage/storageAccounts/"


def blob_created(path: str, etag: str = "0x1", account: str = "jolovstorage") -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": "831e1650-001e-001b-66ab-eeb76e069631",
        "source": ACCOUNT + account,
        "type": "Microsoft.Storage.BlobCreated",
        "subject": f"/blobServices/default/containers/data/blobs/{path}",
        "time": "2026-11-21T08:00:00.9584103Z",
        "data": {"api": "PutBlob", "eTag": etag, "contentLength": 9},
    }


def run_completed(run: str) -> dict[str, Any]:
    return {
        "topic": WORKSPACE,
        "subject": f"experiments/e/runs/{run}",
        "eventType": "Microsoft.MachineLearningServices.RunCompleted",
        "eventTime": "2026-11-21T08:00:00.9584103Z",
        "id": "1",
        "data": {"runId": run},
        "dataVersion": "",
        "metadataVersion": "1",
    }


def test_uploads_of_one_bucket_are_one_lane_message():
    ports = MemoryPorts()
    for number in range(50):
        ingest(json.dumps(blob_created(f"digits/{number}.parquet")).encode(), "events", ports)
    assert ports.lane() == [DataArrived(model="digits", bucket=1795248000)]
    assert len(ports.arrivals.pending("digits", range(1795248000 + 1))) == 50


def test_lane_message_waits_until_its_bucket_is_over():
    ports = MemoryPorts()
    ingest(json.dumps(blob_created("digits/a.parquet")).encode(), "events", ports)
    (message,) = ports.messages.waiting.values()
    assert message.at.isoformat() == "2026-11-21T08:00:11+00:00"


def test_redelivered_upload_keeps_its_first_bucket():
    ports = MemoryPorts()
    body = json.dumps(blob_created("digits/a.parquet")).encode()
    ingest(body, "events", ports)
    ports.time = ports.time.replace(hour=10)
    ports.messages.forget()
    ingest(body, "events", ports)
    assert ports.lane() == [DataArrived(model="digits", bucket=1795248000)]
    assert len(ports.arrivals.pending("digits", range(1795348000 + 1))) == 1


def test_overwritten_blob_is_another_arrival():
    ports = MemoryPorts()
    for etag in ("0x1", '"0x1"', "0x2"):
        ingest(json.dumps(blob_created("digits/a.parquet", etag)).encode(), "events", ports)
    assert len(ports.arrivals.pending("digits", range(1795248000 + 1))) == 2


def test_blob_outside_every_pattern_is_ignored():
    ports = MemoryPorts()
    body = json.dumps(blob_created("digits/notes/a.parquet")).encode()
    assert ingest(body, "events", ports) == Ingested(ignored=1)
    assert ports.lane() == []


def test_array_is_taken_in_one_by_one():
    ports = MemoryPorts()
    bad = {**run_completed("x"), "data": {}}
    body = json.dumps([bad, run_completed("digits-00001-0123abcd"), {**bad, "eventType": "Other"}])
    assert ingest(body.encode(), "events", ports) == Ingested(sent=1, parked=1, unknown=1)
    assert ports.lane() == [RunCompleted(model="digits", run="digits-00001-0123abcd")]


def test_run_of_a_model_no_longer_configured_is_ignored():
    body = json.dumps(run_completed("letters-00001-0123abcd")).encode()
    assert ingest(body, "events", MemoryPorts()) == Ingested(ignored=1)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "the event is not JSON"),
        (b"\xff\xfe", "the event is not JSON"),
        (b"[", "the event is not JSON"),
        (b"7", "an event has to be an object, not int"),
        (b"[[]]", "an event has to be an object, not list"),
        (b"{}", "id has to be a text that is not empty"),
        (b'{"specversion": "0.3"}', "specversion '0.3' is not 1.0"),
        (
            b'{"id": "1", "topic": "t", "eventType": "e", "data": 5}',
            "data has to be an object, not int",
        ),
    ],
)
def test_malformed_event_is_parked_with_its_reason(body: bytes, reason: str):
    ports = MemoryPorts()
    assert ingest(body, "events", ports) == Ingested(parked=1)
    (parked,) = ports.messages.parked
    assert parked.reason.startswith(reason)
    assert parked.source == "events"


def test_document_nested_without_end_is_parked():
    ports = MemoryPorts()
    assert ingest(b"[" * 200_000, "events", ports) == Ingested(parked=1)
    with pytest.raises(Rejected, match="is not JSON"):
        from_http({"CE-SpecVersion": "1.0", "ce-id": "1"}, b'{"a":' * 200_000)


def test_event_too_large_for_a_lane_is_parked_and_stops_no_other():
    class SmallLanes(MemoryMessages):
        """Queues that take messages up to 256 KB, as those of Azure do."""

        def lane(self, event: AnyEvent, at: datetime | None = None, retry: int = 0) -> None:
            if len(encode(event)) > 256 * 1024:
                raise Rejected("send to the queue lanes: the message is too large", "too_large")
            super().lane(event, at, retry)

    def drift(*features: str) -> dict[str, Any]:
        data = {"model": "digits", "monitor": "m", "window": "w", "features": list(features)}
        common = {"specversion": "1.0", "id": "1", "source": "s"}
        return {**common, "type": "Ratchet.DriftDetected", "data": data}

    ports = MemoryPorts(messages=SmallLanes())
    body = json.dumps([drift(*["x" * 100] * 5000), drift("x")]).encode()
    assert ingest(body, "http", ports) == Ingested(sent=1, parked=1)
    assert ports.messages.parked[0].reason == "send to the queue lanes: the message is too large"


@pytest.mark.parametrize(
    "event",
    [
        pytest.param(blob_created("digits/a.parquet", account="x"), id="CloudEvents"),
        pytest.param({**run_completed("r"), "topic": "/w"}, id="Event Grid"),
    ],
)
def test_parked_event_can_be_taken_in_again(event: dict[str, Any]):
    ports = MemoryPorts()
    ingest(json.dumps(event).encode(), "events", ports)
    (first,) = ports.messages.parked
    ingest(first.body.encode(), "events", ports)
    assert ports.messages.parked == [first, first]


def test_event_of_another_account_is_parked():
    ports = MemoryPorts()
    ingest(json.dumps(blob_created("digits/a.parquet", account="x")).encode(), "push", ports)
    assert ports.messages.parked[0].reason == "storage account x is not configured"


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        _containers := (
            lambda inner: (
                st.lists(inner, max_size=4)
                | st.dictionaries(
                    st.sampled_from(
                        [
                            "id",
                            "source",
                            "topic",
                            "type",
                            "eventType",
                            "subject",
                            "data",
                            "specversion",
                            "runId",
                            "eTag",
                            "api",
                            "contentLength",
                        ]
                    )
                    | st.text(),
                    inner,
                    max_size=8,
                )
            )
        ),
        max_leaves=30,
    )
)
def test_no_document_whatever_crashes_the_intake(document: Any):
    taken = ingest(json.dumps(document).encode(), "events", MemoryPorts())
    assert taken.sent == 0


@pytest.mark.parametrize("kind", ["BlobCreated", "RunCompleted", "RunStatusChanged"])
@given(
    data=st.dictionaries(
        st.sampled_from(["api", "eTag", "contentLength", "runId", "runStatus", "runTags"]),
        st.none()
        | st.booleans()
        | st.integers()
        | st.text()
        | st.dictionaries(st.text(), st.text()),
    )
)
def test_no_payload_whatever_crashes_the_intake(kind: str, data: dict[str, Any]):
    storage = kind == "BlobCreated"
    event = blob_created("digits/a.parquet") if storage else run_completed("r")
    family = "Microsoft.Storage" if storage else "Microsoft.MachineLearningServices"
    name = "type" if storage else "eventType"
    body = json.dumps({**event, name: f"{family}.{kind}", "data": data}).encode()
    taken = ingest(body, "events", MemoryPorts())
    assert taken.sent + taken.ignored + taken.parked == 1


def test_binary_cloud_event_is_the_structured_one():
    event = blob_created("digits/a b.parquet")
    headers = {f"ce-{name}": str(value) for name, value in event.items() if name != "data"}
    headers["ce-subject"] = headers["ce-subject"].replace(" ", "%20")
    headers["Content-Type"] = "application/json"
    structured = from_http({"Content-Type": "x"}, json.dumps(event).encode())
    assert from_http(headers, json.dumps(event["data"]).encode()) == structured


def test_binary_cloud_event_without_json_is_refused():
    with pytest.raises(Rejected, match="the event's data is not JSON"):
        from_http({"CE-SpecVersion": "1.0", "ce-id": "1"}, b"<xml/>")
