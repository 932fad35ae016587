from datetime import timedelta

import pytest

from adapters.arm import Arm
from decisions.errors import Missing, Rejected, Transient
from tests.adapters.receiver import Receiver, Reply

RESOURCE = "/subscriptions/S/resourceGroups/R/providers/P/things/one"


def refusal(status: int, code: str, **headers: str) -> Reply:
    return Reply(status, headers, {"error": {"code": code, "message": f"{code} it is"}})


def test_a_request_carries_version_token_and_body(arm: Arm, manager: Receiver) -> None:
    manager.replies.append(Reply(201, body={"name": "one"}))

    answer = arm.put(RESOURCE, "2024-04-01", {"a": 1})

    (request,) = manager.requests
    assert answer == {"name": "one"}
    assert (request.method, request.path) == ("PUT", f"{RESOURCE}?api-version=2024-04-01")
    assert request.headers["authorization"] == "Bearer token for scope/.default"
    assert request.json == {"a": 1}


def test_an_accepted_put_is_done_without_polling(arm: Arm, manager: Receiver) -> None:
    headers = {"Azure-AsyncOperation": f"{manager.url}/operations/1", "Retry-After": "15"}
    manager.replies.append(Reply(202, headers))

    assert arm.put(RESOURCE, "v", {}) == {}
    assert len(manager.requests) == 1


def test_what_is_not_there_is_none(arm: Arm, manager: Receiver) -> None:
    manager.replies += [refusal(404, "ResourceNotFound")] * 3

    assert arm.find(RESOURCE, "v") is None
    assert arm.list(RESOURCE, "v") == []
    arm.delete(RESOURCE, "v")


def test_what_is_not_there_cannot_be_asked_to_act(arm: Arm, manager: Receiver) -> None:
    manager.replies.append(refusal(404, "ResourceNotFound"))

    with pytest.raises(Missing):
        arm.post(f"{RESOURCE}/cancel", "v")


def test_a_collection_is_ordered_by_the_other_side(arm: Arm, manager: Receiver) -> None:
    manager.replies.append(Reply(200, body={"value": [{"name": "2"}]}))

    assert arm.list("/things", "v", orderBy="createdtime desc", top="1") == [{"name": "2"}]
    assert manager.requests[0].path == ("/things?api-version=v&$orderBy=createdtime%20desc&$top=1")


def test_a_short_trouble_is_waited_for(arm: Arm, manager: Receiver) -> None:
    manager.replies += [Reply(503), Reply(200, body={"name": "one"})]

    assert arm.find(RESOURCE, "v") == {"name": "one"}


def test_a_long_wait_is_left_to_the_caller(arm: Arm, manager: Receiver) -> None:
    manager.replies.append(refusal(429, "TooManyRequests", **{"Retry-After": "47"}))

    with pytest.raises(Transient) as caught:
        arm.put(RESOURCE, "v", {})

    assert caught.value.retry_after == timedelta(seconds=47)
    assert len(manager.requests) == 1


def test_lasting_trouble_is_left_to_the_caller(arm: Arm, manager: Receiver) -> None:
    manager.replies += [Reply(500)] * 9

    with pytest.raises(Transient):
        arm.find(RESOURCE, "v")

    assert len(manager.requests) == 3


def test_a_busy_resource_may_be_free_later(arm: Arm, manager: Receiver) -> None:
    manager.replies.append(refusal(409, "OperationInProgress"))

    with pytest.raises(Transient, match="OperationInProgress it is"):
        arm.put(RESOURCE, "v", {})


def test_a_missing_permission_names_its_role(arm: Arm, manager: Receiver) -> None:
    manager.replies.append(refusal(403, "AuthorizationFailed"))

    with pytest.raises(Rejected, match="grant it the role Owner"):
        arm.put(RESOURCE, "v", {})


def test_a_refusal_keeps_the_code_of_azure(arm: Arm, manager: Receiver) -> None:
    manager.replies.append(refusal(400, "InaccessibleImage"))

    with pytest.raises(Rejected) as caught:
        arm.put(RESOURCE, "v", {})

    assert caught.value.code == "InaccessibleImage"
