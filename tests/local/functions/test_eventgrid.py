"""The web hook of the Event Grid extension of a running host."""

import json
from typing import Any

import httpx
import pytest

from tests.local.functions.hosting import SYSTEM, Hosted

HOOK = "/runtime/webhooks/eventgrid"


def _event(name: str, **data: Any) -> dict[str, Any]:
    return {
        "id": name,
        "topic": "/subscriptions/s",
        "subject": "models/digits:3",
        "eventType": "Microsoft.MachineLearningServices.ModelRegistered",
        "eventTime": "2017-06-26T18:41:00.9584103Z",
        "data": {"ModelName": "digits", **data},
        "dataVersion": "",
    }


def _cloud_event(name: str) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": name,
        "source": "/subscriptions/s",
        "type": "Microsoft.MachineLearningServices.RunCompleted",
        "time": "2017-06-26T18:41:00.9584103Z",
        "data": {"runId": "r1"},
    }


def _post(
    doors: Hosted, body: Any, kind: str | None = "Notification", function: str = "push"
) -> httpx.Response:
    headers = {"aeg-event-type": kind} if kind else {}
    with doors.client(SYSTEM) as client:
        query = {"functionName": function}
        return client.post(HOOK, params=query, content=json.dumps(body), headers=headers)


def _seen(doors: Hosted, *names: str) -> list[dict[str, Any]]:
    return sorted((note for note in doors.seen if note["id"] in names), key=lambda note: note["id"])


def test_each_event_of_a_batch_is_one_invocation(doors: Hosted):
    answer = _post(doors, [_event("batch-1"), _event("batch-2")])
    assert (answer.status_code, answer.content) == (202, b"")
    kind = "Microsoft.MachineLearningServices.ModelRegistered"
    common = {"schema": "EventGridEvent", "type": kind, "data": {"ModelName": "digits"}}
    expected = [{**common, "id": "batch-1"}, {**common, "id": "batch-2"}]
    assert _seen(doors, "batch-1", "batch-2") == expected


def test_cloud_event_arrives_as_one(doors: Hosted):
    assert _post(doors, _cloud_event("cloud-1"), "notification").status_code == 202
    kind = "Microsoft.MachineLearningServices.RunCompleted"
    note = {"schema": "CloudEvent", "id": "cloud-1", "type": kind, "data": {"runId": "r1"}}
    assert _seen(doors, "cloud-1") == [note]


def test_one_failure_fails_the_whole_delivery(doors: Hosted):
    answer = _post(doors, [_event("whole-1"), _event("whole-2", fails=True)])
    assert (answer.status_code, answer.text) == (500, "whole-2 fails")
    assert [note["id"] for note in _seen(doors, "whole-1", "whole-2")] == ["whole-1"]


@pytest.mark.parametrize(
    "body",
    [[{"data": {"validationCode": "512d38b6"}}], {"data": '{"validationCode": "512d38b6"}'}],
    ids=["event grid schema", "cloud events schema"],
)
def test_validation_gives_the_code_back(doors: Hosted, body: Any):
    answer = _post(doors, body, "SubscriptionValidation")
    assert (answer.status_code, answer.json()) == (200, {"validationResponse": "512d38b6"})


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        ("eventgrid.azure.net", "eventgrid.azure.net"),
        ("westus2-1.eventgrid.azure.net", "westus2-1.eventgrid.azure.net"),
        ("evil.example", "eventgrid.azure.net"),
    ],
)
def test_options_allows_event_grid_alone(doors: Hosted, origin: str, allowed: str):
    with doors.client(SYSTEM) as client:
        headers = {"WebHook-Request-Origin": origin}
        answer = client.options(HOOK, params={"functionName": "push"}, headers=headers)
    assert (answer.status_code, answer.headers["webhook-allowed-origin"]) == (200, allowed)


@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [
        ("Unsubscribe", [], 202),
        (None, [], 400),
        ("SubscriptionDeletion", [], 400),
        ("Notification", "not an event", 500),
        ("SubscriptionValidation", [], 400),
        ("SubscriptionValidation", {"data": 1}, 400),
    ],
)
def test_other_deliveries_get_their_status(doors: Hosted, kind: str | None, body: Any, status: int):
    assert _post(doors, body, kind).status_code == status


def test_body_that_is_not_json_is_refused(doors: Hosted):
    with doors.client(SYSTEM) as client:
        headers = {"aeg-event-type": "Notification"}
        answer = client.post(HOOK, params={"functionName": "push"}, content="[", headers=headers)
    assert answer.status_code == 400


@pytest.mark.parametrize("function", ["", "nobody", "model"])
def test_function_without_event_grid_trigger_is_not_found(doors: Hosted, function: str):
    answer = _post(doors, [_event("nowhere")], function=function)
    assert (answer.status_code, answer.text) == (404, f"cannot find function: '{function}'")


def test_hook_needs_the_system_key(doors: Hosted):
    with doors.client() as client:
        assert client.post(HOOK, params={"functionName": "push"}).status_code == 401
