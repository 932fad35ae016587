"""The encoding by itself: what is read from a message, what is added, what is refused."""

from typing import Any

import pytest
from azure.servicebus import ServiceBusReceivedMessage
from hypothesis import example, given
from hypothesis import strategies as st
from proton import Message as ProtonMessage
from proton import symbol, timestamp

from local.servicebus.amqp import sections, wire
from local.servicebus.errors import Malformed
from local.servicebus.messages import Message


def encoded(body: bytes = b"body", **fields: Any) -> bytes:
    # Proton's own encoder is the independent implementation that the sections are held against.
    return bytes(ProtonMessage(body, inferred=True, **fields).encode())


def stored(payload: bytes, **fields: Any) -> Message:
    return Message(sequence=7, payload=payload, enqueued_at=1_700_000_000.5, **fields)


def test_reads_id_session_and_due_time():
    payload = encoded(
        id="id",
        group_id="session",
        annotations={symbol("x-opt-scheduled-enqueue-time"): timestamp(1_700_000_000_500)},
    )
    (draft,) = wire.drafts(payload)
    assert (draft.message_id, draft.session_id, draft.due) == ("id", "session", 1_700_000_000.5)


def test_message_without_properties_has_no_id_session_or_due_time():
    draft = wire.draft(b"\x00\x53\x75\xa0\x04body")
    assert (draft.message_id, draft.session_id, draft.due) == (None, None, None)


def test_message_leaves_as_it_came_but_for_count_and_annotations():
    payload = encoded(
        id="id",
        properties={"kept": "yes"},
        annotations={symbol("x-opt-partition-key"): "key"},
        ttl=60,
    )
    message = ProtonMessage()
    message.decode(wire.delivered(stored(payload, delivery_count=2), 1_700_000_060.0))
    assert message.id == "id"
    assert message.body == b"body"
    assert dict(message.properties or {}) == {"kept": "yes"}
    assert (message.ttl, message.delivery_count) == (60.0, 2)
    assert message.annotations == {
        "x-opt-partition-key": "key",
        "x-opt-sequence-number": 7,
        "x-opt-enqueued-time": 1_700_000_000_500,
        "x-opt-message-state": 0,
        "x-opt-locked-until": 1_700_000_060_000,
    }


def test_sender_cannot_forge_what_the_broker_annotates():
    payload = encoded(annotations={symbol("x-opt-sequence-number"): 99})
    read = ServiceBusReceivedMessage.from_bytes(wire.delivered(stored(payload), None))
    assert read.sequence_number == 7


def test_dead_letter_tells_why_beside_its_own_properties():
    message = stored(encoded(properties={"kept": "yes"}))
    message.dead_letter_reason, message.dead_letter_description = "why", "because"
    read = ServiceBusReceivedMessage.from_bytes(wire.delivered(message, None))
    assert (read.dead_letter_reason, read.dead_letter_error_description) == ("why", "because")
    assert read.application_properties is not None
    assert read.application_properties[b"kept"] == b"yes"


def test_every_data_section_of_a_message_is_kept():
    payload = b"\x00\x53\x75\xa0\x01a" + b"\x00\x53\x75\xa0\x01b"
    read = ServiceBusReceivedMessage.from_bytes(wire.delivered(stored(payload), None))
    assert list(read.body) == [b"a", b"b"]


def test_batch_is_taken_apart():
    single = [encoded(b"a", id="1"), encoded(b"b" * 300, id="2")]
    batch = b"".join(sections.build(sections.Code.DATA, message).encoded for message in single)
    assert [draft.message_id for draft in wire.drafts(batch)] == ["1", "2"]


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"text",
        b"\x00",
        b"\x00\x53",
        b"\x00\x53\x99\x40",
        b"\x00\x53\x75\xa0\xff",
        b"\x00\x53\x73\x45",
        b"\x00\x53\x73\xa0\x01x\x00\x53\x75\xa0\x00",
        b"\x00\x53\x72\xd1\x00\x00\x00\x04\x00\x00\x00\x03\x00\x53\x75\xa0\x00",
    ],
    ids=[
        "nothing",
        "no section",
        "half a descriptor",
        "no code",
        "unknown section",
        "too short",
        "no body",
        "properties no list",
        "odd map",
    ],
)
def test_malformed_message_is_refused_as_such(payload: bytes):
    with pytest.raises(Malformed):
        wire.drafts(payload)


@given(st.lists(st.tuples(st.integers(0x6F, 0x79), st.binary(max_size=40)), max_size=4))
@example([(0x70, b"\xa0\x01x")])
@example([(0x74, b"\xc1\x04\x02\x40\xf0\x00")])
@example([(0x72, b"\xc1\x0c\x02\xa3\x01k\xe0\x06\x01\xa0\x03abc")])
def test_what_is_taken_in_can_always_be_given_out(parts: list[tuple[int, bytes]]):
    payload = b"".join(b"\x00\x53" + bytes([code]) + content for code, content in parts)
    try:
        drafts = wire.drafts(payload + b"\x00\x53\x75\xa0\x01x")
    except Malformed:
        return
    for draft in drafts:
        wire.delivered(stored(draft.payload, dead_letter_reason="why"), 1_700_000_000.0)
