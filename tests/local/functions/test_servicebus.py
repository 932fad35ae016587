"""Service Bus triggers of a running host, against the emulated broker and with the real client."""

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from azure.servicebus import ServiceBusMessage, ServiceBusSubQueue
from azure.servicebus.amqp import AmqpAnnotatedMessage, AmqpMessageProperties

from tests.local.functions.hosting import MASTER, Hosted, eventually, hosted, seen
from tests.local.functions.posting import Post
from tests.local.servicebus.emulator import Emulator


@pytest.fixture(scope="module")
def host(bus: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hosted]:
    """A host whose functions listen to both queues."""
    folder = tmp_path_factory.mktemp("queues")
    with hosted("queues", folder, WORK="work", BUS=bus.connection_string) as running:
        yield running


def _notes(folder: Path, name: str) -> list[dict[str, Any]]:
    return [note for note in seen(folder) if note["id"] == name]


def _ended(folder: Path, *names: str) -> list[dict[str, Any]]:
    """The notes on the messages, as soon as all of them have ended."""

    def look() -> list[dict[str, Any]]:
        return [note for note in seen(folder) if note["id"] in names]

    ends = len(names)
    return eventually(look, lambda notes: sum(n["event"] == "end" for n in notes) >= ends)


def _events(notes: list[dict[str, Any]]) -> list[str]:
    return [note["event"] for note in notes]


def test_function_is_given_what_the_real_host_gives(host: Hosted, post: Post):
    name = str(uuid.uuid4())
    message = ServiceBusMessage(
        "{}", message_id=name, subject="a.b", content_type="application/json",
        correlation_id="c1", application_properties={"retry": 2, "kind": "step"},
    )  # fmt: skip
    post.send_message("work", message)
    note = _ended(host.folder, name)[0]
    enqueued = datetime.fromisoformat(note.pop("enqueued"))
    assert datetime.now(UTC) - enqueued < timedelta(minutes=1)
    assert len(note.pop("lock")) == 36
    assert note.pop("sequence") > 0
    assert note.pop("at") > 0
    assert note == {
        "event": "begin",
        "id": name,
        "session": None,
        "delivery": 1,
        "properties": {"retry": 2, "kind": "step"},
        "subject": "a.b",
        "content_type": "application/json",
        "correlation": "c1",
        "locked_until": None,
    }


@pytest.mark.parametrize(("queue", "session"), [("work", None), ("lanes", "failing")])
def test_failure_brings_the_message_again(
    host: Hosted, post: Post, queue: str, session: str | None
):
    name = post.send(queue, session, failures=2)
    notes = _ended(host.folder, name)
    assert _events(notes) == ["begin", "begin", "begin", "end"]
    assert [note["delivery"] for note in notes[:3]] == [1, 2, 3]


def test_message_that_always_fails_is_dead_lettered_by_the_broker(host: Hosted, post: Post):
    name = post.send("work", failures=99)
    with post.client.get_queue_receiver(
        "work", sub_queue=ServiceBusSubQueue.DEAD_LETTER
    ) as receiver:
        dead = receiver.receive_messages(max_wait_time=20)
        receiver.complete_message(dead[0])
    assert dead[0].message_id == name
    assert dead[0].dead_letter_reason == "MaxDeliveryCountExceeded"
    assert _events(_notes(host.folder, name)) == ["begin"] * 3


def test_messages_of_a_session_come_one_at_a_time_in_order(host: Hosted, post: Post):
    names = [post.send("lanes", "ordered", seconds=0.05) for _ in range(6)]
    notes = _ended(host.folder, *names)
    assert [note["id"] for note in notes] == [name for name in names for _ in range(2)]
    assert _events(notes) == ["begin", "end"] * 6


@pytest.mark.parametrize(("queue", "sessions"), [("lanes", ["p1", "p2"]), ("work", [None, None])])
def test_several_are_at_work_at_once(
    host: Hosted, post: Post, tmp_path: Path, queue: str, sessions: list[str | None]
):
    go = tmp_path / "go"
    names = [post.send(queue, session, seconds=20, until=str(go)) for session in sessions]
    eventually(lambda: [_events(_notes(host.folder, name)) for name in names], all)
    assert [_events(_notes(host.folder, name)) for name in names] == [["begin"], ["begin"]]
    go.touch()
    _ended(host.folder, *names)


@pytest.mark.parametrize(("queue", "session"), [("work", None), ("lanes", "long")])
def test_lock_is_renewed_for_as_long_as_the_function_works(
    host: Hosted, post: Post, queue: str, session: str | None
):
    name = post.send(queue, session, seconds=5)  # The locks of these queues last 2 s.
    assert _events(_ended(host.folder, name)) == ["begin", "end"]
    after = post.send(queue, session)
    _ended(host.folder, after)
    assert _events(_notes(host.folder, name)) == ["begin", "end"]


def test_missing_connection_is_named_and_stops_nothing_else(host: Hosted):
    with host.client(MASTER) as client:
        status = client.get("/admin/functions/lost/status").json()
        assert client.get("/admin/host/status").json()["state"] == "Running"
    assert status == {
        "errors": ["the setting NOWHERE is missing; it must hold a connection string"]
    }


def test_function_runs_by_hand_as_on_a_message(host: Hosted):
    with host.client(MASTER) as client:
        answer = client.post("/admin/functions/work", json={"input": '{"seconds": 0}'})
    assert answer.status_code == 202
    notes = eventually(lambda: [note for note in host.seen if note.get("sequence") == 0])
    assert notes[0]["delivery"] == 1


def test_body_that_is_not_binary_is_never_handed_over(host: Hosted, post: Post):
    name = str(uuid.uuid4())
    properties = AmqpMessageProperties(message_id=name)
    post.send_message("work", AmqpAnnotatedMessage(value_body="text", properties=properties))
    with post.client.get_queue_receiver(
        "work", sub_queue=ServiceBusSubQueue.DEAD_LETTER
    ) as receiver:
        dead = receiver.receive_messages(max_wait_time=20)
        receiver.complete_message(dead[0])
    assert dead[0].message_id == name
    assert _notes(host.folder, name) == []
