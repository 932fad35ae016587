"""Requests that Microsoft's client would not make: each gets a status and a reason, none breaks."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from proton import UNDESCRIBED, Array, Data, int32

from local.servicebus.amqp.management import management_handler
from local.servicebus.amqp.requests import MANAGEMENT, answer
from local.servicebus.amqp.sections import Code, build, find, split
from local.servicebus.broker import Broker
from local.servicebus.queue import Queue
from local.servicebus.settings import QueueSettings
from local.servicebus.store import Store

GUID = UUID("ffffffff-ffff-ffff-ffff-ffffffffffff")


@pytest.fixture
def queue() -> Iterator[Queue]:
    store = Store(":memory:")
    yield Broker([QueueSettings("plain")], store).queue("plain")
    store.close()


def ask(queue: Queue, operation: str, body: Any) -> dict[str, Any]:
    request = b"".join(
        section.encoded
        for section in (
            build(Code.PROPERTIES, [uuid4()]),
            build(Code.APPLICATION_PROPERTIES, {"operation": f"com.microsoft:{operation}"}),
            build(Code.VALUE, body),
        )
    )
    handler = management_handler(queue, lambda: 1_700_000_000.0, lambda name: name)
    response = split(answer(request, handler, MANAGEMENT))
    properties: dict[str, Any] = find(response, Code.APPLICATION_PROPERTIES)
    return properties


def guids(*values: UUID) -> Array:
    undescribed: Any = UNDESCRIBED
    return Array(undescribed, Data.UUID, *values)


@pytest.mark.parametrize(
    ("operation", "body"),
    [
        ("renew-lock", None),
        ("renew-lock", {}),
        ("renew-lock", {"lock-tokens": "text"}),
        ("peek-message", {"from-sequence-number": "1", "message-count": int32(1)}),
        ("schedule-message", {"messages": [b"no map"]}),
        ("schedule-message", {"messages": [{"message": b"no message"}]}),
        ("cancel-scheduled-message", {"sequence-numbers": guids(GUID)}),
        ("update-disposition", {"disposition-status": "eaten", "lock-tokens": guids(GUID)}),
        ("set-session-state", {"session-id": 7, "session-state": b""}),
        ("no-such-operation", {}),
    ],
    ids=[
        "no body",
        "nothing in it",
        "tokens no array",
        "number no number",
        "messages no maps",
        "message not encoded",
        "numbers are GUIDs",
        "unknown disposition",
        "session no text",
        "unknown operation",
    ],
)
def test_unusable_request_is_answered_with_400(queue: Queue, operation: str, body: Any):
    response = ask(queue, operation, body)
    assert response["statusCode"] == 400
    assert response["errorCondition"] in ("com.microsoft:argument-error", "amqp:not-allowed")


@pytest.mark.parametrize("operation", ["renew-lock", "update-disposition"])
def test_foreign_lock_token_is_a_lost_lock(queue: Queue, operation: str):
    body = {"lock-tokens": guids(GUID), "disposition-status": "completed"}
    response = ask(queue, operation, body)
    assert response["statusCode"] == 410
    assert response["errorCondition"] == "com.microsoft:message-lock-lost"


def test_session_operation_needs_the_link_that_holds_it(queue: Queue):
    response = ask(queue, "renew-session-lock", {"session-id": "s"})
    assert response["statusCode"] == 410
    assert response["errorCondition"] == "com.microsoft:session-lock-lost"
